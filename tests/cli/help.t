#!/bin/sh
. "$(dirname "$0")/lib.sh"
t 'the overview names every command' '
	pkg help >out && for c in install remove upgrade list show pin switch history trace repo update env exec log lint init; do grep -q "^  $c " out; done
'
t 'pkg alone: 2, and the overview' 'code_is 2 pkg && says "usage:"'
t '--version' 'pkg --version | grep -q "^pkg [0-9]"'
t '--help of a command is its manual page' 'PAGER=cat MANPAGER=cat pkg install --help | grep -qi "install packages"'
t '-h: a summary with the options and examples of the page' '
	pkg install -h >out && grep -q "^usage: pkg install" out && grep -q -e "-t, --with-test" out && grep -q "^  pkg install hello" out
	test "$(wc -l <out)" -le 24
	pkg switch create -h | grep -q -e "--empty" && pkg -h | grep -q "^  install "
	test ! -e "$PKGROOT"
'
t 'an unknown command: 2, did you mean' 'code_is 2 pkg instal && says "pkg install"'
t 'options may stand before the command' 'pkg --root "$work/r" init >out && test "$(cat out)" = "$work/r"'
finish
