#!/bin/sh
# pkg install is killed at a random moment; the next command finds the switch whole: as before, or as after.
. "$(dirname "$0")/lib.sh"
for n in 1 2 3 4 5 6; do
	simple "part$n" 1.0
	parts="${parts-} part$n"
done
fresh
pkg -q install part1 >/dev/null
# Everything is built once, so that the runs below spend their time in the transaction.
# shellcheck disable=SC2086
pkg -q install $parts >/dev/null
after=$(tree_of test)
pkg -q remove -y part2 part3 part4 part5 part6 >/dev/null
before=$(tree_of test)

# Whole: the tree is one of the two, the live prefix agrees with it, and git finds nothing wrong.
whole() {
	pkg list -s >names || return 1
	case $(tree_of test) in
	"$before") test "$(cat names)" = part1 && test ! -e "$PREFIX/share/part6/version" ;;
	"$after") test "$(wc -l <names)" = 6 && test -e "$PREFIX/share/part6/version" ;;
	*) echo "neither the state before nor the one after" && return 1 ;;
	esac && test -e "$PREFIX/share/part1/version" && git -C "$STORE" fsck --strict --no-progress
}
round=0
for delay in 0.003 0.006 0.01 0.014 0.02 0.028 0.04 0.055 0.075 0.1 0.13 0.17; do
	round=$((round + 1))
	t "killed after $delay s" '
		setsid pkg -q install '"$parts"' >/dev/null 2>&1 & victim=$!
		sleep '"$delay"'
		kill -9 "$victim" 2>/dev/null || :
		wait "$victim" 2>/dev/null || :
		pkg -q install part1 >/dev/null
		whole
		pkg -q remove -y part2 part3 part4 part5 part6 >/dev/null || :
		test "$(tree_of test)" = "$before"
	'
done
t 'no scratch is left' 'pkg -q install part2 >/dev/null
test -z "$(ls "$PKGROOT/build")"'
t 'two at once: one waits, both are right' '
	pkg -q remove part2 >/dev/null
	pkg install part3 >one 2>&1 & first=$!
	pkg install part4 >two 2>&1 & second=$!
	wait "$first"
	wait "$second"
	pkg list -s | grep -q part3 && pkg list -s | grep -q part4
'
finish
