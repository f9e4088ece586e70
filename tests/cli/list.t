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
# --- selectors, over what is installed (low, high) and what is not ---
simple low 2.0 'available: os = "plan9"'
simple base 1.0 'flags: compiler
tags: ["org:test" "c"]'
simple base 1.1 'flags: [compiler avoid-version]'
simple mid 1.0 'depends: ["base" {>= "1.0"} "low" {>= "1"}]
license: "BSD-2-Clause"'
simple top 1.0 'depends: ["mid" "base" {with-test}]
depopts: ["low"]'
simple foe 1.0 'conflicts: ["base" {< "1.1"}]
conflict-class: "one"'
simple rival 1.0 'conflict-class: "one"'
simple old 0.9 'flags: deprecated'
pkg -q update
names() { pkg list -s "$@" | tr '\n' ' '; }
t 'states: installed, roots, available, all, pinned' '
	test "$(names -i)" = "high low "
	test "$(names --roots)" = "high " && test "$(names --installed-roots)" = "high "
	test "$(names -a)" = "base foe high low mid old rival top "
	test "$(names -A)" = "base foe high low mid old rival top "
	test "$(names --pinned)" = ""
	test "$(names -aV low)" = "low.1.0 "
	test "$(names -AV low)" = "low.1.0 low.2.0 "
	test "$(names --roots -i)" = "high "
	test "$(names --no-switch "lo*")" = "low " && test "$(names --no-switch -V low)" = "low.1.0 low.2.0 "
	pkg list --no-switch low | grep -q "^low  *1.0  *- "
	code_is 2 pkg list --no-switch
'
t 'patterns: installed or available, by name or by name and version, without regard to case' '
	test "$(names "*o*")" = "foe low old top "
	test "$(names "LO?")" = "low "
	test "$(names -V "base.1.*")" = "base.1.0 base.1.1 "
	test "$(names -i "b*")" = ""
	test "$(names -A low foe)" = "foe low "
'
t 'the version that stands for a package: installed, else newest that need not be avoided' '
	pkg list -A >list
	grep -q "^base  *1.0  *-  *test package base$" list
	grep -q "^low  *1.0  *installed" list
	grep -q "^high  *1.0  *root" list
	grep -q "^old  *0.9" list
'
t '--depends-on, direct and recursive' '
	test "$(names --depends-on low)" = "high mid "
	test "$(names --depends-on low --recursive)" = "high mid top "
	test "$(names --depends-on low --depopts)" = "high mid top "
	test "$(names --depends-on base)" = "mid "
	test "$(names --depends-on base --with-test)" = "mid top "
	test "$(names -i --depends-on low)" = "high "
	test "$(names --depends-on "base<1")" = "" 2>/dev/null || code_is 5 pkg list --depends-on "base<1"
	test "$(names --depends-on foe,low)" = "high mid "
	code_is 5 pkg list --depends-on nobody
	says "there is no package nobody"
'
t '--required-by, direct and recursive' '
	test "$(names --required-by mid)" = "base low "
	test "$(names --required-by top)" = "mid "
	test "$(names --required-by top --recursive)" = "base low mid "
	test "$(names --required-by top --recursive -S)" = "base low mid "
	test "$(names --required-by top -t)" = "base mid "
	test "$(names -i --required-by mid)" = "low "
	test "$(names -V --required-by mid)" = "base.1.0 base.1.1 low.1.0 "
'
t '--conflicts-with: by either side, and by class' '
	test "$(names --conflicts-with base.1.0)" = "foe "
	test "$(names --conflicts-with base.1.1)" = ""
	test "$(names --conflicts-with foe)" = "base rival "
	test "$(names --conflicts-with foe -V)" = "base.1.0 rival.1.0 "
'
t 'flags, tags, fields, repositories' '
	test "$(names --has-flag compiler)" = "base "
	test "$(names --compiler -V)" = "base.1.0 base.1.1 "
	test "$(names --has-flag compiler,avoid-version -V)" = "base.1.1 "
	test "$(names --has-tag org:test,c)" = "base "
	test "$(names --has-tag org:test,d)" = ""
	test "$(names --field-match "license:bsd*clause")" = "mid "
	test "$(names --field-match "synopsis:package m")" = "mid "
	test "$(names --repos test "m*")" = "mid "
	code_is 5 pkg list -A --repos other
	for option in --has-tag --has-flag --repos --field-match --depends-on --columns; do
		code_is 2 pkg list "$option" "" && says "$option"
	done
	code_is 2 pkg list --has-tag=,
	code_is 2 pkg list --has-flag shiny
	code_is 2 pkg list --field-match "nofield:x"
	code_is 2 pkg list --field-match license
'
t '--columns' '
	pkg list -A base --columns=package,flags,tags,all-versions,installed-version,maintainer: >out
	grep -qx "base.1.0  compiler  org:test, c  1.0, 1.1  --  test" out
	pkg list --columns name,installed-version,repository low >out
	grep -qx "low  1.0  test" out
	pkg list -A base --columns=maintainer >out && grep -qx test out
	pkg list -A low --columns available-versions >out && test "$(cat out)" = 1.0
	pkg list -A base --columns="$(printf "name,%.0s" $(seq 20))version" >out && test "$(tr -s " " "\n" <out | wc -l)" = 21
	grep -q "base  1.0$" out
	code_is 2 pkg list --columns nam && says "did you mean name?"
'
t '-S: in an order in which they could be installed' 'test "$(names -a -S "[mlbt]*")" = "base low mid top "'
t '-S: by what is between, which is not listed' '
	simple zero 1.0
	simple via 1.0 "depends: [\"zero\"]"
	simple alpha 1.0 "depends: [\"via\"]"
	pkg -q update
	test "$(names -S -A alpha zero)" = "zero alpha "
	test "$(names -S -A -V alpha zero)" = "zero.1.0 alpha.1.0 "
	test "$(names -S alpha zero)" = "zero alpha "
'
t 'nothing is found: said beside the output' '
	code_is 0 pkg list -A nosuch
	test ! -s out && grep -qx "nothing is found" err
	code_is 0 pkg -q list -A nosuch && test ! -s err
	code_is 1 pkg list --check nosuch && test ! -s err
'
t '--check answers by the exit status' 'code_is 0 pkg list --silent low && code_is 1 pkg list --check nobody && test ! -s out'
t '--json of what is not installed' '
	pkg list -A base --json >out
	test "$(json out data.packages.0.installed)" = false
	json out data.packages.0.tags | grep -q "\"org:test\""
	test "$(json out data.packages.0.flags.0)" = compiler
	test "$(json out data.packages.0.synopsis)" = "test package base"
'
t 'repositories can be asked without a switch' '
	pkg -q --root "$work/other" update
	test "$(pkg --root "$work/other" list -s --depends-on base)" = mid
	code_is 50 pkg --root "$work/other" list --roots
'
t 'a definition that cannot be read hides nobody else' '
	package broken 1.0 "depends: ["
	pkg -q update
	test "$(names -A "b*")" = "base broken "
	test "$(names "b*")" = "base "
'
t 'text from outside cannot steer the terminal' '
	printf "opam-version: \"2.0\"\nsynopsis: \"a\\\\027[31mred\"\n" >"$REPO/packages/low/low.1.0/opam"
	pkg -q update && pkg show low.1.0 >out && ! grep -q "$(printf "\033")" out
'
t 'conflicts are read as the solver reads them: flags of dependencies are not defined there' '
	package odd 1.0 "conflicts: [\"low\" {post} \"foe\"]"
	pkg -q update
	test "$(names --conflicts-with odd)" = "foe "
'
finish
