#!/bin/sh
# serve.t [IMAGE] - boot the TLS proxy and use it (image also from $IMAGE).
# shellcheck disable=SC1091,SC2154,SC2317 # boot.sh sets uk_* and $uk; ok calls the functions

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
image=${1:-${IMAGE-}}
. "$here/boot.sh"

[ -n "$image" ] || { echo "1..0 # SKIP IMAGE names no image"; exit 0; }
[ -r "$image" ] || { echo "Bail out! $image cannot be read"; exit 1; }
why=$(uk_missing) && { echo "1..0 # SKIP $why"; exit 0; }
uk_begin

count=0
failed=0
# ok NAME COMMAND...
ok() {
	name=$1
	shift
	count=$((count + 1))
	if "$@" >"$uk/out" 2>&1; then
		echo "ok $count - $name"
		return
	fi
	echo "not ok $count - $name"
	failed=1
	sed 's/^/# /' "$uk/out" "$uk/console" 2>/dev/null | tail -n 30
}

hex() { od -An -v -tx1 | tr -d ' \n'; }
get() { curl -sk -m 60 -o "$2" -w '%{http_code}' "https://127.0.0.1:$uk_port$1"; }

# What the image is

small() { [ "$(wc -c <"$image")" -lt 300000 ]; }
has_note() {
	readelf -nW "$image" >"$uk/notes" && cat "$uk/notes"
	grep -q '"type":"pkg","name":"tls-proxy"' "$uk/notes" &&
		grep -q 'Build ID: [0-9a-f]\{40\}' "$uk/notes"
}
note_is_loaded_as_note() { readelf -lW "$image" | grep -q 'NOTE.*\.note\.package\|^ *[0-9]* .*\.note\.package'; }
stripped() { ! readelf -SW "$image" | grep -q ' \.symtab '; }
no_key() {
	hex <"$image" >"$uk/image.hex"
	key=$(tail -c 42 "$uk/module" | head -c 32 | hex)
	[ ${#key} -eq 64 ] && ! grep -q "$key" "$uk/image.hex" &&
		! grep -qa 'PRIVATE KEY\|BEGIN CERT' "$image"
}

uk_key || { echo "Bail out! no key"; exit 1; }
ok "tls-proxy-module makes a module" uk_module
ok "the image is smaller than 300,000 bytes" small
ok "the image is stripped" stripped
ok "it carries its package's note and a build-id" has_note
ok "the note is in a segment of the image" note_is_loaded_as_note

# Machines that must not serve

refuses() {
	uk_boot "$image" "$1" "$2" || return 1
	uk_wait "$3" 20 && ! grep -q 'listening' "$uk/console"
}
garble() {
	# garble OFFSET BYTES: a module with a few bytes changed
	cp "$uk/module" "$uk/bad"
	printf '%b' "$2" | dd of="$uk/bad" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
size=$(wc -c <"$uk/module")
ok "without a module it says so" \
	refuses "" "$(uk_cmdline)" 'error: boot module: missing'
head -c $((size - 6)) "$uk/module" >"$uk/bad"
ok "a module cut off is refused" \
	refuses "$uk/bad" "$(uk_cmdline)" 'error: boot module: a record is larger'
garble 0 X
ok "something else is refused" \
	refuses "$uk/bad" "$(uk_cmdline)" 'error: boot module: it does not begin'
garble $((size - 20)) '\0001\0002\0003'
ok "a key that is not the certificate's is refused" \
	refuses "$uk/bad" "$(uk_cmdline)" 'error: boot module: the first certificate'
ok "a command line without backend is refused" \
	refuses "$uk/module" "ip=10.0.2.15 mask=255.255.255.0" '"backend": missing'
ok "an unknown word is named" \
	refuses "$uk/module" "$(uk_cmdline) qiet" '"qiet": unknown'

# Serving

uk_backend || { echo "Bail out! no backend"; exit 1; }
index() { [ "$(get / "$uk/body")" = 200 ] && grep -q 'hello from the backend' "$uk/body"; }
trusted() {
	curl -s -m 20 --cacert "$uk/cert.pem" --resolve "localhost:$uk_port:127.0.0.1" \
		"https://localhost:$uk_port/" | grep -q 'hello from the backend'
}
tls12() {
	echo | openssl s_client -connect "127.0.0.1:$uk_port" 2>&1 | grep -q 'TLSv1\.2.*ECDHE-ECDSA'
}
download() {
	[ "$(get /bytes/2000000 "$uk/big")" = 200 ] &&
		"$uk/backend" bytes 2000000 | cmp - "$uk/big"
}
upload() {
	"$uk/backend" bytes 2000000 >"$uk/up"
	sum=$(od -An -v -tu1 "$uk/up" | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s }')
	curl -sk -m 60 --data-binary @"$uk/up" "https://127.0.0.1:$uk_port/" |
		grep -x "2000000 bytes, sum $sum"
}
parallel() {
	# parallel N PATH: all answers are 200 and all bodies the same
	rm -f "$uk"/code.*
	jobs=
	for i in $(seq "$1"); do
		get "$2" "$uk/body.$i" >"$uk/code.$i" &
		jobs="$jobs $!"
	done
	for job in $jobs; do wait "$job"; done
	for i in $(seq "$1"); do
		[ "$(cat "$uk/code.$i")" = 200 ] || { cat "$uk/code.$i"; return 1; }
		cmp "$uk/body.1" "$uk/body.$i" || return 1
	done
}
slow_reader() {
	curl -sk -m 60 --limit-rate 400k -o "$uk/slow" "https://127.0.0.1:$uk_port/bytes/1000000" &&
		"$uk/backend" bytes 1000000 | cmp - "$uk/slow"
}
not_tls() { ! curl -s -m 10 "http://127.0.0.1:$uk_port/"; }
# curl takes any end of a connection for the end of an answer, openssl does not
ask() {
	(printf 'GET %s HTTP/1.0\r\n\r\n' "$1"; sleep 1) |
		openssl s_client -quiet -connect "127.0.0.1:$uk_port" >"$uk/answer" 2>&1
	tail -n 3 "$uk/answer"
}
broken() { ask /broken; grep -q 'half of an ans.*unexpected eof' "$uk/answer"; }
orderly() { ask / && grep -q 'hello' "$uk/answer" && ! grep -q 'unexpected eof' "$uk/answer"; }
gone() {
	# clients that leave in the middle; then no slot may stay taken
	for i in $(seq 20); do
		curl -sk -m 0.1 --limit-rate 10k -o /dev/null "https://127.0.0.1:$uk_port/bytes/3000000" &
	done
	sleep 12
	grep '^clock ' "$uk/console" | tail -n 1 | grep 'connections=0'
}
ticks() { sed 's/.*) //' "/proc/$uk_qemu/stat" | awk '{ print $12 + $13 }'; }
no_panic() { ! grep 'panic' "$uk/console"; }
idle() {
	sleep 1
	before=$(ticks)
	sleep 3
	used=$(($(ticks) - before))
	echo "$used ticks in 3 s"
	[ "$used" -lt 60 ]
}

booted() { uk_boot "$image" "$uk/module" "$(uk_cmdline) clock=2" && uk_wait 'listening on 10.0.2.15:443' 30; }
ok "it boots and listens" booted
ok "curl gets 200 and the backend's answer" index
ok "the certificate is the module's" trusted
ok "it speaks TLS 1.2 with ECDHE-ECDSA" tls12
ok "2 MB down arrive unchanged" download
ok "2 MB up arrive unchanged" upload
ok "8 parallel requests" parallel 8 /bytes/300000
ok "100 parallel requests, more than slots" parallel 100 /
ok "a slow reader gets all" slow_reader
ok "who does not speak TLS is turned away" not_tls
ok "an answer cut off by the backend is an error for the client" broken
ok "an answer that is whole ends in order" orderly
ok "clients that leave free their slots" gone
ok "and then it still serves" index
ok "no exception or panic" no_panic
ok "idle, it uses no processor time" idle

# Its clock against ours

lines() { grep -c '^clock ' "$uk/console"; }
next_line() {
	# sets $at (host, ms), $up (guest, ms), $utc at the moment of a new line
	seen=$(lines)
	limit=$(($(date +%s) + 20))
	until [ "$(lines)" -gt "$seen" ]; do
		[ "$(date +%s)" -lt "$limit" ] || return 1
		sleep 0.01
	done
	at=$(($(date +%s%N) / 1000000))
	line=$(grep '^clock ' "$uk/console" | tail -n 1)
	up=$(echo "$line" | sed -n 's/.*uptime_ms=\([0-9]*\).*/\1/p')
	utc=$(echo "$line" | sed -n 's/.*utc=\([^ ]*\).*/\1/p')
}
clock_runs() {
	next_line || return 1
	at0=$at up0=$up
	next_line && next_line && next_line && next_line || return 1
	echo "host $((at - at0)) ms, guest $((up - up0)) ms"
	difference=$(((up - up0) - (at - at0)))
	[ "${difference#-}" -le $(((at - at0) / 20)) ]
}
clock_wall() {
	difference=$(($(date -u -d "$utc" +%s) - at / 1000))
	echo "guest says $utc, $difference s from ours"
	[ "${difference#-}" -le 3 ]
}
ok "its clock runs as ours does (5 %)" clock_runs
ok "its time of day is ours (3 s)" clock_wall
ok "the image holds no key and no certificate" no_key

no_backend() {
	kill "$uk_server"
	uk_server=
	! get / "$uk/body" && uk_wait 'backend 10.0.2.2: refused' 5
}
ok "without a backend the client is told, and the console" no_backend

echo "1..$count"
exit $failed
