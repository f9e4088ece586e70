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
t 'the index: made again when it is gone, torn or of another tree' '
	index="${STORE%/store.git}/index" tree=$(git -C "$STORE" rev-parse "refs/pkg/repo/one^{tree}")
	cp "$index/$tree" good
	rm -r "$index"
	pkg show low >out
	cmp good "$index/$tree"
	for bad in "head -c 200" "sed s/low/lew/" "cat good"; do
		$bad good >"$index/$tree"
		pkg show low >again
		cmp out again
		cmp good "$index/$tree"
	done
	rm -r "$index"
	echo x >"$index"
	pkg show low >again
	cmp out again
	rm "$index"
'
t 'the index of a tree that no repository has any more goes' '
	index="${STORE%/store.git}/index" old=$(git -C "$STORE" rev-parse "refs/pkg/repo/one^{tree}")
	package indexed 1.0
	pkg update one two
	test -f "$index/$old"
	pkg repo remove three
	test ! -e "$index/$old"
	test -f "$index/$(git -C "$STORE" rev-parse "refs/pkg/repo/one^{tree}")"
	pkg repo add three "git+file://$REPO"
'
t 'named twice: 2, and nothing is removed' 'code_is 2 pkg repo remove three three && says "named twice" && pkg repo list | grep -q three'
t '--rank: 1 is the first, a large one the last' '
	code_is 2 pkg repo add --rank 0 ranked "$REPO"
	code_is 2 pkg repo add --rank=-1 ranked "$REPO"
	pkg -q repo add --rank 4294967297 ranked "$REPO"
	pkg repo list | tail -n 1 | grep -q "^ranked"
	pkg -q repo remove ranked
'
t 'remove' 'pkg repo remove three && ! pkg repo list | grep -q three && code_is 5 pkg repo remove three'
t 'priority: of a version that several have, the first repository counts' '
	mkdir -p "$work/other/packages/low/low.1.0"
	printf "opam-version: \"2.0\"\nsynopsis: \"the other one\"\n" >"$work/other/packages/low/low.1.0/opam"
	pkg -q repo add other "$work/other"
	not sh -c "pkg show low | grep -q other"
	pkg repo priority other 1
	pkg repo list | head -n 1 | grep -q "^other"
	pkg show low | grep -q "the other one"
	pkg repo priority other 99 --json >out
	test "$(json out data.repositories.2.name)" = other
	not sh -c "pkg show low | grep -q other"
	code_is 2 pkg repo priority other 0
	code_is 2 pkg repo priority other first
	code_is 5 pkg repo priority nobody 1
'
t 'set-url: another address, and a snapshot from there' '
	code_is 0 pkg repo set-url other "$REPO"
	says "1 changed"
	pkg repo list | grep "^other" | grep -q "$REPO"
	code_is 40 pkg repo set-url other "$work/nowhere"
	code_is 2 pkg repo set-url other
	code_is 5 pkg repo set-url nobody "$REPO"
	pkg -q repo remove other
'
t 'log: the history of a Git repository, the snapshots of a folder' '
	rm -rf "$REPO/.git"
	git -C "$REPO" init -q
	simple low 1.5
	git -C "$REPO" add -A
	GIT_COMMITTER_DATE="2026-02-22T10:00:00Z" git -C "$REPO" commit -qm second
	simple low 2.0
	git -C "$REPO" add -A
	GIT_COMMITTER_DATE="2026-08-16T10:00:00Z" git -C "$REPO" commit -qm third
	pkg -q repo add hist "git+file://$REPO"
	pkg repo log hist >out
	head -n 1 out | grep -q "^$(git -C "$REPO" rev-parse --short=12 HEAD)  2026-08-16T10:00:00Z  third  *in use from"
	sed -n 2p out | grep -q "2026-02-22T10:00:00Z  second$"
	pkg repo log hist --limit=1 >out && test "$(wc -l <out)" = 2
	pkg repo log hist --json >out
	test "$(json out data.commits.1.subject)" = second
	pkg repo log one --json >out
	test "$(json out data.commits.0.subject)" = "snapshot of a package repository"
	code_is 2 pkg repo log
	code_is 5 pkg repo log nobody
'
t '--at: repositories as they were' '
	rm -rf "$work/r3"
	export PKGROOT="$work/r3"
	pkg -q repo add hist "git+file://$REPO"
	versions() { pkg show -f versions "$@"; }
	test "$(versions low)" = "2.0, 1.5, 1.0"
	test "$(versions low --at 2026-08-15)" = "1.5, 1.0"
	test "$(versions low --at 2026-08-16)" = "2.0, 1.5, 1.0"
	test "$(versions low --at "2026-08-16T09:59:59Z")" = "1.5, 1.0"
	test "$(versions low --at "2026-08-16 12:00:00 +0200")" = "2.0, 1.5, 1.0"
	test "$(versions low --at "$(git -C "$REPO" rev-parse HEAD~1)")" = "1.5, 1.0"
	test "$(versions --at="hist@$(git -C "$REPO" rev-parse --short=7 HEAD~1)" low)" = "1.5, 1.0"
	pkg --at 2026-03-01 repo list --json >out
	test "$(json out data.repositories.0.commit)" = "$(git -C "$REPO" rev-parse HEAD~1)"
	code_is 5 pkg --at 2020-01-01 show low && says "2026-02-22"
	code_is 5 pkg --at deadbeef show low && says "no repository has or had"
	code_is 2 pkg --at "some day" show low
	code_is 5 pkg --at nobody@2026-01-01 show low
	for digits in 2026 202608 20260816; do
		code_is 5 pkg --at $digits show low
		says 2026-08-16
	done
	code_is 5 pkg --at 1234567 show low && not says 2026-08-16
	code_is 2 pkg --at 2026-08-15 repo add x "$REPO"
'
t '--at: an installation that records that commit' '
	export PKGROOT="$work/r3"
	pkg -q switch create test --empty
	pkg install --at 2026-08-15 --dry-run low | grep -q "low *1.5"
	pkg -q install --at 2026-08-15 low
	test "$(cat "$work/r3/switches/test/share/low/version")" = "low 1.5"
	git -C "$work/r3/store.git" show test:switch.json | grep -q "$(git -C "$REPO" rev-parse HEAD~1)"
	pkg -q upgrade
	test "$(cat "$work/r3/switches/test/share/low/version")" = "low 2.0"
	pkg lock --at 2026-08-15 low -o "$work/old.lock"
	grep -q "$(git -C "$REPO" rev-parse HEAD~1)" "$work/old.lock"
'
t 'a switch can have repositories of its own, in its own order' '
	export PKGROOT="$work/r4"
	mkdir -p "$work/second/packages"
	cp -R "$REPO/packages/low" "$work/second/packages/"
	sed -i "s/^synopsis.*/synopsis: \"second\"/" "$work"/second/packages/low/*/opam
	cp "$REPO/repo" "$work/second/"
	pkg -q repo add first "$REPO"
	pkg -q repo add second "$work/second"
	synopsis() { pkg show -f synopsis low "$@"; }
	pkg -q switch create all --empty
	pkg -q switch create own --empty --repos second
	test "$(synopsis --switch all)" = "test package low"
	test "$(synopsis --switch own)" = second
	pkg -q install low
	git -C "$PKGROOT/store.git" show own:packages/low/record.json | grep -q "\"repository\": \"second\""
	pkg -q repo set-repos first second && test "$(pkg list -A low --columns=repository)" = second
	pkg -q remove low && test "$(synopsis)" = "test package low"
	pkg switch show --json >out && test "$(json out data.repositories.0)" = first
	pkg history | grep -q "repo set-repos first second"
	pkg -q repo set-repos --all
	not sh -c "git -C \"$PKGROOT/store.git\" show own:switch.json | grep -q chosen"
	pkg -q repo set-repos second && pkg -q repo remove second
	code_is 5 pkg install low && says "which is not configured"
	code_is 5 pkg repo set-repos nobody
	code_is 2 pkg repo set-repos
	code_is 2 pkg repo set-repos --all first
	code_is 2 pkg repo set-repos first first && says "named twice"
	code_is 2 pkg switch create third --empty --repos first,first && says "named twice"
	code_is 2 pkg switch create third --empty --repos ""
	code_is 5 pkg switch create third --empty --repos nobody
'
t '--at: a repository that the switch does not use, and who reads none, are not concerned' '
	export PKGROOT="$work/r5"
	pkg -q repo add hist "git+file://$REPO"
	pkg -q repo add young "$work/second"
	pkg -q switch create test --empty --repos hist
	code_is 0 pkg --at 2026-03-01 show -f versions low && says "1.5, 1.0"
	code_is 0 pkg --at 2026-03-01 list -A low
	code_is 0 pkg --at 2020-01-01 env
	code_is 0 pkg --at 2020-01-01 repo list
	code_is 5 pkg --at 2020-01-01 show low && says "2026-02-22" && says "NAME@WHEN"
	code_is 5 pkg --at 2020-01-01 install low
	code_is 5 pkg --at 2020-01-01 repo log hist
	pkg -q repo set-repos --all
	code_is 5 pkg --at 2026-03-01 show low && says young
	code_is 0 pkg --at hist@2026-03-01 show low
'
t 'a strange name: 2' 'code_is 2 pkg repo add ../x "$REPO"'
t 'no argument lists; an unknown word: 2' 'pkg repo >out && grep -q "^one" out && code_is 2 pkg repo burn'
finish
