# shellcheck shell=sh
# web.sh - a real web server on loopback; after lib.sh.
#
#	. "$here/web.sh"
#	serve '"mod_redirect"' <<EOF
#	url.redirect = (...)
#	EOF
#	pkg repo add near "$url/r"
#
# $url is its address, $secure_url the same over TLS, with the certificate $work/ca.pem that nobody knows.
command -v lighttpd >/dev/null || skip_all 'no lighttpd'
mkdir -p "$work/www"

serve() { # MODULES, and the rest of the configuration on standard input
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$work/key.pem" -out "$work/ca.pem" 2>/dev/null
	cat "$work/key.pem" "$work/ca.pem" >"$work/server.pem"
	cat >"$work/more.conf"
	trap '[ -e "$work/lighttpd.pid" ] && kill "$(cat "$work/lighttpd.pid")"; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
	for try in 1 2 3 4 5; do
		port=$((20000 + ($$ + 7919 * try) % 20000 / 2 * 2))
		cat >"$work/lighttpd.conf" <<EOF
server.document-root = "$work/www"
server.bind = "127.0.0.1"
server.port = $port
server.pid-file = "$work/lighttpd.pid"
server.errorlog = "$work/lighttpd.log"
server.modules = ($1, "mod_openssl")
\$SERVER["socket"] == "127.0.0.1:$((port + 1))" {
	ssl.engine = "enable"
	ssl.pemfile = "$work/server.pem"
}
$(cat "$work/more.conf")
EOF
		lighttpd -f "$work/lighttpd.conf" >"$work/lighttpd.said" 2>&1 && break
	done
	# shellcheck disable=SC2034 # used by the tests
	url=http://127.0.0.1:$port secure_url=https://localhost:$((port + 1))
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		curl -s -o /dev/null "$url/" && return
		sleep 0.2
	done
	cat "$work/lighttpd.said"
	echo 'Bail out! the web server does not start'
	exit 1
}
