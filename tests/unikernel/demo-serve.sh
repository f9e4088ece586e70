#!/bin/sh
# demo-serve.sh IMAGE - boot the TLS proxy and ask it once, showing how.
# shellcheck disable=SC1091,SC2154 # boot.sh sets uk_* and $uk

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/boot.sh"

[ $# -eq 1 ] || { echo "usage: demo-serve.sh IMAGE" >&2; exit 2; }
why=$(uk_missing) && { echo "demo-serve.sh: $why" >&2; exit 1; }
uk_begin

say() { echo "\$ $*"; }

say "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes" \
	"-keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
uk_key || exit 1
say "tls-proxy-module key.pem cert.pem >module"
uk_module || exit 1
uk_backend || exit 1
echo "# a plain HTTP server listens on 127.0.0.1:$uk_backend_port"

uk_boot "$1" "$uk/module" "$(uk_cmdline)" || exit 1
say "qemu-system-x86_64 $(sed "s,$uk/,,g; / /s/.*/\"&\"/" "$uk/arguments" |
	tr '\n' ' ')"
uk_wait 'listening on' 30
listens=$?
cat "$uk/console"
[ $listens -eq 0 ] || exit 1

say "curl -k https://127.0.0.1:$uk_port/"
curl -sk -m 30 -w 'HTTP %{http_code}, %{time_total} s\n' \
	-o "$uk/body" "https://127.0.0.1:$uk_port/" >"$uk/status"
status=$?
cat "$uk/body" "$uk/status"
[ $status -eq 0 ] && grep -q '^HTTP 200' "$uk/status"
