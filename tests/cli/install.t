#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple base 1.0
simple low 1.0
simple low 1.1
simple high 2.0 'depends: ["low" {>= "1.0"} "base"]'
simple tested 1.0 'run-test: ["sh" "-c" "exit 0"]'
simple untested 1.0 'run-test: ["sh" "-c" "echo this test fails; exit 3"]'
simple conflicting 1.0 'conflicts: ["low"]'
simple pinned-low 1.0 'depends: ["low" {= "1.0"}]'
fresh

t 'installs a package and what it needs' '
	pkg install high >out
	test "$(cat "$PREFIX/share/high/version")" = "high 2.0"
	test "$(cat "$PREFIX/share/low/version")" = "low 1.1"
'
t 'again: nothing to do, and no ledger commit' '
	before=$(git -C "$STORE" rev-parse test)
	code_is 0 pkg install high
	says "Nothing to do"
	test "$before" = "$(git -C "$STORE" rev-parse test)"
'
t 'one transaction is one commit, whose parent is the state before' '
	test "$(git -C "$STORE" rev-list --count test)" = 2
	git -C "$STORE" show test:packages/high/opam | cmp - "$REPO/packages/high/high.2.0/opam"
'
t 'git finds nothing wrong with the store' 'git -C "$STORE" fsck --strict --no-progress'
t '--dry-run shows the plan and changes nothing' '
	before=$(git -C "$STORE" rev-parse test)
	code_is 0 pkg install --dry-run tested
	says "tested"
	test "$before" = "$(git -C "$STORE" rev-parse test)" && test ! -e "$PREFIX/share/tested"
'
t '-t runs the tests' '
	pkg install -t tested
	test "$(git -C "$STORE" show test:packages/tested/record.json | grep -c "\"tested\": true")" = 1
'
t 'a failing test ends with 33 and installs nothing' '
	code_is 33 pkg install -t untested
	says "this test fails"
	test ! -e "$PREFIX/share/untested"
	pkg install untested && test -e "$PREFIX/share/untested/version"
'
t 'a version can be asked for' '
	code_is 10 pkg install pinned-low
	says "downgrade"
	code_is 0 pkg install -y pinned-low
' 
t 'an unknown package ends with 5 and a suggestion' '
	code_is 5 pkg install higj && says "high"
'
t 'a conflict ends with 20 and names both' '
	code_is 20 pkg install conflicting high && says conflicting && says low
'
t 'without arguments: usage' 'code_is 2 pkg install'
t 'an unknown option: 2, and which' 'code_is 2 pkg install --nope high && says "--nope"'
t 'without a switch, default is made, and said' '
	rm -rf "$PKGROOT"
	pkg -q repo add test "$REPO"
	code_is 0 pkg install low
	says default
	test "$(cat "$PKGROOT/switches/default/share/low/version")" = "low 1.1"
'
t 'without a switch, none is made for what nobody has' '
	export PKGROOT="$work/bare"
	code_is 5 pkg install low && says "pkg repo add" && test -z "$(pkg switch list)"
	pkg -q repo add test "$REPO"
	code_is 5 pkg install low lwo && says "did you mean low?" && test -z "$(pkg switch list)"
	mkdir bare-tool && printf "opam-version: \"2.0\"\n" >bare-tool/bare-tool.opam
	code_is 0 pkg install ./bare-tool low && test "$(pkg list -s | tr "\n" " ")" = "bare-tool low "
'
t 'a second switch with the same packages builds nothing' '
	pkg switch create other low
	code_is 0 pkg --switch other install base low
	pkg switch create third --empty && code_is 0 pkg install low base && says "0 built"
'
simple old-way 1.0 'depends: "pick-low" {< "2"}'
simple pick-low 1.0
simple pick-low 2.0
simple tooled 1.0 'depends: "pick-low" {with-dev-setup}'
pkg -q update
t 'what was installed for others becomes a root: the plan says so' '
	simple auto-low 1.0
	simple auto-top 1.0 "depends: \"auto-low\""
	pkg -q update && pkg -q install auto-top
	code_is 0 pkg install --dry-run auto-low && says "keep  auto-low  1.0  becomes a root"
	pkg install --json --dry-run auto-low >out && test "$(json out data.roots)" = "[\"auto-low.1.0\"]"
'
t 'a choice: the one that is chosen becomes a root' '
	pkg install --dry-run --json "nothing | pick-low" >out
	test "$(json out data.steps.0.name)" = pick-low && test "$(json out data.vector.0)" = 0
	pkg install "nothing | pick-low" && pkg list >list && grep -q "^pick-low .* root" list
	pkg -q remove pick-low
'
t '--best-effort installs what goes together, and says what does not' '
	code_is 0 pkg install --best-effort "pick-low>=2" old-way && says "old-way is left out"
	pkg list -s >list && grep -qx pick-low list && not grep -qx old-way list
	pkg -q remove pick-low
	code_is 20 pkg install "pick-low>=2" old-way && says "without old-way the rest can be"
'
t '--ignore-constraints-on' '
	code_is 0 pkg install --ignore-constraints-on pick-low "pick-low>=2" old-way
	pkg -q remove pick-low old-way -y
'
t '--with-dev-setup: the tools are there, and nothing is built with them' '
	pkg install tooled && pkg show tooled >one
	pkg install --with-dev-setup tooled && pkg list -s >list && grep -qx pick-low list
	pkg show tooled >two && cmp one two
'
t '-v: the ranking' 'pkg install -v --dry-run old-way >out && grep -q "^ranking: 0 .*proven" out'
t 'effort and deadline are numbers' '
	code_is 2 pkg install --optimize=x old-way && code_is 2 pkg install --deadline=-1 old-way
	code_is 0 pkg install --dry-run --optimize=3 --deadline=2000 old-way
'
finish
