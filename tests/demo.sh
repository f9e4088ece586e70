#!/bin/sh
# demo.sh - the main job on real sources: a TLS proxy as a unikernel is built, booted, traced, changed and
# traced again. Every command is printed before it runs. PKG_BUILD names the folder of the built program.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
build=${PKG_BUILD:-$top/build}
demo=$top/build/demo
PATH=$build:$PATH
export PATH
# The demo stands alone, whatever the caller's switch and root are.
unset PKGSWITCH PKGROOT PKGYES 2>/dev/null || :
export PKGROOT="$demo/root"

run() {
	printf '\n$ %s\n' "$*"
	"$@"
}

chmod -R u+w "$demo" 2>/dev/null || :
rm -rf "$demo"
mkdir -p "$demo"

run pkg repo add base ./repository
run pkg switch create xen
run pkg install tls-proxy
run pkg list
run pkg history

image=$PKGROOT/switches/xen/share/tls-proxy/tls-proxy.elf
run sh tests/unikernel/demo-serve.sh "$image"
run pkg trace "$image"
before=$(git -C "$PKGROOT/store.git" rev-parse xen)

run git --no-pager -C "$PKGROOT/store.git" log --stat --format='%h %s' xen -- . ':!packages/*/source'
run git --no-pager -C "$PKGROOT/store.git" blame xen -- packages/tls-proxy/source/relay.c | head -n 20

# A Git repository made of the proxy's recorded source, with one change committed.
fork=$demo/tls-proxy
mkdir "$fork"
git -C "$PKGROOT/store.git" archive xen:packages/tls-proxy/source | tar -x -C "$fork"
git -C "$fork" init -q -b main
git -C "$fork" config user.name demo
git -C "$fork" config user.email demo@localhost
git -C "$fork" add -A
git -C "$fork" commit -q -m 'tls-proxy as released'
sed -i 's/", backend"/", relaying to"/' "$fork"/main.c
git -C "$fork" commit -q -a -m 'say what is relayed'
run pkg pin add tls-proxy "git+file://$fork"
run pkg install tls-proxy
run pkg trace "$image"
run git --no-pager -C "$PKGROOT/store.git" diff "$before" xen -- packages/tls-proxy/source
run git -C "$PKGROOT/store.git" fsck --strict --no-progress

# The same image from the lock alone, in another root.
run pkg lock tls-proxy -o "$demo/pkg.lock"
run pkg --root "$demo/second-root" --switch xen install "--locked=$demo/pkg.lock"
run cmp "$image" "$demo/second-root/switches/xen/share/tls-proxy/tls-proxy.elf"
printf '\nThe demo is done; its root is %s\n' "$PKGROOT"
