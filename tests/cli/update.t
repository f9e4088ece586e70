#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
git -C "$REPO" init -q && git -C "$REPO" add -A && git -C "$REPO" commit -qm first
pkg -q repo add folder "$REPO" >/dev/null
pkg -q repo add git "git+file://$REPO" >/dev/null

t 'nothing changed' 'code_is 0 pkg update && says unchanged'
t 'new, changed and gone are named' '
	simple new 1.0
	simple low 2.0
	simple gone 1.0
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm second
	pkg -q update >/dev/null
	rm -r "$REPO/packages/gone"
	simple low 2.0 "license: \"ISC\""
	simple newest 1.0
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm third
	code_is 0 pkg update git
	grep -q "new *newest.1.0" out
	grep -q "changed *low.2.0" out
	grep -q "gone *gone.1.0" out
	test "$(git -C "$STORE" rev-parse refs/pkg/repo/git)" = "$(git -C "$REPO" rev-parse HEAD)"
'
t 'a history that goes back is refused, unless allowed' '
	git -C "$REPO" reset -q --hard HEAD~1
	code_is 40 pkg update git
	says "--allow-rewind"
	code_is 0 pkg update --allow-rewind git
	test "$(git -C "$STORE" rev-parse refs/pkg/repo/git)" = "$(git -C "$REPO" rev-parse HEAD)"
'
t 'an unknown repository: 5' 'code_is 5 pkg update nowhere'
finish
