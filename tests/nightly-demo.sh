#!/bin/sh
# nightly-demo.sh - two nights over repository/ in containers: one as it is, one with a package broken on
# purpose; then what differs, and the report. Every command is printed before it runs. The base image is
# made once and kept as build/nightly-base.tar. PKG_BUILD names the folder of the built program.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
build=${PKG_BUILD:-$top/build}
demo=$top/build/nightly-demo
tar=$top/build/nightly-base.tar
PATH=$build:$PATH
export PATH
unset PKGSWITCH PKGROOT PKGYES 2>/dev/null || :
export PKGROOT="$demo/root"

run() {
	printf '\n$ %s\n' "$*"
	"$@"
}
fails() { # STATUS COMMAND...
	want=$1
	shift
	status=0
	run "$@" || status=$?
	[ "$status" -eq "$want" ] || { echo "exit status $status, expected $want"; exit 1; }
	printf '(exit status %s, as documented)\n' "$status"
}

chmod -R u+w "$demo" 2>/dev/null || :
rm -rf "$demo"
mkdir -p "$demo"
cp -R repository "$demo/repository"
git -C "$demo/repository" init -q -b main
git -C "$demo/repository" config user.name demo
git -C "$demo/repository" config user.email demo@localhost
git -C "$demo/repository" add -A
git -C "$demo/repository" commit -q -m 'as it is'

run pkg repo add base "$demo/repository"
if [ -s "$tar" ]; then
	run pkg nightly base import debian12 "$tar"
else
	run pkg nightly base create debian12
	cp "$PKGROOT"/bases/*/image.tar "$tar"
fi
run pkg nightly base list

run pkg nightly run
run pkg nightly status

# zlib no longer compiles; what needs it cannot be built, all else can.
opam=$(ls "$demo"/repository/packages/zlib/*/opam)
sed -i 's|^build: \[|build: [\n  ["sh" "-c" "echo \x27int main(void) { return broken_on_purpose; }\x27 > broken.c; cc -c broken.c"]|' "$opam"
run git -C "$demo/repository" commit -q -a -m 'break zlib'
run pkg update
fails 31 pkg nightly run
run pkg nightly diff
run pkg nightly log zlib
run pkg nightly report --html "$demo/report"
run git --no-pager -C "$PKGROOT/store.git" log --stat --format='%h %s' refs/pkg/nightly/debian12
run git -C "$PKGROOT/store.git" fsck --strict --no-progress
printf '\nThe report is %s/index.html\n' "$demo/report"
