#!/bin/sh
# What the README and the Makefile promise of an installation.
. "$(dirname "$0")/lib.sh"
simple low 1.0

t 'make install, and the program finds its worker and its pages there' '
	make -s -C "$top" install PREFIX=/usr DESTDIR="$work/dest" O="${PKG_BUILD:-$top/build}" >/dev/null
	test -x "$work/dest/usr/bin/pkg"
	PATH="$work/dest/usr/bin:/usr/bin:/bin"
	pkg -q repo add test "$REPO"
	pkg -q switch create test --empty
	pkg -q install low
	test -e "$PREFIX/share/low/version"
	PAGER=cat MANPAGER=cat pkg install --help | grep -qi "install packages"
	pkg completion bash | grep -q pkg
'
t 'an archive is fetched by the installed worker' '
	PATH="$work/dest/usr/bin:/usr/bin:/bin"
	mkdir -p a/a-1
	echo x >a/a-1/x
	tar -C a -czf a.tar.gz a-1
	package a 1.0 "install: [[\"cp\" \"x\" \"%{share}%/x\"]]
url { src: \"file://$work/a.tar.gz\" checksum: \"sha256=$(sha256sum a.tar.gz | cut -d" " -f1)\" }"
	pkg -q update
	pkg -q install a
	test "$(cat "$PREFIX/share/x")" = x
'
t 'every command of the README is one' '
	sed -n "s/^pkg \([a-z]*\).*/\1/p" "$top/README.md" | while read -r command; do
		pkg help | grep -q "^  $command "
	done
'
finish
