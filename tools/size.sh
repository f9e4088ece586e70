#!/bin/sh
# size.sh - files of at most 450 lines, functions of at most 80 lines and complexity 15. Exceptions stand
# in tools/size.allow: `FILE` or `FILE:FUNCTION`, then the reason.
set -eu
bad=0
mkdir -p build
allowed() { grep -q "^$1[[:blank:]]" tools/size.allow; }

for file in $(find src -name '*.[ch]' | sort); do
	lines=$(wc -l <"$file")
	if [ "$lines" -gt 450 ] && ! allowed "$file"; then
		echo "$file: $lines lines"
		bad=1
	fi
done

# pmccabe: complexity, modified complexity, statements, first line, lines, file(line): function
find src -name '*.c' -print0 | xargs -0 pmccabe | awk '{ sub(/\(.*/, "", $6); print $2, $5, $6, $7 }' |
	sort | while read -r complexity lines file function; do
	if { [ "$complexity" -gt 15 ] || [ "$lines" -gt 80 ]; } && ! allowed "$file:$function"; then
		echo "$file: $function: complexity $complexity, $lines lines"
	fi
done >build/size.found
if [ -s build/size.found ]; then
	cat build/size.found
	bad=1
fi
# An exception that is not needed any more goes.
while read -r name _; do
	case $name in '' | '#'*) continue ;; esac
	file=${name%%:*}
	[ -f "$file" ] || { echo "size.allow: no $file"; bad=1; }
done <tools/size.allow
exit "$bad"
