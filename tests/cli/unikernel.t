#!/bin/sh
# The image that the demo built, at work: HTTPS under load, bad modules and command lines, its clock, and its
# start as the first domain of Debian's Xen.
. "$(dirname "$0")/lib.sh"
image=$top/build/demo/root/switches/xen/share/tls-proxy/tls-proxy.elf
[ -e "$image" ] || skip_all 'the demo has not run (tests/cli/demo.t)'

t 'it serves' 'IMAGE="$image" sh "$top/tests/unikernel/serve.t" >serve.out 2>&1 && ! grep -q "^not ok" serve.out || { grep -A8 "^not ok" serve.out; false; }'

# The hypervisor from its package, unpacked here: nothing is installed.
name=$(apt-cache search --names-only '^xen-hypervisor-[0-9.]+-amd64$' 2>/dev/null | cut -d' ' -f1 | sort -V | tail -n 1)
if [ -n "$name" ] && apt-get download "$name" >/dev/null 2>&1 && dpkg -x xen-hypervisor-*.deb xen; then
	gunzip -c xen/boot/xen-*.gz >xen.bin
	t 'it starts as a PVH dom0 of Xen' 'IMAGE="$image" XEN="$work/xen.bin" sh "$top/tests/unikernel/xen.t" >xen.out 2>&1 && grep -q "^ok" xen.out && ! grep -q "^not ok" xen.out || { cat xen.out; false; }'
else
	skip 'it starts as a PVH dom0 of Xen' 'no xen-hypervisor package can be had'
fi
finish
