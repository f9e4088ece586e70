#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0

t 'a folder becomes a snapshot commit, the same each time' '
	pkg repo add one "$REPO"
	pkg --root "$work/r2" repo add one "$REPO"
	test "$(git -C "$STORE" rev-parse refs/pkg/repo/one)" = "$(git -C "$work/r2/store.git" rev-parse refs/pkg/repo/one)"
	git -C "$STORE" cat-file -p refs/pkg/repo/one | grep -q "Dirty: 1"
'
t 'a clean folder of a Git work tree names its commit' '
	git -C "$REPO" init -q
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm first
	pkg repo add two "$REPO"
	git -C "$STORE" cat-file -p refs/pkg/repo/two | grep -q "Upstream-Commit: $(git -C "$REPO" rev-parse HEAD)"
'
t 'a Git repository gives its own commit' '
	pkg repo add three "git+file://$REPO"
	test "$(git -C "$STORE" rev-parse refs/pkg/repo/three)" = "$(git -C "$REPO" rev-parse HEAD)"
'
t 'list' 'pkg repo list >out && test "$(wc -l <out)" = 3 && grep -q "^one" out'
t 'list --json' 'pkg repo list --json >out && test "$(json out data.repositories.2.name)" = three'
t 'the same name again: refused' 'code_is 2 pkg repo add one "$REPO"'
t 'no packages folder: 30, nothing kept' '
	mkdir -p "$work/empty" && code_is 30 pkg repo add four "$work/empty" && ! pkg repo list | grep -q four
'
t 'nothing there: 40' 'code_is 40 pkg repo add five "git+file://$work/nowhere" && code_is 40 pkg repo add five "$work/nowhere"'
t 'remove' 'pkg repo remove three && ! pkg repo list | grep -q three && code_is 5 pkg repo remove three'
t 'a strange name: 2' 'code_is 2 pkg repo add ../x "$REPO"'
t 'no argument lists; an unknown word: 2' 'pkg repo >out && grep -q "^one" out && code_is 2 pkg repo burn'
finish
