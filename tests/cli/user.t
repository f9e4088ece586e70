#!/bin/sh
# The same as an ordinary user: no daemon and no privilege is needed.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all 'this is an ordinary user already'
setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Ur true 2>/dev/null ||
	skip_all 'this machine gives ordinary users no namespaces'
setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$(command -v pkg)" || skip_all 'pkg cannot be reached by others'
simple low 1.0
simple high 1.0 'depends: ["low"]
run-test: [["sh" "-c" "test -e %{share}%/low/version"] ["sh" "-c" "test ! -w /usr"]]'
chmod 755 "$work"
chown -R 65534:65534 "$work"
as() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

t 'install, with tests' '
	as pkg -q repo add test "$REPO"
	as pkg -q switch create test --empty
	as pkg install -t high
	test "$(cat "$PREFIX/share/low/version")" = "low 1.0"
'
t 'the outputs are those of root' '
	export PKGROOT="$work/r2"
	pkg -q repo add test "$REPO"
	pkg -q switch create test --empty
	pkg -q install high
	for p in low high; do
		test "$(git -C "$work/r2/store.git" show test:packages/$p/record.json | grep "\"output\"")" = "$(as git -C "$STORE" show test:packages/$p/record.json | grep "\"output\"")"
	done
'
t 'remove' 'as pkg remove -y low && test ! -e "$PREFIX/share/low"'
t "a root of another owner is refused" 'code_is 50 as pkg --root "$work/r2" list'
finish
