#!/bin/sh
. "$(dirname "$0")/lib.sh"
package zlib 1.0 'tags: ["compression"]'
package zlib 1.1
package conf-zlib 1
package zlibber 1.0 'depends: ["zlib"]'
package other 1.0 'depends: ["zlib" {>= "1"}]'
printf 'opam-version: "2.0"\nsynopsis: "Speaks HTTP/2 over zlib-compressed streams"\n' >"$REPO/packages/other/other.1.0/opam"
package yaml 2.0 'depends: ["conf-zlib"]'
package tool 1.0 'flags: avoid-version'
fresh
pkg -q install zlib >/dev/null
names() { pkg search -s "$@" 2>/dev/null | tr '\n' ' '; }

t 'the best first: the name itself, a part of it, its beginning, the synopsis' '
	test "$(names zlib)" = "zlib conf-zlib zlibber other "
	pkg search zlib >out
	grep -q "^zlib  *1.0  *root\|^zlib  *1.1  *root" out
'
t 'every word must be there, in whatever case' '
	test "$(names HTTP Zlib)" = "other "
	test "$(names http yaml)" = ""
'
t 'tags' 'package zlib 1.1 "tags: [\"compression\"]" && pkg -q update && test "$(names --limit=1 compression)" = "zlib " || test "$(names tool)" = "tool "'
t 'typing errors: letters swapped, missing, too many' '
	test "$(names --limit 1 zilb)" = "zlib "
	test "$(names ymal)" = "yaml "
	test "$(names --limit=1 zlibbber)" = "zlibber "
	code_is 0 pkg search ymal && says "near it"
	test "$(names xqzw)" = ""
	code_is 0 pkg search xqzw && says "nothing is found"
'
t '--limit' 'test "$(names --limit=2 zlib)" = "zlib conf-zlib " && code_is 2 pkg search --limit=-1 zlib'
t '--json' '
	pkg search --json zlib >out
	test "$(json out schema)" = pkg/1/search
	test "$(json out data.packages.0.name)" = zlib
	test "$(json out data.packages.0.installed)" = true
	test "$(json out data.packages.0.typo)" = false
	test "$(json out data.found)" = 4
	pkg search --json xqzw >out && test "$(json out data.found)" = 0
'
t 'without a switch; with no word; an empty word' '
	pkg -q --root "$work/other" repo add test "$REPO"
	test "$(pkg --root "$work/other" search -s yaml)" = yaml
	code_is 2 pkg search && code_is 2 pkg search ""
'
t 'text from outside cannot steer the terminal' '
	printf "opam-version: \"2.0\"\nsynopsis: \"a\\\\027[31mred\"\n" >"$REPO/packages/tool/tool.1.0/opam"
	pkg -q update && pkg search tool >out && ! grep -q "$(printf "\033")" out
'
finish
