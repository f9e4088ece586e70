#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple mid 1.0 'depends: "low"'
simple top 1.0 'depends: ["mid" {build}]'
simple other 1.0 'depends: ["low"]'
simple alone 1.0
fresh
pkg -q install top other >/dev/null

t 'the chains from the roots' '
	pkg why low >out
	cat >want <<END
low.1.0
  other -> low
  top (build) -> mid -> low
END
	diff want out
'
t 'a root' 'code_is 0 pkg why top && says "asked for: it is a root of the switch"'
t 'what nothing needs any more' '
	pkg -q remove other top && code_is 0 pkg why low && says "nothing needs it: \`pkg remove -a\` would remove it"
'
t '--json' '
	pkg -q install top && pkg why --json low mid >out
	test "$(json out data.packages.0.chains.0.0.name)" = top
	test "$(json out data.packages.0.chains.0.0.roles)" = "[\"build\"]"
	test "$(json out data.packages.1.name)" = mid
'
t 'what the invariant requires' '
	pkg -q switch create base low
	code_is 0 pkg why low && says "the switch invariant requires it" && says "root"
'
t 'what the invariant requires of others' '
	pkg -q switch create over alone && pkg -q switch set-invariant "mid | nothing" && pkg why low >out
	printf "low.1.0\n  switch invariant: mid -> low\n" | diff - out
	pkg why --json low >out && test "$(json out data.packages.0.chains.0.0.name)" = mid
	pkg -q install mid && pkg -q switch set-invariant "(mid & low<1) | alone" && pkg why mid >out
	printf "mid.1.0\n  asked for: it is a root of the switch\n" | diff - out
'
t 'what is not installed: 5, and where to ask' '
	code_is 5 pkg why alone && says "alone is not installed" && says "pkg why-not alone"
	code_is 5 pkg why lo && says "did you mean low?"
'
t 'usage' 'code_is 2 pkg why && code_is 2 pkg why "a b"'
finish
