#!/bin/sh
# cmds.sh - every command of the table has its source, its man page, its schema and its test, and nothing is left over.
set -eu
bad=0
table=$(sed -n 's/^[[:blank:]]*X(\([a-z_]*\),.*/\1/p; s/^[[:blank:]]*D(\([a-z]*\), \([a-z]*\),.*/\1_\2/p' src/cli/cmd.h)
[ -n "$table" ] || { echo 'cmds.sh: no rows in src/cli/cmd.h'; exit 1; }
for name in $table; do
	dashed=$(printf '%s' "$name" | tr _ -)
	for file in "man/pkg-$dashed.1" "tests/cli/$dashed.t" "schema/$dashed.json"; do
		[ -f "$file" ] || { echo "command $dashed: no $file"; bad=1; }
	done
	grep -qE "^cmd_$name\\(" src/cli/cmd_*.c || { echo "command $dashed: no cmd_$name()"; bad=1; }
	grep -q "^cmd_$name(" "src/cli/cmd_$name.c" 2>/dev/null || { echo "command $dashed: not in src/cli/cmd_$name.c"; bad=1; }
done
for page in man/pkg-*.1; do
	name=${page#man/pkg-}
	name=$(printf '%s' "${name%.1}" | tr - _)
	printf '%s\n' "$table" | grep -qx "$name" || { echo "$page: no such command"; bad=1; }
done
# prove runs them as they are.
for test in tests/cli/*.t tests/run-*; do
	[ -x "$test" ] || { echo "$test: not executable"; bad=1; }
done
exit "$bad"
