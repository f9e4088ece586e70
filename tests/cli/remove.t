#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
simple alone 1.0
fresh
pkg -q install high alone >/dev/null

t 'removes a package and its files, folders too' '
	pkg remove alone && test ! -e "$PREFIX/share/alone" && test -e "$PREFIX/share/high/version"
'
t 'dependents go with it, asked for first' '
	code_is 10 pkg remove low
	says high
	test -e "$PREFIX/share/high/version"
	code_is 0 pkg remove -y low && test ! -e "$PREFIX/share/high" && test ! -e "$PREFIX/share/low"
'
t '-a removes dependencies that nothing needs' '
	pkg -q install high && pkg remove -a high && test ! -e "$PREFIX/share/low"
'
t 'what is not installed is told, what nobody knows is an error' '
	code_is 0 pkg remove alone && says "alone is not installed" && code_is 5 pkg remove aloen
'
t 'files of the user stay' '
	pkg -q install alone
	echo mine >"$PREFIX/share/alone/mine"
	pkg remove alone && test "$(cat "$PREFIX/share/alone/mine")" = mine
'
t 'usage' 'code_is 2 pkg remove'
finish
