#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0 'depends: ["high" {>= "3" & build}]
license: "ISC"'
printf '# a comment\r\nurl { src: "https://x.org/low.tgz" checksum: "md5=d41d8cd98f00b204e9800998ecf8427e" }' \
	>>"$REPO/packages/low/low.2.0/opam"
package forged 1.0 'description: """
First.
tree             0123
\tinput id         4567
"""
author: "me"
homepage: "https://x.org\nsource           https://good.org"'
sed -i 's|^synopsis.*|synopsis: "nice\\nsource           commit\\ncommit   0123 (verified)"|' "$REPO/packages/forged/forged.1.0/opam"
fresh

t 'shows the newest' 'code_is 0 pkg show low && says "2.0" && says "high >= 3" && says "ISC"'
t 'shows a version' 'code_is 0 pkg show low.1.0 && ! grep -q ISC out'
t 'before any switch' 'rm -rf "$work/r2" && pkg -q --root "$work/r2" repo add t "$REPO" && pkg --root "$work/r2" show low'
t '--json' 'pkg show --json low >out && test "$(json out data.packages.0.version)" = 2.0 && test "$(json out data.packages.0.installed)" != 1'
t 'installed' 'pkg -q install low.1.0 && pkg show low.1.0 >out && grep -q "^input id  *[0-9a-f]\{64\}" out'
t '-f: the bare value of one field, names before several' '
	test "$(pkg show -f license low.2.0)" = ISC
	test "$(pkg show -f depends low.2.0)" = "[\"high\" {>= \"3\" & build}]"
	pkg show -f name,version,url.src,homepage low.2.0 >out
	printf "name: low\nversion: 2.0\nurl.src: https://x.org/low.tgz\nhomepage: \n" | cmp - out
	test "$(pkg show --field installed-version low.2.0)" = 1.0
	pkg show -f maintainer low.1.0 low.2.0 >out && test "$(cat out)" = "test
test"
'
t '-f with --json; what is not there is left out' '
	pkg show --json -f license,homepage,license low.2.0 >out
	test "$(json out data.packages.0.fields)" = "[{\"name\":\"license\",\"value\":\"ISC\"}]"
'
t '-f: an unknown field is told' 'code_is 2 pkg show -f licence low && says licence; pkg show -f x-any low'
t '--raw: byte for byte' '
	pkg show --raw low.2.0 >out && cmp out "$REPO/packages/low/low.2.0/opam"
	pkg show --json --raw low.2.0 >out && json out data.packages.0.definition | grep -q "a comment"
'
t '--all-versions: one a line, the newest first' '
	pkg show --all-versions low >out && printf "low.2.0\nlow.1.0\n" | cmp - out
	pkg show --all-versions --json low >out && test "$(json out data.packages.0.versions)" = "[\"2.0\",\"1.0\"]"
	code_is 2 pkg show --all-versions --raw low
'
t 'unknown: 5, did you mean' 'code_is 5 pkg show lwo && says low'
t 'usage' 'code_is 2 pkg show'
t 'a definition forges no row' '
	pkg show forged >out
	test "$(grep -c "^source" out)" = 1 && grep -qx "source           none" out && not grep -q "^commit" out
	grep -qx "synopsis         nice source commit commit 0123 (verified)" out
	not grep -q "^tree" out && grep -qx "  tree             0123" out && not grep -q "^.\?input" out
	pkg show -f name,synopsis,version forged >out
	test "$(grep -c "^[^ ]" out)" = 3 && grep -qx "  commit   0123 (verified)" out
	test "$(pkg show -f synopsis forged | wc -l)" = 3
'
t 'the row of all versions is called so' 'pkg show low >out && grep -qx "versions         2.0, 1.0" out && not grep -q "^available" out'
finish
