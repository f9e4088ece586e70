#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
fresh
pkg -q install high >/dev/null

t 'lists name, version, class' 'code_is 0 pkg list && grep -q "^high *1.0 *root *none" out && grep -q "^low *1.0 *- " out'
t 'patterns' 'code_is 0 pkg list "lo*" && test "$(wc -l <out)" = 1'
t '-s prints names' 'test "$(pkg list -s | tr "\n" " ")" = "high low "'
t '--json' '
	pkg list --json >out
	test "$(json out schema)" = pkg/1/list
	test "$(json out data.packages.0.name)" = high
	test "$(json out data.packages.1.version)" = 1.0
	test "$(json out data.switch)" = test
'
t 'no switch: 50' '
	code_is 50 pkg --root "$work/none" list
	pkg -q --root "$work/other" repo add test "$REPO" && code_is 50 pkg --root "$work/other" list && says "switch create"
'
t 'text from outside cannot steer the terminal' '
	printf "opam-version: \"2.0\"\nsynopsis: \"a\\\\027[31mred\"\n" >"$REPO/packages/low/low.1.0/opam"
	pkg -q update && pkg show low.1.0 >out && ! grep -q "$(printf "\033")" out
'
finish
