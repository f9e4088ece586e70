#!/bin/sh
. "$(dirname "$0")/lib.sh"
# Says when it was built: built again, it is another one.
package clock 1.0 'build: ["sh" "-c" "date +%s%N > stamp"]
install: [["mkdir" "-p" "%{share}%/clock"] ["cp" "stamp" "%{share}%/clock/stamp"]]'
simple low 1.0
simple high 1.0 'depends: "low"'
simple top 1.0 'depends: "high"'
fresh
pkg -q install clock top >/dev/null

t 'what is named is built again, though it is known' '
	cp "$PREFIX/share/clock/stamp" before
	code_is 0 pkg reinstall clock && says "reinstall  clock  1.0  requested" && says "1 built, 0 reused"
	not cmp before "$PREFIX/share/clock/stamp"
'
t 'what stands above may be rebuilt, and is not when the output is the same' '
	code_is 0 pkg reinstall low && says "may rebuild  high  1.0  uses low" && says "may rebuild  top   1.0  uses high"
	says "1 built, 2 reused"
'
t '--dry-run and --json' '
	pkg reinstall --dry-run --json low >out
	test "$(json out data.steps.0.action)" = reinstall && test "$(json out data.steps.1.action)" = "may rebuild"
	test "$(json out data.vector)" = "[0,0,0,0,0,4]"
'
t 'what is not installed: 5; no name: 2' 'code_is 5 pkg reinstall nothing && code_is 2 pkg reinstall'
t 'a choice is no name' 'code_is 2 pkg reinstall "low | high"'
finish
