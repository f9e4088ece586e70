#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple steady 1.0 'depends: ["low"]'
package shaky 1.0 'install: [["mkdir" "-p" "%{share}%/shaky"] ["sh" "-c" "echo same > %{share}%/shaky/a; date +%s%N > %{share}%/shaky/random"]]'
fresh
pkg -q install steady shaky

t 'what comes out the same is told so' 'code_is 0 pkg rebuild --check steady && says "steady 1.0: the same"'
t 'what does not: 32, with the first file' '
	before=$(git -C "$STORE" rev-parse test)
	code_is 32 pkg rebuild --check
	says "shaky 1.0: different, first in share/shaky/random"
	says "low 1.0: the same"
	test "$before" = "$(git -C "$STORE" rev-parse test)"
'
t '--json' '
	status=0
	pkg rebuild --check --json shaky >out || status=$?
	test "$status" = 32
	test "$(json out data.packages.0.first_difference)" = share/shaky/random
'
t 'what is not installed: 5; usage' 'code_is 5 pkg rebuild --check nothing && code_is 2 pkg rebuild'
finish
