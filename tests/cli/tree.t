#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple mid 1.0 'depends: "low"'
simple tool 1.0
simple top 1.0 'depends: ["mid" "low" "tool" {build}]'
simple ring 1.0 'depends: "round" {post}'
simple round 1.0 'depends: "ring"'
simple new 1.0 'depends: "mid"'
fresh
pkg -q install top round >/dev/null

t 'from the top down; what was shown is not shown again' '
	pkg tree >out
	cat >want <<END
round.1.0
└── ring.1.0
    └── round.1.0 (post) (*)
top.1.0
├── low.1.0
├── mid.1.0
│   └── low.1.0
└── tool.1.0 (build)
END
	diff want out
'
t 'in ASCII where the locale says no more' '
	LC_ALL=C pkg tree mid >out && printf "mid.1.0\n\`-- low.1.0\n" | diff - out
'
t '--rev-deps: upwards' '
	LC_ALL=C pkg tree --rev-deps low >out
	cat >want <<END
low.1.0
|-- mid.1.0
|   \`-- top.1.0
\`-- top.1.0
END
	diff want out
	LC_ALL=C pkg tree --rev-deps tool >out && printf "tool.1.0\n\`-- top.1.0 (build)\n" | diff - out
'
t '--depth' '
	LC_ALL=C pkg tree --depth=1 top >out
	printf "top.1.0\n|-- low.1.0\n|-- mid.1.0 ...\n\`-- tool.1.0 (build)\n" | diff - out
	pkg tree --depth=0 top >out && test "$(cat out)" = "top.1.0 ..."
'
t '--depth: what one way cuts off, a shorter one shows' '
	simple d-low 1.0
	simple d-c 1.0 "depends: \"d-low\""
	simple d-b 1.0 "depends: \"d-c\""
	simple d-a 1.0 "depends: \"d-b\""
	simple d-top 1.0 "depends: [\"d-a\" \"d-b\"]"
	pkg -q update && pkg tree --depth=2 --dot d-top >out && grep -qF "\"d-c.1.0\"" out && not grep -q d-low out
	pkg tree --json --depth 2 d-top >out && grep -q d-c out
	pkg tree --depth 3 d-top >out && grep -q d-low out
	code_is 2 pkg tree --depth=-5 d-top && code_is 2 pkg tree --depth=-1 d-top
'
t '--dot' '
	pkg tree --dot top >out && grep -qF "\"top.1.0\" -> \"tool.1.0\" [label=\"build\"];" out
	grep -qF "\"top.1.0\" [shape=box];" out && not grep -q round out
'
t '--json' '
	pkg tree --json top >out && test "$(json out data.tops)" = "[\"top\"]"
	test "$(json out data.packages.3.depends.2.roles)" = "[\"build\"]"
	pkg tree --json --rev-deps low >out && test "$(json out data.packages.0.needed_by.0.name)" = mid
'
t 'what is not installed, as it would be' '
	code_is 0 pkg tree new && says "new.1.0" && says "mid.1.0" && says "not all of this is installed"
	not pkg list -s new | grep -q new
'
t 'unknown: 5; a choice: 2; both forms: 2' '
	code_is 5 pkg tree nwe && says "did you mean new?"
	code_is 2 pkg tree "low | mid" && code_is 2 pkg tree --dot --json low
'
finish
