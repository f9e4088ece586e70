#!/bin/sh
# opam HTTP repositories: index.tar.gz from a real web server, on loopback.
# shellcheck disable=SC2119,SC2120 # functions with an argument that most leave out
. "$(dirname "$0")/lib.sh"
. "$here/web.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
mkdir -p www/r
# publish [FILE...]: the repository as opam publishes it, without a folder above; another second each time,
# so that Last-Modified tells the archives apart.
publish() {
	(cd "$REPO" && tar --sort=name --mtime="@${1:-1700000000}" --owner=0 --group=0 -czf "$work/www/r/new" repo packages)
	mv www/r/new www/r/index.tar.gz
	touch -d "@${1:-1700000000}" www/r/index.tar.gz
}
publish
serve '"mod_redirect"' <<EOF
server.stat-cache-engine = "disable"
mimetype.assign = (".gz" => "application/gzip")
url.redirect = ("^/moved/(.*)" => "/r/\$1", "^/tofile/(.*)" => "file:///etc/passwd")
EOF
snapshot() { git -C "${1:-$STORE}" rev-parse refs/pkg/repo/web; }

t 'add: an import commit, and packages that install' '
	code_is 0 pkg repo add web "$url/r"
	git -C "$STORE" log -1 --format=%B "$(snapshot)" | grep -q "^import of sha256:$(sha256sum www/r/index.tar.gz | cut -d" " -f1)"
	git -C "$STORE" log -1 --format=%ct "$(snapshot)" | grep -qx 1700000000
	date -u +%FT%TZ >first
	sleep 1.1
	pkg -q switch create test --empty
	pkg -q install high
	test "$(cat "$PREFIX/share/low/version")" = "low 1.0"
	git -C "$STORE" show test:switch.json | grep -q "$(snapshot)"
'
t 'the import is a pure function of the archive: another root, with and without a final slash' '
	pkg -q --root "$work/r2" repo add web "$url/r/"
	test "$(snapshot)" = "$(snapshot "$work/r2/store.git")"
'
t 'nothing new: the server is asked with what it said, and sends nothing' '
	code_is 0 pkg --debug=fetch update
	says unchanged
	says "\"not_modified\":true"
	code_is 1 pkg update --check
'
t 'new, changed and gone; --check says yes' '
	simple low 2.0
	simple high 1.0 "depends: [\"low\" {>= \"2\"}]"
	simple only 1.0
	publish 1700000100
	code_is 0 pkg update --check
	says "2 new, 1 changed"
	grep -q "new *low.2.0" out
	rm -r "$REPO/packages/only"
	publish 1700000200
	code_is 0 pkg update
	says "1 gone"
	grep -q "gone *only.1.0" out
'
t 'the same archive as a new file: unchanged, and remembered' '
	touch -d "@1700000900" www/r/index.tar.gz
	code_is 0 pkg --debug=fetch update
	says unchanged
	says "\"not_modified\":false"
	code_is 0 pkg --debug=fetch update
	says "\"not_modified\":true"
'
t 'repo log lists the snapshots that were in use' '
	pkg repo log web >out
	test "$(wc -l <out)" = 3
	head -n 1 out | grep -q "^$(snapshot | cut -c1-12) .*in use from"
	pkg repo log web --json >out
	test "$(json out data.commits.2.time)" = "$(json out data.commits.2.taken)"
'
t '--at goes by when a snapshot was taken here, whatever time the server gives its files' '
	pkg show --at "$(cat first)" low | grep -q "^versions *1.0$"
	code_is 5 pkg show --at 2023-11-14T22:14:00Z low
	pkg show --at now low | grep -q "^versions *2.0, 1.0$"
'
t '--at a date or a snapshot; before the first: 5' '
	pkg show low >out && grep -q "^versions *2.0, 1.0$" out
	first=$(git -C "$STORE" rev-list --first-parent refs/pkg/snapshots/web | tail -n 1)
	pkg show --at "$(pkg repo log web | tail -n 1 | cut -c1-12)" low | grep -q "^versions *1.0$"
	code_is 5 pkg show --at 2020-01-01 low
	says "$(pkg repo log web --json | sed -n "s/.*\"taken\": \"\(.*\)\".*/\1/p" | tail -n 1)"
	code_is 5 pkg show --at "$(printf %.12s "$first")1234 low" low || code_is 2 pkg show --at nonsense low
'
t '--offline: 41; nobody there: 40; no archive there: 40' '
	code_is 41 pkg update --offline
	code_is 40 pkg repo add gone "http://127.0.0.1:1/r"
	code_is 40 pkg repo add gone "$url/nowhere" && says 404
	! pkg repo list | grep -q gone
'
t 'a redirect is followed, one to a file is not' '
	pkg repo add moved "$url/moved"
	code_is 40 pkg repo add tofile "$url/tofile"
	pkg repo remove moved
'
t 'an address that ends in .git is a Git repository' 'code_is 40 pkg repo add g "$url/x.git" && says "$url/x.git" && ! says index.tar.gz'
t 'a password in the address: 2' 'code_is 2 pkg repo add p "http://u:secret@127.0.0.1:$port/r"'

# hostile NAME TAR-ARGUMENTS...: an archive that must be refused, and leave the snapshot in use.
mkdir -p evil/packages/x/x.1 evil2
printf 'opam-version: "2.0"\n' >evil/packages/x/x.1/opam
cp "$REPO/repo" evil/repo
hostile() {
	name=$1
	shift
	before=$(snapshot)
	tar -C evil -czf www/r/index.tar.gz "$@"
	code_is 40 pkg update
	test "$(snapshot)" = "$before"
	test ! -e "$work/out-of-it"
	echo "$name"
}
t 'hostile archives are refused' '
	hostile upwards --transform "s,^repo,../../../out-of-it," repo packages
	hostile absolute -P --transform "s,^repo,$work/out-of-it," repo packages
	ln -s ../../.. evil/up
	hostile "a link out" repo packages up
	rm evil/up
	mkfifo evil/pipe
	hostile "a FIFO" repo packages pipe
	rm evil/pipe
	mkdir evil/.git
	hostile .git repo packages .git
	rmdir evil/.git
'
t 'no archive, half an archive, no packages, a newer format: refused' '
	before=$(snapshot)
	echo "<html>moved</html>" >www/r/index.tar.gz
	code_is 40 pkg update
	publish
	head -c 300 www/r/index.tar.gz >www/r/half && mv www/r/half www/r/index.tar.gz
	code_is 40 pkg update
	tar -C evil -czf www/r/index.tar.gz repo
	code_is 30 pkg update && says packages/
	test "$(snapshot)" = "$before"
'
t 'a file that unpacks to too much is refused' '
	truncate -s 3G evil/packages/big
	tar -C evil -Sczf www/r/index.tar.gz repo packages
	rm evil/packages/big
	code_is 40 pkg update
	ls "$PKGROOT/build" >left && test ! -s left
'
t 'set-url: elsewhere, said what is different there' '
	publish 1700000300
	mkdir www/s && simple third 1.0 && cp www/r/index.tar.gz www/s/ && publish 1700000400 && mv www/r/index.tar.gz www/s/
	code_is 0 pkg repo set-url web "$url/s"
	says "1 new"
	pkg repo list | grep -q "$url/s"
	code_is 0 pkg update && says unchanged
	code_is 5 pkg repo set-url nowhere "$url/s"
	code_is 40 pkg repo set-url web "$url/nowhere"
	pkg repo list | grep -q "$url/s"
'
finish
