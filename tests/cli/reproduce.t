#!/bin/sh
# Reproducible for real: one lock, two roots that have nothing in common but the machine's /usr, the same bytes in every
# file. The second has a clone of the first one's ledger and the lock, and is offline.
. "$(dirname "$0")/lib.sh"
. "$here/later.sh"
first=$work/a
second=$work/second/a-longer-path-than-the-other
image=share/tls-proxy/tls-proxy.elf
mkdir -p "$second"

# A package that says in its log when, as whom and how it was built, and installs what must not depend on that.
package witness 1.0 'depends: ["tls-proxy"]
build: [["sh" "-c" "date +%s; echo jobs %{jobs}%"] ["sh" "-c" "umask; echo $TZ $LC_ALL $(id -u) >constant"]
	["sh" "-c" "echo \"char d[] = __DATE__ __TIME__;\" >d.c && cc -g -c d.c && ar rc libd.a d.o"]]
install: [["cp" "constant" "libd.a" "%{share}%/"] ["sh" "-c" "echo %{share}% >%{share}%/prefix"]]'

# elsewhere COMMAND: as an ordinary user where there can be one, a year from now where there can be a year from now.
other_ready || as_other=
later=later
later_ready >later.log 2>&1 || later=
elsewhere() {
	# shellcheck disable=SC2086 # words, or none
	(umask 077 && $later $as_other env TZ=Asia/Kathmandu LC_ALL=C LANG=de_DE.UTF-8 HOME="$work/second" CFLAGS=-O0 \
		CPATH=/nowhere MAKEFLAGS=-s SOURCE_DATE_EPOCH=1 PKGROOT="$second" "$@")
}
# git that reads a store of any owner
git_in() {
	store=$1
	shift
	git -c safe.directory='*' -C "$store" "$@"
}
record() { # STORE SWITCH PACKAGE
	git_in "$1" show "$2:packages/$3/record.json"
}
field() { # STORE SWITCH PACKAGE NAME
	record "$1" "$2" "$3" | sed -n "s/.*\"$4\": \"\([0-9a-f:]*\)\".*/\1/p"
}

t 'the lock is made, and installed from' '
	pkg -q --root "$first" repo add base "$top/repository"
	pkg -q --root "$first" repo add test "$REPO"
	pkg -q --root "$first" switch create xen
	pkg -q --root "$first" lock witness -o pkg.lock
	pkg -q --root "$first" -j 3 install --locked=pkg.lock || { pkg --root "$first" log tls-proxy; false; }
'
chmod 644 pkg.lock
t 'and in the second root, from the lock and a clone of the ledger, without a network' '
	git clone -q --bare "$first/store.git" "$second/store.git"
	test -z "$as_other" || chown -R 65534:65534 "$work/second"
	elsewhere pkg -q --offline -j 2 --switch elsewhere install --locked="$work/pkg.lock"
'
packages=$(git_in "$first/store.git" ls-tree --name-only xen:packages)

t 'the builds did happen at other times and with other jobs' '
	pkg --root "$first" log witness >one.log
	elsewhere pkg --switch elsewhere log witness >two.log
	grep -q "^jobs 3$" one.log && grep -q "^jobs 2$" two.log
	then=$(grep -x "[0-9]\{10,\}" one.log)
	now=$(grep -x "[0-9]\{10,\}" two.log)
	test "$((now - then))" -gt "$([ -z "$later" ] && echo 0 || echo "$later_seconds")"
'
[ -n "$later" ] || skip 'a year later' "this machine does not let /usr be laid over: $(tail -n 1 later.log)"
[ -n "$as_other" ] || skip 'as another user' 'this is an ordinary user, or ordinary users get no namespaces'
t 'the packages are those of the lock' '
	test "$(echo $packages)" = "bearssl lwip tls-proxy witness xen-platform xen"
	test "$(git_in "$second/store.git" ls-tree --name-only elsewhere:packages)" = "$packages"
'
t 'the records agree in every word, but the sandbox where the machine gives users less' '
	for p in $packages; do
		record "$first/store.git" xen "$p" | grep -v "^  \"sandbox\": " >one
		record "$second/store.git" elsewhere "$p" | grep -v "^  \"sandbox\": " >two
		cmp one two || { diff one two; false; }
		test "$(field "$first/store.git" xen "$p" output | wc -c)" = 41
	done
'
t 'so do sources, definitions and extra files, as trees' '
	for p in $packages; do
		git_in "$first/store.git" ls-tree "xen:packages/$p" | grep -v "record.json$" >one
		git_in "$second/store.git" ls-tree "elsewhere:packages/$p" | grep -v "record.json$" >two
		cmp one two
	done
'
t 'every installed file of every package, in stored form, byte for byte' '
	files=0
	for p in $packages; do
		id=$(field "$first/store.git" xen "$p" output)
		for root in "$first" "$second"; do
			mkdir -p "$root/stored/$p"
			git_in "$root/store.git" archive "$id" >stored.tar
			tar -xf stored.tar -C "$root/stored/$p"
		done
		diff -r "$first/stored/$p" "$second/stored/$p"
		diff -r "$first/trees/$id/files" "$second/trees/$id/files"
		files=$((files + $(find "$first/stored/$p/files" -type f | wc -l)))
		test "$(find "$first/stored/$p/files" -type f | wc -l)" = "$(record "$first/store.git" xen "$p" | grep -c "{\"mode\"")"
	done
	echo "$files files" && test "$files" -gt 100
'
t 'the image' '
	cmp "$first/switches/xen/$image" "$second/switches/elsewhere/$image"
	test "$(git_in "$first/store.git" rev-parse xen:images)" = "$(git_in "$second/store.git" rev-parse elsewhere:images)"
	elsewhere pkg --switch elsewhere trace "$second/switches/elsewhere/$image" >trace
	grep -q "note and record agree" trace
'
t 'and a third build gives the same' 'pkg --root "$first" rebuild --check lwip tls-proxy witness'
finish
