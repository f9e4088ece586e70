#!/bin/sh
# --dry-run: whatever the command, the root is as before, and the answer says what would be done.
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0
simple high 1.0 'depends: ["low"]'
simple more 1.0
src=$work/src
mkdir "$src"
echo one >"$src/text"
printf 'opam-version: "2.0"\ninstall: [["mkdir" "-p" "%%{share}%%/tool"] ["cp" "text" "%%{share}%%/tool/text"]]\n' >"$src/tool.opam"
git -C "$src" init -q -b main && git -C "$src" add -A && git -C "$src" commit -qm one
mkdir arc-1 && echo archived >arc-1/file && tar -czf arc.tar.gz arc-1
package arc 1.0 "install: [[\"cp\" \"file\" \"%{share}%/arc\"]]
url { src: \"file://$work/arc.tar.gz\" checksum: \"sha256=$(sha256sum arc.tar.gz | cut -d' ' -f1)\" }"
PKGROOT=$work/other pkg -q repo add test "$REPO"
PKGROOT=$work/other pkg -q lock arc more -o a.lock
fresh
pkg -q switch create second --empty
pkg -q switch set test
pkg -q repo add again "$REPO"
pkg -q install high low.1.0
pkg -q pin add more "git+file://$src" >/dev/null
echo two >"$src/text"
git -C "$src" commit -qam two

# Every file but the locks, which name their last holder.
root_now() {
	(cd "$PKGROOT" && find . -path ./locks -prune -o -printf '%p %y %m %l\n' | sort &&
		find . -path ./locks -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
	find "$work" -maxdepth 1 | sort
	ls -A "$work/tmp"
}
mkdir tmp
export TMPDIR="$work/tmp"
touch out err .out before after answer
# dry STATUS SAYS COMMAND...: nothing is different, and it says so, in text and in JSON.
dry() {
	code=$1 said=$2
	shift 2
	words=$*
	t "$words" '
		root_now >before
		code_is $code pkg $words --dry-run
		root_now >after
		diff before after
		says "$said"
		status=0
		pkg $words --dry-run --json >answer || status=$?
		test "$status" = "$code"
		root_now >after
		diff before after
		if [ "$code" = 0 ]; then grep -q "\"dry_run\": *true" answer; fi
	'
}
dry 0 'install' install more
dry 0 'tool' install "$src"
dry 0 'tool' install "git+file://$src"
dry 0 'arc' install arc
dry 0 'arc' install --locked=a.lock
dry 0 'would fetch' fetch --locked=a.lock
dry 0 'low' upgrade
dry 0 'remove' remove high
dry 0 'low' reinstall low
dry 0 'would undo' undo
dry 0 'would build again and compare:' rebuild --check
dry 0 'would build again and compare:' rebuild --check low
dry 0 'would pin tool to' pin add tool "$src"
dry 0 'would pin tool to' pin add tool "git+file://$src"
dry 0 'would remove' pin remove more
dry 0 'would write new.lock' lock -o new.lock
dry 0 'would write new.lock' lock arc -o new.lock
dry 0 'would update' update
dry 2 '--check' update --check
dry 0 'would make second the current switch' switch set second
dry 0 'would make the switch third' switch create third --empty
dry 0 'low' switch create third low
dry 0 'would set the invariant' switch set-invariant low
dry 0 'Nothing to do' switch set-invariant --none
dry 0 'would remove' switch remove second
dry 0 'would take the packages of test from' repo set-repos test
dry 0 'would take the packages of test from' repo set-repos --all
dry 0 'would add' repo add new "$REPO"
dry 0 'would set the address' repo set-url test "$src"
dry 0 'would move' repo priority again 1
dry 0 'would remove' repo remove again
dry 0 "$PKGROOT" init
t 'exec runs nothing' 'code_is 0 pkg exec --dry-run -- touch ran && says "would run touch" && test ! -e ran'
t 'no root: init says so and makes none' '
	code_is 0 pkg --root "$work/none" init --dry-run && says "would make" && test ! -e "$work/none"
'
t 'errors are those of the real command' '
	code_is 5 pkg rebuild --check nothing --dry-run
	code_is 5 pkg fetch --locked=nowhere --dry-run
	code_is 40 pkg pin add tool "git+file://$work/nowhere" --dry-run
	code_is 50 pkg switch set nowhere --dry-run
'
finish
