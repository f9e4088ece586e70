# boot.sh - start a PVH image in QEMU.  Sourced by the tests of this folder:
#
#	. "$here/boot.sh"		with $here the folder of this file
#	uk_missing && exit 0		what is missing on this machine, in words
#	uk_begin			$uk is a folder of our own, removed at exit
#	uk_key; uk_module		key.pem cert.pem; module
#	uk_backend			$uk_backend_port
#	uk_boot IMAGE "$uk/module" "$(uk_cmdline)"
#	uk_wait 'listening on' 20	in $uk/console
#	curl ... "https://127.0.0.1:$uk_port/"
#	uk_stop
#
# No privilege is needed, and no hardware help: QEMU interprets the guest.

uk_mkmodule=${UK_MKMODULE:-$here/../../repository/src/tls-proxy/mkmodule.sh}
uk_qemu=
uk_server=

# Prints what is missing and succeeds, or fails when all is there.
uk_missing() {
	for uk_tool in qemu-system-x86_64 openssl curl cc; do
		command -v $uk_tool >/dev/null 2>&1 && continue
		echo "$uk_tool is not installed"
		return 0
	done
	return 1
}

uk_begin() {
	uk=$(mktemp -d) || exit 1
	trap uk_end EXIT
	trap 'exit 1' HUP INT TERM
	cc -D_GNU_SOURCE -O1 -o "$uk/backend" "$here/backend.c"
}

uk_end() {
	uk_stop
	[ -z "$uk_server" ] || kill "$uk_server" 2>/dev/null
	rm -rf "$uk"
}

uk_key() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$uk/key.pem" -out "$uk/cert.pem" -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost \
		2>"$uk/openssl.log" || { cat "$uk/openssl.log" >&2; return 1; }
}

uk_module() {
	sh "$uk_mkmodule" "$uk/key.pem" "$uk/cert.pem" >"$uk/module"
}

uk_backend() {
	"$uk/backend" serve >"$uk/backend.port" &
	uk_server=$!
	until [ -s "$uk/backend.port" ]; do
		kill -0 $uk_server || return 1
		sleep 0.05
	done
	uk_backend_port=$(cat "$uk/backend.port")
}

uk_cmdline() {
	echo "ip=10.0.2.15 mask=255.255.255.0 gw=10.0.2.2" \
		"backend=10.0.2.2:${uk_backend_port:-9}"
}

# uk_command IMAGE MODULE CMDLINE: QEMU's arguments, one a line.  An empty
# MODULE means none.
uk_command() {
	printf '%s\n' -accel tcg -cpu max -M microvm -m 64 \
		-nodefaults -no-user-config -display none -serial stdio \
		-no-reboot -global virtio-mmio.force-legacy=false \
		-netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$uk_port-10.0.2.15:443" \
		-device virtio-net-device,netdev=n0 -kernel "$1"
	[ -z "$2" ] || printf '%s\n' -initrd "$2"
	printf '%s\n' -append "$3"
}

# uk_boot IMAGE MODULE CMDLINE: sets $uk_port.  Another program may take the
# port first: then with another one.
uk_boot() {
	uk_stop
	for _ in 1 2 3 4 5; do
		uk_port=$("$uk/backend" port)
		uk_command "$1" "$2" "$3" >"$uk/arguments"
		: >"$uk/console"
		(
			set --
			while IFS= read -r uk_argument; do
				set -- "$@" "$uk_argument"
			done <"$uk/arguments"
			exec qemu-system-x86_64 "$@" </dev/null
		) >"$uk/console" 2>"$uk/qemu.log" &
		uk_qemu=$!
		uk_wait . 20 && return 0
		grep -q 'host forwarding' "$uk/qemu.log" || break
		uk_stop
	done
	cat "$uk/qemu.log" >&2
	return 1
}

# uk_wait PATTERN SECONDS: until a line of the console holds it.
uk_wait() {
	uk_until=$(($(date +%s) + $2))
	while ! grep -q -e "$1" "$uk/console"; do
		[ "$(date +%s)" -lt $uk_until ] || return 1
		kill -0 "$uk_qemu" 2>/dev/null || { grep -q -e "$1" "$uk/console"; return; }
		sleep 0.05
	done
}

uk_stop() {
	[ -n "$uk_qemu" ] || return 0
	kill "$uk_qemu" 2>/dev/null
	wait "$uk_qemu" 2>/dev/null
	uk_qemu=
}
