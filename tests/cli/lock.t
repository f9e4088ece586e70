#!/bin/sh
# A lock, and installing from it: in another root, offline, refused when it does not fit.
. "$(dirname "$0")/lib.sh"
simple base 1.0
simple low 1.0
simple low 1.1
simple high 2.0 'depends: ["low" {>= "1.0"} "base"]
run-test: ["true"]'
src=$work/src
mkdir "$src"
echo text >"$src/text"
printf 'opam-version: "2.0"\ninstall: [["mkdir" "-p" "%%{share}%%/tool"] ["cp" "text" "%%{share}%%/tool/text"]]\n' >"$src/tool.opam"
git -C "$src" init -q -b main && git -C "$src" add -A && git -C "$src" commit -qm one
mkdir -p arc/arc-1 "$REPO/folder"
echo archived >arc/arc-1/file
tar -C arc -czf arc.tar.gz arc-1
package arc 1.0 "install: [[\"cp\" \"file\" \"%{share}%/arc\"]]
url { src: \"file://$work/arc.tar.gz\" checksum: \"sha256=$(sha256sum arc.tar.gz | cut -d' ' -f1)\" }"
echo own >"$REPO/folder/own"
package own 1.0 'install: [["cp" "own" "extra" "%{share}%/"]]
url { src: "repo:folder" }
extra-files: ["extra" "sha256=5e0d4d7ba7c6ba8c2f0a6c5f1dd9e3e5d26c5a5e2cf3ef0e2f7b1d6ff1a2a7d9"]'
mkdir "$REPO/packages/own/own.1.0/files"
echo extra >"$REPO/packages/own/own.1.0/files/extra"
sed -i "s/5e0d4d7b[0-9a-f]*/$(sha256sum "$REPO/packages/own/own.1.0/files/extra" | cut -d' ' -f1)/" "$REPO/packages/own/own.1.0/opam"
fresh
pkg -q pin add tool "git+file://$src" >/dev/null
second=$work/another-root-with-a-longer-path
outputs() { # STORE SWITCH: name and output of every package
	for p in $(git -C "$1" ls-tree --name-only "$2:packages"); do
		echo "$p $(git -C "$1" show "$2:packages/$p/record.json" | grep -e '"output"' -e '"input-id"' | tr -d '\n')"
	done
}

t 'a request is locked without installing' '
	pkg lock high tool arc own -o a.lock
	test -z "$(pkg list -s)"
	test "$(json a.lock format)" = 1
	test "$(json a.lock packages.0.name)" = arc
	test "$(json a.lock packages.0.source.class)" = archive
'
t 'the same bytes again, also after installing' '
	pkg -q install high tool arc own
	pkg lock high tool arc own -o b.lock
	cmp a.lock b.lock
'
t 'the state as recorded' 'pkg lock -o state.lock && test "$(json state.lock packages.3.name)" = low'
t '--check holds' 'code_is 0 pkg lock --check a.lock && code_is 0 pkg lock --check state.lock'
t 'installing from the lock in another root: the same input ids and outputs' '
	pkg -q --root "$second" install --locked=a.lock
	outputs "$STORE" test >one
	outputs "$second/store.git" default >two
	cmp one two
'
t 'again: nothing to do' 'code_is 0 pkg --root "$second" install --locked=a.lock && says "Nothing to do"'
t 'fetch, then offline' '
	rm -rf "$work/r3"
	pkg --root "$work/r3" fetch --locked=a.lock
	pkg -q --offline --root "$work/r3" install --locked=a.lock
	test "$(cat "$work/r3/switches/default/share/arc")" = archived
	test "$(cat "$work/r3/switches/default/share/extra")" = extra
'
t 'a bundle needs no repository' '
	pkg lock high tool arc own --bundle -o bundle.lock
	mv "$REPO" "$REPO.away"
	rm -rf "$work/r4"
	pkg -q --root "$work/r4" install --locked=bundle.lock || { mv "$REPO.away" "$REPO"; false; }
	mv "$REPO.away" "$REPO"
	outputs "$work/r4/store.git" default >four
	cmp one four
'
t 'a clone of the ledger serves as the store' '
	rm -rf "$work/r5"
	mkdir "$work/r5"
	git clone -q --bare "$STORE" "$work/r5/store.git"
	mv "$REPO" "$REPO.away"
	mv arc.tar.gz arc.away
	pkg -q --root "$work/r5" --switch fromclone install --locked=a.lock || { mv "$REPO.away" "$REPO"; mv arc.away arc.tar.gz; false; }
	mv "$REPO.away" "$REPO"
	mv arc.away arc.tar.gz
	outputs "$work/r5/store.git" fromclone >five
	cmp one five
'
t 'remove and undo after it' '
	pkg --root "$second" remove arc
	test ! -e "$second/switches/default/share/arc"
	pkg --root "$second" undo
	test -e "$second/switches/default/share/arc"
'
t 'a newer repository commit is not looked at' '
	simple low 9.0
	pkg -q update
	pkg -q switch create again --empty
	pkg -q install --locked=a.lock
	test "$(cat "$PKGROOT/switches/again/share/low/version")" = "low 1.1"
	pkg switch set test
'
t '--check says what no longer holds: 21' 'code_is 21 pkg lock --check a.lock && says "a.lock:" && says "it is"'
t 'edited by hand: 21, and where' '
	sed "s/\"version\": \"2.0\"/\"version\": \"2.1\"/" a.lock >edited.lock
	code_is 21 pkg --root "$second" install --locked=edited.lock
	says "changed by hand"
'
t 'of another format: 21' 'sed "0,/\"format\": 1/s//\"format\": 7/" a.lock >new.lock && code_is 21 pkg install --locked=new.lock && says "format 7"'
t 'no lock at all: 21' 'echo nonsense >no.lock && code_is 21 pkg install --locked=no.lock'
# A lock with other variables or toolchain is made by the library's own rules: edited, and sealed again.
reseal() { # FILE: the seal is the sha256 of the text without it
	grep -v '^  "sha256": ' "$1" >bare
	sed "s/^  \"state\": {/  \"sha256\": \"$(sha256sum bare | cut -d' ' -f1)\",\n&/" bare >"$1"
}
t 'another platform: 21' '
	sed "s/\"os-version\": \"[^\"]*\"/\"os-version\": \"99\"/" a.lock >other.lock
	reseal other.lock
	code_is 21 pkg --root "$second" install --locked=other.lock
	says "os-version is 99"
'
t 'another toolchain: 21 with the list; --allow-drift installs, with other input ids recorded' '
	sed "s/\"make=[^\"]*\"/\"make=0.1=amd64\"/" bundle.lock >drift.lock
	reseal drift.lock
	rm -rf "$work/r6"
	code_is 21 pkg --root "$work/r6" install --locked=drift.lock
	says "make=0.1=amd64 in the lock"
	pkg -q --root "$work/r6" install --locked=drift.lock --allow-drift
	test "$(cat "$work/r6/switches/default/share/low/version")" = "low 1.1"
'
t 'a name that would leave its folder: 21, and nothing is written' '
	sed "s|\"name\": \"own\"|\"name\": \"../own\"|" bundle.lock >hostile.lock
	reseal hostile.lock
	before=$(git -C "$second/store.git" rev-parse default)
	code_is 21 pkg --root "$second" install --locked=hostile.lock
	test "$before" = "$(git -C "$second/store.git" rev-parse default)"
'
t 'roots are taken over when the packages agree' '
	pkg -q --root "$second" install --locked=a.lock
	pkg -q --root "$second" install low
	code_is 0 pkg --root "$second" install --locked=a.lock
	not grep -q "Nothing to do" out
	pkg --root "$second" list >out
	grep -q "^low *1.1 *- " out
'
t 'a commit that is gone: 40' '
	git -C "$src" checkout -q --orphan other
	git -C "$src" commit -qm other
	git -C "$src" branch -D main
	git -C "$src" reflog expire --expire=now --all
	git -C "$src" gc -q --prune=now
	rm -rf "$work/r7"
	code_is 40 pkg --root "$work/r7" install --locked=bundle.lock
	says tool
	not git -C "$work/r7/store.git" rev-parse -q --verify default
'
t 'a repository commit that is gone: 40, what to do, and the switch stays as it was' '
	upstream=$work/upstream
	cp -R "$REPO" "$upstream"
	git -C "$upstream" init -q -b main && git -C "$upstream" add -A && git -C "$upstream" commit -qm one
	pkg -q --root "$work/r8" repo add up "git+file://$upstream"
	pkg -q --root "$work/r8" lock low -o rewritten.lock
	git -C "$upstream" commit -q --amend -m other
	git -C "$upstream" reflog expire --expire=now --all
	git -C "$upstream" gc -q --prune=now
	before=$(git -C "$second/store.git" rev-parse default)
	code_is 40 pkg --root "$second" install --locked=rewritten.lock
	says "of the repository up, which the lock names, is gone"
	says "a lock made with --bundle needs no repository"
	test "$before" = "$(git -C "$second/store.git" rev-parse default)"
	test "$(cat "$second/switches/default/share/low/version")" = "low 1.1"
'
t 'a local folder cannot be locked: 32' '
	pkg -q pin add tool "$src"
	pkg -q install tool
	code_is 32 pkg lock
	says "pkg pin add"
'
t 'usage' 'code_is 2 pkg install --locked=a.lock low && code_is 2 pkg lock --check a b'
t 'a folder that is not there: 5' 'code_is 5 pkg lock high -o /nonexistent/x && says /nonexistent'
finish
