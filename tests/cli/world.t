#!/bin/sh
# The C packages of repository/ in a `default` switch: built with their tests, used, and built again elsewhere to the
# same bytes. PKG_TEST_WORLD=all takes the slow ones too. With PKG_TEST_OFFLINE set, a mirror that cannot be reached
# skips the file.
. "$(dirname "$0")/lib.sh"
. "$here/later.sh"
PREFIX=$PKGROOT/switches/default
set='zlib bzip2 lz4 xxhash lua cjson libdeflate libpng'
all=
[ "${PKG_TEST_WORLD-}" != all ] || all=yes
cmake=
! dpkg-query -W -f='${Status}\n' cmake 2>/dev/null | grep -q ' installed' || cmake=yes
[ -z "$all" ] || set="$set zstd mbedtls pcre2"
[ -z "$cmake" ] || set="$set jansson"
[ -z "$all" ] || [ -z "$cmake" ] || ! command -v g++ >/dev/null || set="$set expat"

pkg -q repo add base "$top/repository" && pkg -q switch create default || exit 1
status=0
# shellcheck disable=SC2086 # words
pkg install -t $set >install.log 2>&1 || status=$?
[ "$status" -ne 40 ] || [ -z "${PKG_TEST_OFFLINE-}" ] || skip_all 'the Debian mirror cannot be reached'

cat >words.sh <<'END'
record() { # STORE PACKAGE
	git -C "$1" show "default:packages/$2/record.json"
}
outputs() { # STORE: name and output id of every package
	for p in $(git -C "$1" ls-tree --name-only default:packages); do
		echo "$p $(record "$1" "$p" | sed -n 's/.*"output": "\([0-9a-f]*\)".*/\1/p')"
	done
}
ran() { # PACKAGE PATTERN: in its log
	pkg log "$1" >log
	grep -q -e "$2" log || { echo "$1: no $2" && false; }
}
needs() { # FILE LIBRARY: it is found in the switch
	ldd "$1" | tr -s / | grep -q "$2 => $PREFIX/lib/" || { ldd "$1" && false; }
}
END
. ./words.sh

t 'all are built, and their tests pass' 'test "$status" = 0 || { cat install.log; false; }'
t 'they are listed, each with its source tree' '
	pkg list >list
	for p in $set; do grep -q "^$p .* root  *archive  *tree [0-9a-f]" list; done
	grep -q "^default .* none" list
	test "$(wc -l <list)" = "$(($(echo "$set" | wc -w) + 1))"
'
t 'the tests ran' '
	ran zlib "zlib shared test OK"
	ran bzip2 "^cmp sample3.tst sample3.ref"
	ran lz4 "^+ make -C tests check"
	ran xxhash "^+ make check"
	ran lua "^+ ./src/lua -e"
	ran cjson "^14 Tests 0 Failures"
	ran libdeflate "^+ make .* check"
	ran libpng "^PASS: tests/pngvalid-transform"
	test -z "$cmake" || ran jansson "100% tests passed"
'
t 'libpng stands on zlib of the switch' '
	record "$STORE" libpng | grep -qF "{\"name\":\"zlib\",\"version\":\"1.2.13\"}"
	needs "$PREFIX/lib/libpng16.so" libz.so.1
'
t 'no library of the system is used that nothing declares' '
	for p in $set; do ! record "$STORE" "$p" | grep "\"declared\":false"; done
'
t 'libraries are static and shared, and the name that programs look for is there' '
	test "$(readlink "$PREFIX/lib/libz.so.1")" = libz.so.1.2.13
	test "$(readlink "$PREFIX/lib/libbz2.so.1.0")" = libbz2.so.1.0.8
	for l in bz2 cjson deflate lz4 png16 xxhash z; do
		test -L "$PREFIX/lib/lib$l.so" && test -f "$PREFIX/lib/lib$l.a"
		soname=$(readelf -d "$PREFIX/lib/lib$l.so" | sed -n "s/.*(SONAME).*\[\(.*\)\]/\1/p")
		test -f "$PREFIX/lib/$soname"
	done
'
cat >use.c <<'END'
#include <cjson/cJSON.h>
#include <lz4.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
int main(void)
{
	static const char text[] = "the same text, the same text, the same text";
	char z[200], out[200];
	uLongf zn = sizeof(z), n = sizeof(out);
	int got;
	if (compress((Bytef *)z, &zn, (const Bytef *)text, sizeof(text)) || uncompress((Bytef *)out, &n, (Bytef *)z, zn) ||
	    n != sizeof(text) || memcmp(out, text, n))
		return 1;
	got = LZ4_compress_default(text, z, sizeof(text), sizeof(z));
	if (LZ4_decompress_safe(z, out, got, sizeof(out)) != sizeof(text) || memcmp(out, text, sizeof(text)))
		return 2;
	printf("zlib %s, lz4 %s, png %lu, %s\n", zlibVersion(), LZ4_versionString(), (unsigned long)png_access_version_number(),
	       cJSON_PrintUnformatted(cJSON_Parse(" [ 1, 2 ] ")));
	return strcmp(zlibVersion(), ZLIB_VERSION) != 0;
}
END
t 'a program is compiled against them without flags, and runs by itself' '
	pkg exec -- cc -o use use.c -lpng16 -lz -llz4 -lcjson
	test "$(./use)" = "zlib 1.2.13, lz4 1.9.4, png 10639, [1,2]"
	needs ./use libpng16.so.16 && needs ./use libz.so.1
'
command -v pkg-config >/dev/null && t 'pkg-config answers for the switch' '
	for l in zlib liblz4 libpng libxxhash libdeflate; do
		test "$(pkg exec -- pkg-config --variable=prefix $l)" = "$PREFIX"
	done
	test "$(pkg exec -- pkg-config --modversion libpng)" = 1.6.39
'
t 'lua looks for its modules in the switch' '
	mkdir -p "$PREFIX/share/lua/5.4" && echo "return { n = 42 }" >"$PREFIX/share/lua/5.4/answer.lua"
	test "$(pkg exec -- lua -e "print(require(\"answer\").n)")" = 42
	rm "$PREFIX/share/lua/5.4/answer.lua"
'
[ -z "$all" ] || t 'zstd stands on zlib and lz4 of the switch, pcre2grep on zlib and bzip2' '
	ran zstd "roundTripTest: .* --format=gzip" && ran pcre2 "^PASS: RunGrepTest" && ran mbedtls "SHA-512 test #3: passed"
	needs "$PREFIX/bin/zstd" libz.so.1 && needs "$PREFIX/bin/zstd" liblz4.so.1
	echo hello >hello && gzip -k hello && bzip2 -k hello && "$PREFIX/bin/lz4" -q hello hello.lz4
	test "$("$PREFIX/bin/zstd" -dc hello.gz)$("$PREFIX/bin/zstd" -dc hello.lz4)" = hellohello
	test "$("$PREFIX/bin/pcre2grep" -h "^h.l{2}o" hello.gz hello.bz2 | tr -d "\n")" = hellohello
'
later=later
later_ready >later.log 2>&1 || later=
t 'a root of another path length, other umask, date, time zone, locale and jobs, no tests: the same outputs' '
	second=$work/second/a-root-whose-path-is-longer-than-the-other
	mkdir -p "$work/second"
	umask 077
	export TZ=Asia/Kathmandu LC_ALL=C LANG=de_DE.UTF-8 CFLAGS=-O0 CPATH=/nowhere MAKEFLAGS=-s
	pkg -q --root "$second" repo add base "$top/repository"
	pkg -q --root "$second" switch create default
	pkg -q lock $set -o world.lock && pkg -q --root "$second" fetch --locked=world.lock
	$later pkg -q --root "$second" --offline -j 3 install $set
	outputs "$STORE" >first.ids
	outputs "$second/store.git" >second.ids
	test "$(wc -l <first.ids)" = "$(($(echo "$set" | wc -w) + 1))"
	test "$(grep -c "^[a-z0-9]* [0-9a-f]\{40\}$" first.ids)" = "$(wc -l <first.ids)"
	diff first.ids second.ids
'
finish
