#!/bin/sh
# Repositories and sources over HTTP: a real web server with git http-backend, on loopback.
. "$(dirname "$0")/lib.sh"
. "$here/web.sh"
simple low 1.0
git -C "$REPO" init -q -b main && git -C "$REPO" add -A && git -C "$REPO" commit -qm first
mkdir -p www src/hello-1
git clone -q --bare "$REPO" www/repo.git
echo 'hello over http' >src/hello-1/hello
tar -C src -czf www/hello-1.tar.gz hello-1
tar -C src -cJf www/hello-1.tar.xz hello-1
sum() { sha256sum "$1" | cut -d' ' -f1; }
printf 'exec git http-backend\n' >git.cgi
serve '"mod_redirect", "mod_alias", "mod_setenv", "mod_cgi"' <<EOF
alias.url = ("/git" => "$work/git.cgi")
cgi.assign = (".cgi" => "/bin/sh")
setenv.add-environment = ("GIT_PROJECT_ROOT" => "$work/www", "GIT_HTTP_EXPORT_ALL" => "1", "PATH" => "$PATH",
	"GIT_CONFIG_COUNT" => "1", "GIT_CONFIG_KEY_0" => "safe.directory", "GIT_CONFIG_VALUE_0" => "*")
url.redirect = ("^/moved/(.*)" => "/\$1", "^/loop/(.*)" => "/loop/\$1", "^/tofile/(.*)" => "file:///etc/passwd")
EOF

t 'a repository over smart HTTP' '
	pkg repo add far "git+$url/git/repo.git"
	test "$(git -C "$STORE" rev-parse refs/pkg/repo/far)" = "$(git -C "$REPO" rev-parse HEAD)"
	pkg -q switch create test --empty && pkg -q install low && test -e "$PREFIX/share/low/version"
'
t 'over TLS: an unknown certificate is refused, SSL_CERT_FILE makes it known, for Git and for archives' '
	code_is 40 pkg repo add hidden "git+$secure_url/git/repo.git" && says certificate
	package safe 1.0 "url { src: \"$secure_url/hello-1.tar.gz\" checksum: \"sha256=$(sum www/hello-1.tar.gz)\" }"
	pkg -q repo add local "$REPO"
	code_is 40 pkg install safe
	SSL_CERT_FILE=$work/ca.pem
	export SSL_CERT_FILE
	pkg repo add hidden "git+$secure_url/git/repo.git"
	pkg -q install safe
	pkg -q repo remove local hidden
	SSL_CERT_FILE=$work/no-such-file
	code_is 50 pkg repo add hidden "git+$secure_url/git/repo.git" && says SSL_CERT_FILE
'
http_package() { # NAME URL SUM [MORE]
	package "$1" 1.0 "install: [[\"mkdir\" \"-p\" \"%{share}%/$1\"] [\"cp\" \"hello\" \"%{share}%/$1/hello\"]]
url { src: \"$2\" checksum: \"sha256=$3\" ${4-} }"
}
http_package gz "$url/hello-1.tar.gz" "$(sum www/hello-1.tar.gz)"
http_package xz "$url/moved/hello-1.tar.xz" "$(sum www/hello-1.tar.xz)"
http_package gone "$url/nowhere.tar.gz" "$(printf '%064d' 1)"
http_package mirrored "$url/nowhere.tar.xz" "$(sum www/hello-1.tar.xz)" "mirrors: [\"$url/also-not.tar.xz\" \"$url/hello-1.tar.xz\"]"
http_package bad "$url/hello-1.tar.gz" "$(printf '%064d' 2)"
http_package loop "$url/loop/x" "$(printf '%064d' 3)"
http_package tofile "$url/tofile/x" "$(printf '%064d' 4)"
pkg -q repo add near "$REPO" >/dev/null 2>&1
t 'archives' 'pkg install gz xz && test "$(cat "$PREFIX/share/gz/hello" "$PREFIX/share/xz/hello" | sort -u)" = "hello over http"'
t 'equal content is one tree' 'test "$(git -C "$STORE" rev-parse test:packages/gz/source)" = "$(git -C "$STORE" rev-parse test:packages/xz/source)"'
t 'a mirror, after two that do not have it' 'code_is 0 pkg install mirrored'
import_of() { # STORE: the import commit of gz's archive
	git -C "$1" show test:packages/gz/record.json | sed -n 's/.*"commit": "\([0-9a-f]*\)".*/\1/p'
}
t 'the import is a pure function of the archive' '
	rm -rf "$work/r2"
	pkg -q --root "$work/r2" repo add near "$REPO"
	pkg -q --root "$work/r2" switch create test --empty
	pkg -q --root "$work/r2" install gz
	test -n "$(import_of "$STORE")" && test "$(import_of "$STORE")" = "$(import_of "$work/r2/store.git")"
'
t '404: 40' 'code_is 40 pkg install gone && says nowhere.tar.gz && says 404'
t 'another content than the checksum: 40' 'code_is 40 pkg install bad && says sha256'
t 'a redirect without end, and one to a file: 40' 'code_is 40 pkg install loop && code_is 40 pkg install tofile && ! pkg list -s | grep -q tofile'
t 'a Git source over HTTP' '
	git clone -q --bare "$work/hello.git.src" www/hello.git 2>/dev/null || {
		mkdir hello
		cp src/hello-1/hello hello/
		git -C hello init -q -b main
		git -C hello add -A
		git -C hello commit -qm hello
		git clone -q --bare hello www/hello.git
	}
	pkg pin add gz "git+$url/git/hello.git#main"
	pkg install gz
	pkg list | grep "^gz .*commit *$(git -C www/hello.git rev-parse --short=12 main)"
'
t 'a branch that is not there: 40' 'code_is 40 pkg pin add xz "git+$url/git/hello.git#nope" && says nope'
t 'what is in the store needs no network' '
	pkg -q remove -y mirrored && kill "$(cat lighttpd.pid)" && sleep 0.3 && code_is 0 pkg --offline install mirrored
'
finish
