#!/bin/sh
# xen.t [IMAGE] - boot the image under Xen itself, as the first domain.
#
# XEN names the hypervisor, unpacked (Debian: gunzip a copy of
# /boot/xen-4.17-amd64.gz).  There is no network for it yet, so what is seen is
# that Xen starts it by the PVH protocol and that memory, random numbers,
# clock and timer work there: it comes as far as looking for a network device.
# shellcheck disable=SC1091,SC2034,SC2154 # boot.sh sets uk_* and $uk

image=${1:-${IMAGE-}}
[ -n "$image" ] || { echo "1..0 # SKIP IMAGE names no image"; exit 0; }
[ -n "${XEN-}" ] || { echo "1..0 # SKIP XEN names no hypervisor"; exit 0; }
command -v qemu-system-x86_64 >/dev/null ||
	{ echo "1..0 # SKIP qemu-system-x86_64 is not installed"; exit 0; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/boot.sh"
uk_begin
if ! uk_key || ! uk_module; then
	echo "Bail out! no module"
	exit 1
fi

qemu-system-x86_64 -accel tcg -cpu qemu64,+svm,+npt,+rdrand,+nrip-save -m 512 \
	-nodefaults -no-user-config -display none -serial stdio -no-reboot \
	-kernel "$XEN" -initrd "$image $(uk_cmdline),$uk/module" \
	-append "loglvl=all guest_loglvl=all console=com1 dom0=pvh dom0-iommu=none dom0_mem=128M" \
	</dev/null >"$uk/console" 2>&1 &
uk_qemu=$!

failed=0
# ok NUMBER NAME PATTERN
ok() {
	uk_wait "$3" 60 && { echo "ok $1 - $2"; return; }
	echo "not ok $1 - $2"
	failed=1
	tail -n 20 "$uk/console" | sed 's/^/# /'
}
echo 1..2
ok 1 "Xen starts it" '(d0) tls-proxy '
ok 2 "it reads its module and looks for a network" '(d0) error: network: no virtio-net'
exit $failed
