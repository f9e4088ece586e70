#!/bin/sh
# tls-proxy-module - make the boot module of tls-proxy.
#
#	tls-proxy-module KEY.pem CERT.pem >MODULE
#
# KEY.pem is a private key of the curve P-256; CERT.pem holds its certificate
# and then, where there are, those of its issuers (4 at most).  Needs openssl.
# The module holds the secret key: keep it as you keep the key.
#
# A key and a certificate to try with:
#	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
#		-keyout key.pem -out cert.pem -days 365 -subj /CN=localhost

set -u
umask 077

die() {
	echo "tls-proxy-module: $*" >&2
	exit 1
}

[ $# -eq 2 ] || { echo "usage: tls-proxy-module KEY.pem CERT.pem >MODULE" >&2; exit 2; }
[ -t 1 ] && die "the module is binary: send it to a file"
key=$1 cert=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# record TYPE FILE
record() {
	size=$(wc -c <"$2") || die "cannot read $2"
	printf '%s' "$1"
	printf '%b' "$(printf '\\0%03o\\0%03o\\0%03o\\0%03o' \
		$((size >> 24 & 255)) $((size >> 16 & 255)) \
		$((size >> 8 & 255)) $((size & 255)))"
	cat "$2"
}

openssl pkey -in "$key" -pubout -out "$tmp/pub" 2>"$tmp/err" ||
	die "$key: $(head -n 1 "$tmp/err")"
openssl ec -in "$key" -outform DER -out "$tmp/sec1" 2>"$tmp/err" ||
	die "$key: not an elliptic curve key"
openssl ec -in "$key" -noout -text 2>/dev/null | grep -q prime256v1 ||
	die "$key: not a key of the curve P-256"
# RFC 5915: SEQUENCE, INTEGER 1, OCTET STRING of exactly 32 bytes
[ "$(od -An -v -tx1 -j2 -N5 "$tmp/sec1" | tr -d ' \n')" = 0201010420 ] ||
	die "$key: an encoding that is not known"
tail -c +8 "$tmp/sec1" | head -c 32 >"$tmp/key"

awk -v dir="$tmp" '
	/-----BEGIN CERTIFICATE-----/ { n++; on = 1 }
	on { print > (dir "/cert" n ".pem") }
	/-----END CERTIFICATE-----/ { on = 0 }
	END { exit !(n >= 1 && n <= 4) }' "$cert" ||
	die "$cert: no certificate, or more than 4"
openssl x509 -in "$tmp/cert1.pem" -noout -pubkey >"$tmp/certpub" 2>"$tmp/err" ||
	die "$cert: $(head -n 1 "$tmp/err")"
cmp -s "$tmp/pub" "$tmp/certpub" ||
	die "$cert: the first certificate is not of this key"

: >"$tmp/end"
for n in 1 2 3 4; do
	[ -f "$tmp/cert$n.pem" ] || break
	openssl x509 -in "$tmp/cert$n.pem" -outform DER -out "$tmp/cert$n" ||
		die "$cert: certificate $n cannot be read"
done
{
	printf 'TLSPROX1'
	for n in 1 2 3 4; do
		[ -f "$tmp/cert$n" ] && record C "$tmp/cert$n"
	done
	record K "$tmp/key"
	record E "$tmp/end"
} || die "cannot write the module"
