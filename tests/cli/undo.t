#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0
simple high 1.0 'depends: ["low"]'
fresh
pkg -q install low.1.0

t 'the state before the last transaction, as a new commit' '
	pkg install high
	before=$(tree_of test~1)
	count=$(git -C "$STORE" rev-list --count test)
	pkg undo >out
	test "$(tree_of test)" = "$before"
	test "$(git -C "$STORE" rev-list --count test)" = "$((count + 1))"
	test ! -e "$PREFIX/share/high"
	test "$(cat "$PREFIX/share/low/version")" = "low 1.0"
'
t 'again brings it back' 'pkg undo && test -e "$PREFIX/share/high/version"'
t 'history shows it' 'pkg history >out && grep -q "undo [0-9a-f]\{12\}" out'
t 'an upgrade is undone without building, also after trees/ was deleted' '
	pkg upgrade
	test "$(cat "$PREFIX/share/low/version")" = "low 2.0"
	rm -rf "$PKGROOT/trees"
	pkg undo 2>err
	not grep -q building err
	test "$(cat "$PREFIX/share/low/version")" = "low 1.0"
'
t '--dry-run changes nothing' 'before=$(git -C "$STORE" rev-parse test) && pkg --dry-run undo && test "$before" = "$(git -C "$STORE" rev-parse test)"'
t 'the creation cannot be undone: 2' 'pkg switch create empty --empty && code_is 2 pkg undo'
t 'usage' 'code_is 2 pkg undo x'
finish
