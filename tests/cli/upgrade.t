#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
fresh
pkg -q install high >/dev/null

t 'nothing newer: nothing to do' 'code_is 0 pkg upgrade && says "Nothing to do"'
t 'a new version is taken after update' '
	simple low 2.0
	pkg update
	code_is 0 pkg upgrade
	says "1.0 -> 2.0"
	test "$(cat "$PREFIX/share/low/version")" = "low 2.0"
'
t 'a changed definition of the installed version is built again' '
	package low 2.0 "install: [[\"mkdir\" \"-p\" \"%{share}%/low\"] [\"sh\" \"-c\" \"echo other > %{share}%/low/version\"]]"
	pkg update
	code_is 0 pkg upgrade
	says "its definition changed"
	test "$(cat "$PREFIX/share/low/version")" = other
'
t 'one name only' '
	simple low 3.0
	simple high 1.1 "depends: [\"low\"]"
	pkg -q update
	pkg upgrade high
	test "$(cat "$PREFIX/share/high/version")" = "high 1.1"
	test "$(cat "$PREFIX/share/low/version")" = other
'
t 'a kept package is built again from its record, whatever the repository has now' '
	printf extra >extra
	package keeper 1.0 "depends: [\"low\"]
extra-files: [\"extra\" \"sha256=$(sha256sum extra | cut -d" " -f1)\"]
install: [[\"mkdir\" \"-p\" \"%{share}%/keeper\"] [\"cp\" \"extra\" \"%{share}%/keeper/extra\"]]"
	mkdir "$REPO/packages/keeper/keeper.1.0/files"
	cp extra "$REPO/packages/keeper/keeper.1.0/files/extra"
	pkg -q update
	pkg -q install keeper
	rm -r "$REPO/packages/keeper"
	simple low 4.0
	pkg -q update
	pkg -q install low.4.0
	test "$(cat "$PREFIX/share/keeper/extra")" = extra
'
t 'an unknown name' 'code_is 5 pkg upgrade nothing'
t 'what was named and stays behind: why' '
	simple held 1.0
	simple holder 1.0 "depends: \"held\" {< \"2\"}"
	pkg -q update && pkg -q install held holder
	simple held 2.0
	pkg -q update
	code_is 0 pkg upgrade held && says "held stays at 1.0, not 2.0: it would remove holder"
	pkg upgrade --json held >out && json out data.behind.0 | grep -q "^held stays at 1.0"
	code_is 0 pkg upgrade "held<2" && not says "held stays"
	pkg -q switch create based holder
	code_is 0 pkg upgrade held && says "held stays at 1.0, not 2.0: the switch invariant requires holder"
	simple lag 1.0
	simple lagged 1.0 "depends: \"lag\" {< \"1.5\"}"
	pkg -q update && pkg -q install lag lagged
	simple lag 1.5
	simple lag 2.0
	pkg -q update
	code_is 0 pkg upgrade "lag<2" && says "lag stays at 1.0, not 1.5: it would remove lagged"
'
finish
