#!/bin/sh
# The same as an ordinary user: no daemon and no privilege is needed.
. "$(dirname "$0")/lib.sh"
other_ready || skip_all 'this is an ordinary user already, or the machine gives ordinary users no namespaces'
simple low 1.0
simple high 1.0 'depends: ["low"]
run-test: [["sh" "-c" "test -e %{share}%/low/version"] ["sh" "-c" "test ! -w /usr"]]'
chown -R 65534:65534 "$work"

t 'install, with tests' '
	other pkg -q repo add test "$REPO"
	other pkg -q switch create test --empty
	other pkg install -t high
	test "$(cat "$PREFIX/share/low/version")" = "low 1.0"
'
t 'the outputs are those of root' '
	export PKGROOT="$work/r2"
	pkg -q repo add test "$REPO"
	pkg -q switch create test --empty
	pkg -q install high
	for p in low high; do
		test "$(git -C "$work/r2/store.git" show test:packages/$p/record.json | grep "\"output\"")" = "$(other git -C "$STORE" show test:packages/$p/record.json | grep "\"output\"")"
	done
'
t 'remove' 'other pkg remove -y low && test ! -e "$PREFIX/share/low"'
t "a root of another owner is refused" 'code_is 50 other pkg --root "$work/r2" list'
finish
