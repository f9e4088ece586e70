#!/bin/sh
. "$(dirname "$0")/lib.sh"
mkdir -p "$REPO/src/app"
echo code >"$REPO/src/app/app"
simple low 1.0
package app 1.0 'depends: ["low"]
url { src: "repo:src/app" }
x-images: ["share/app/app.img"]
install: [["mkdir" "-p" "%{share}%/app"] ["cp" "app" "%{share}%/app/app.img"]]'
package holds-prefix 1.0 'x-images: ["share/image"]
install: [["sh" "-c" "echo %{prefix}% > %{share}%/image"]]'
package has-id 1.0 'x-images: ["share/id"]
install: [["sh" "-c" "echo $PKG_INPUT_ID > %{share}%/id"]]'
package no-id 1.0 'install: [["sh" "-c" "echo id=$PKG_INPUT_ID > %{share}%/no-id"]]'
git -C "$REPO" init -q && git -C "$REPO" add -A && git -C "$REPO" commit -qm repository
fresh
pkg -q install app
image=$PREFIX/share/app/app.img
cp "$image" deployed

t 'every package below the image, with class and identity' '
	code_is 0 pkg trace "$image"
	grep -q "^app 1.0  repo" out
	grep -q "^low 1.0  none" out
	says "$(git -C "$REPO" rev-parse HEAD)"
	says "$(git -C "$REPO" rev-parse HEAD:src/app)"
'
t 'a copy elsewhere is found by its content' 'pkg trace deployed >out && grep -q "^ledger *test" out'
t '--json' '
	pkg trace --json deployed >out
	test "$(json out data.image.package)" = app
	test "$(json out data.packages.1.tree)" = "$(git -C "$REPO" rev-parse HEAD:src/app)"
	test "$(json out data.commit)" = "$(git -C "$STORE" rev-parse test)"
'
t 'an image of an older state is found in the history' '
	echo newer >"$REPO/src/app/app"
	pkg -q update
	pkg -q upgrade
	not cmp -s deployed "$image"
	pkg trace --json deployed >out
	test "$(json out data.commit)" = "$(git -C "$STORE" rev-parse test~1)"
'
t 'and in a removed switch' '
	pkg -q switch remove -y test
	pkg trace deployed >out
	grep -q "^ledger *test (removed)" out
'
t 'another file: 5, with its sha256' 'echo other >other && code_is 5 pkg trace other && says "$(sha256sum other | cut -d" " -f1)"'
t 'an image that holds the prefix is refused' 'pkg -q switch create two --empty && code_is 31 pkg install holds-prefix && says share/image'
t 'a package with images is told its input id, others are not' '
	pkg -q install has-id no-id
	id=$(git -C "$STORE" show two:packages/has-id/record.json | sed -n "s/.*\"input-id\": \"\(.*\)\",/\1/p")
	test "$(cat "$PKGROOT/switches/two/share/id")" = "$id"
	test "$(cat "$PKGROOT/switches/two/share/no-id")" = "id="
'
t 'not there: 5; usage: 2' 'code_is 5 pkg trace nowhere && code_is 2 pkg trace'
finish
