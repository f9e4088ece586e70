#!/bin/sh
# The demo of the README, twice; its image from a second root of another path length; the image at work.
. "$(dirname "$0")/lib.sh"
command -v qemu-system-x86_64 >/dev/null || skip_all 'no qemu-system-x86_64'
unset PKGROOT
demo=$top/build/demo
image=$demo/root/switches/xen/share/tls-proxy/tls-proxy.elf
store=$demo/root/store.git

t 'the demo runs' 'sh "$top/tests/demo.sh" >demo.log 2>&1 || { tail -n 60 demo.log; false; }'
t 'its first trace shows five packages with class and identity' '
	sed -n "/^\$ pkg trace/,/^\$ git/p" demo.log | sed "/^\$ git/q" >first
	for p in bearssl lwip; do grep -q "^$p .* declared\$" first; done
	for p in xen xen-platform tls-proxy; do grep -q "^$p .* repo\$" first; done
	grep -q "8ef7680081c61b486622f2d983c0d3d21e83caad (not verified)" first
	grep -q "6ca936f6b588cee702c638eee75c2436e6cf75de (not verified)" first
	test "$(grep -c "^    tree      [0-9a-f]\{40\}\$" first)" = 5
	grep -q "note and record agree" first
'
t 'after the pin tls-proxy has class commit' '
	pkg --root "$demo/root" trace --json "$image" >out
	test "$(json out data.packages.4.name)" = tls-proxy
	test "$(json out data.packages.4.source)" = commit
	test "$(json out data.packages.4.commit)" = "$(git -C "$demo/tls-proxy" rev-parse HEAD)"
'
t 'the recorded trees are those of upstream' '
	test "$(git -C "$store" rev-parse xen:packages/bearssl/source/src)" = "$(git -C "$store" rev-parse 5926e37e^{tree})"
'
t 'git fsck finds nothing' 'git -C "$store" fsck --strict --no-progress'
t 'the demo again' 'sh "$top/tests/demo.sh" >demo2.log 2>&1 || { tail -n 60 demo2.log; false; }'
t 'the image is the same bytes from a root of another path length' '
	second=$work/a-much-longer-path-than-the-other
	pkg -q --root "$second" repo add base "$top/repository"
	pkg -q --root "$second" switch create xen
	pkg -q --root "$second" install tls-proxy
	git -C "$store" show "xen~2:images" | grep -q "$(sha256sum "$second/switches/xen/share/tls-proxy/tls-proxy.elf" | cut -d" " -f1)"
	cp "$second/switches/xen/share/tls-proxy/tls-proxy.elf" "$work/image"
'
t 'the image is small and stripped, and names its package and input id' '
	test "$(wc -c <image)" -lt 300000
	readelf -n image | grep -q "\"type\":\"pkg\"" && ! readelf -S image | grep -q "\.symtab"
'
finish
