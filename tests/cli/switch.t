#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple world 1.0
simple other 1.0
fresh

t 'a switch of the name of its base package' '
	pkg switch create world
	test "$(cat "$PKGROOT/switches/world/share/world/version")" = "world 1.0"
	test "$(pkg switch show)" = world
'
t 'its invariant holds the base package' 'code_is 20 pkg remove -y world'
t 'no such base package: 5, the hint, and no switch' '
	code_is 5 pkg switch create nothing
	says "--empty"
	not git -C "$STORE" rev-parse -q --verify refs/heads/nothing && test ! -e "$PKGROOT/switches/nothing"
'
t 'other base packages' 'pkg switch create mine other world && test "$(pkg list -s | tr "\n" " ")" = "other world "'
t 'list marks the current one' 'pkg switch list >out && grep -q "^\* mine" out && grep -q "^  world" out && test "$(wc -l <out)" = 3'
t 'set' 'pkg switch set test && test "$(pkg switch show)" = test && code_is 50 pkg switch set nowhere'
t '--switch and PKGSWITCH' '
	test "$(pkg --switch world list -s)" = world && test "$(PKGSWITCH=world pkg list -s)" = world
'
t 'set-invariant: what it takes is installed, and stays; --none lets it go' '
	pkg switch create free --empty
	pkg switch set-invariant "world" && test "$(pkg list -s)" = world
	pkg switch show -v | grep -q "invariant *world"
	code_is 20 pkg remove -y world && says "set-invariant"
	code_is 0 pkg switch set-invariant world && says "Nothing to do"
	code_is 20 pkg switch set-invariant nowhere && says nowhere
	code_is 2 pkg switch set-invariant && code_is 2 pkg switch set-invariant --none world
	pkg switch set-invariant --none && pkg switch show -v | grep -q "invariant *none"
	pkg remove -y world && test -z "$(pkg list -s)"
	pkg history | grep -q "set-invariant world"
	pkg switch remove -y free && pkg switch set test
'
t 'there already: 2' 'code_is 2 pkg switch create world'
for name in ../x .x x/y 'a b' HEAD x.lock x. a..b ''; do
	t "the name '$name' is refused" "code_is 2 pkg switch create --empty '$name'"
done
t 'remove asks, keeps the history, and frees the name' '
	code_is 10 pkg switch remove world
	test -e "$PKGROOT/switches/world"
	pkg switch remove -y world
	test ! -e "$PKGROOT/switches/world"
	git -C "$STORE" for-each-ref --format="%(refname)" refs/pkg/removed/world | grep -q .
	pkg switch create world
'
t 'removing the current one leaves none' '
	pkg switch set world && pkg switch remove -y world && code_is 50 pkg list
'
t 'a prefix of more than 96 bytes is refused before anything is made' '
	long=$work/$(printf "%090d" 0)
	pkg -q --root "$long" repo add test "$REPO"
	code_is 2 pkg --root "$long" switch create x --empty || code_is 50 pkg --root "$long" switch create x --empty
	says 96
'
finish
