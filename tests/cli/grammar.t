#!/bin/sh
# How a command line is read, whatever the command.
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0
fresh
pkg -q install low.1.0 >/dev/null
mkdir sub

t 'options before the command, before its word, behind' '
	pkg -q --switch test list -s | grep -qx low
	pkg list --switch test -s | grep -qx low
	pkg switch --root "$PKGROOT" show | grep -qx test
	pkg --root "$PKGROOT" switch show | grep -qx test
'
t 'an option of a word, with its value, before the word or the command' '
	pkg -q repo --rank 1 add one "$REPO" && test "$(pkg repo list | head -n 1 | cut -d" " -f1)" = one
	pkg -q --rank 1 repo add two "$REPO" && test "$(pkg repo list | head -n 1 | cut -d" " -f1)" = two
	pkg -q repo --rank=1 add three "$REPO" && test "$(pkg repo list | head -n 1 | cut -d" " -f1)" = three
	pkg -q repo remove one two three
	pkg --max-count 1 history | grep -q install
	pkg -n 1 history >out && test "$(grep -c "^[0-9a-f]" out)" = 1
'
t 'letters together, the last with a value' '
	pkg -qvj 4 list -s && pkg -vj4 list && pkg list -sj 2 && pkg list -sj2
	code_is 2 pkg -vj list && says "a number"
	code_is 2 pkg list -vj && says "needs a value"
'
t 'values by = and behind; one that looks like an option' '
	pkg -q install low -m "--yes" && pkg history | grep -q install
	pkg list --jobs=2 && pkg list --jobs 2
	code_is 2 pkg list --jobs && code_is 2 pkg list --jobs=
'
t 'an optional value only with =' 'pkg lock -o pkg.lock low && pkg fetch --locked=pkg.lock && code_is 2 pkg fetch --locked pkg.lock'
t '--no-X takes a flag back; what has a value has none' '
	pkg list --dry-run --no-dry-run && pkg list --no-short | grep -q root && pkg list --json --no-json | grep -q "^low"
	code_is 2 pkg list --no-json=1 && says "no-json" && says "takes no value" && code_is 2 pkg fetch --no-locked=x
	code_is 2 pkg list --no-jobs && code_is 2 pkg list --no-short=1 && code_is 2 pkg list --short=1
'
t 'lists: by commas, and again' '
	pkg show -f name,version low >out && pkg show -f name -f version low | cmp - out && pkg show --field=name --field version low | cmp - out
'
t '-- ends the options' '
	code_is 5 pkg install -- --yes && says "there is no package"
	pkg exec -- printf "%s\n" --version | grep -qx -e --version
	pkg exec -- sh -c "echo \$0 \$1" --json -y | grep -qx -e "--json -y"
'
t '-C, once' 'cd "$work" && touch sub/here && pkg -C sub exec -- ls | grep -qx here && pkg exec -C sub -- ls | grep -qx here && pkg -C . switch show && pkg switch show -C sub'
t 'aliases of opam' '
	pkg info low >one && pkg show low | cmp - one
	pkg repository list >one && pkg repo list | cmp - one && pkg remote | cmp - one
	pkg -q uninstall low && test -z "$(pkg list -s)"
	mkdir tool && printf "opam-version: \"2.0\"\n" >tool/tool.opam
	pkg -q pin add tool "$work/tool" && pkg -q unpin tool && test -z "$(pkg pin list)"
'
t 'precedence: option, environment' '
	pkg -q switch create other --empty && pkg switch set test
	test "$(PKGSWITCH=other pkg switch show)" = other
	test "$(PKGSWITCH=other pkg --switch test switch show)" = test
	PKGROOT=$work/nowhere code_is 50 pkg list
	PKGROOT=$work/nowhere pkg --root "$work/root" list
'
t 'empty values are none' 'code_is 2 pkg --root= list && code_is 2 pkg --switch "" list && PKGSWITCH= pkg list'
t '--progress' '
	simple fresh-one 1.0
	pkg -q update
	code_is 0 pkg install fresh-one --progress=plain && says "building" && pkg -q remove fresh-one
	simple fresh-two 1.0 && pkg -q update
	code_is 0 pkg install fresh-two --progress=none && not grep -q building err && grep -q "1 built" out
	code_is 2 pkg list --progress=spin
'
t '--timeout: a command of a build that takes longer fails' '
	package sleepy 1.0 "build: [\"sleep\" \"60\"]" && pkg -q update
	code_is 31 pkg install sleepy --timeout 1 && code_is 2 pkg list --timeout=-1
'
t '-q: no warnings, no notes, the error' '
	mkdir -p "$REPO/packages/odd/odd.1.0" && printf "opam-version: \"2.0\"\nbuild: [ \"make\" => ]\n" >"$REPO/packages/odd/odd.1.0/opam"
	pkg -q update
	code_is 5 pkg -q install odd && test "$(grep -c "^pkg: error" err)" = 1 && not grep -q warning err
	code_is 0 pkg -q install low && test ! -s out && test ! -s err
'
finish
