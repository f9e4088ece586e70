#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0
simple low 3.0 'flags: avoid-version'
simple mid 1.0 'depends: "low" {< "2"}'
simple new 1.0 'depends: "low" {>= "2"}'
simple alone 1.0
simple mac 1.0 'available: os = "macos"'
simple enemy 1.0 'conflicts: "mid"'
simple round 1.0 'depends: "round-b"'
simple round-b 1.0 'depends: "round"'
pkg -q repo add test "$REPO" && pkg -q switch create test mid && pkg -q install mid >/dev/null

t 'it could be: what would change, and the command' '
	code_is 0 pkg why-not alone && says "Nothing is against alone.1.0:" && says "install  alone  1.0  requested"
	says "hint: pkg install '\''alone'\''"
'
t 'a newer version: against the invariant, with its chain' '
	code_is 0 pkg why-not low && says "low > 1.0 cannot be installed in this switch"
	says "the switch invariant requires mid" && says "mid requires low < 2"
	says "with another switch invariant it can be"
	code_is 0 pkg why-not low.2.0 && says "low = 2.0 cannot be installed in this switch"
	code_is 0 pkg why-not new && says "new requires low >= 2"
	code_is 0 pkg why-not enemy && says "enemy conflicts with mid"
'
t 'unavailable: the filter with its values' '
	code_is 0 pkg why-not mac && says "mac.1.0 is not available on this platform" && says "os is linux"
	code_is 0 pkg why-not --for os=macos mac && says "Nothing is against mac.1.0"
'
t 'installed' '
	code_is 0 pkg why-not mid && says "mid.1.0 is installed, and there is nothing newer"
	code_is 0 pkg why-not low.1.0 && says "low.1.0 is installed"
'
t '--json' '
	pkg why-not --json low mac alone mid >out
	test "$(json out data.packages.0.answer)" = unsatisfiable
	test "$(json out data.packages.0.explanation.reasons.0.kind)" = invariant
	test "$(json out data.packages.1.answer)" = unavailable && json out data.packages.1.filter | grep -q "os is linux"
	test "$(json out data.packages.2.answer)" = possible
	test "$(json out data.packages.2.plan.steps.0.name)" = alone
	test "$(json out data.packages.3.answer)" = installed
'
t 'a cycle' 'code_is 0 pkg why-not round && says "round -> round-b -> round"'
t 'unknown: 5' '
	code_is 5 pkg why-not lwo && says "did you mean low?"
	code_is 5 pkg why-not low.9 && says "versions: 3.0, 2.0, 1.0"
'
t 'in a free switch: what it costs, and what is flagged' '
	pkg -q switch create free --empty && pkg -q install low.1.0 mid
	code_is 0 pkg why-not low && says "low.2.0 can be had at this price:" && says "remove   mid"
	code_is 0 pkg why-not low.3.0 && says "flagged avoid-version"
'
t 'pinned' '
	git init -q src && printf "opam-version: \"2.0\"\nversion: \"1.0\"\n" >src/alone.opam
	git -C src add -A && git -C src commit -qm one
	pkg -q pin add alone "git+file://$work/src" >/dev/null && pkg -q install alone >/dev/null
	simple alone 2.0 && pkg -q update
	code_is 0 pkg why-not alone && says "alone.1.0 is pinned"
	code_is 0 pkg why-not alone.2.0 && says "alone.1.0 is pinned"
'
t 'usage' 'code_is 2 pkg why-not && code_is 2 pkg why-not "low | mid"'
finish
