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
t 'the snapshot that was left behind is kept, and the history says so' '
	test "$(git -C "$STORE" rev-list --first-parent --count refs/pkg/snapshots/git)" -ge 3
	pkg repo log git --taken >out && test "$(grep -c "in use from" out)" = 4
'
t '--check: 0 when something is new, 1 when nothing is' '
	code_is 1 pkg update --check
	simple later 1.0
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm later
	code_is 0 pkg update --check
	code_is 1 pkg update --check
'
t 'one that fails does not stop the others: 40' '
	simple latest 1.0
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm latest
	git clone -q --bare "$REPO" "$work/third.git"
	pkg -q repo add --rank=1 third "$work/third.git"
	mv "$work/third.git" "$work/away.git"
	code_is 40 pkg update
	grep -q "^git: .* 1 new" out
	grep -q "^folder: .* 1 new" out
	says "while updating the repository third"
	says "1 of 3 repositories could not be updated"
	code_is 40 pkg update --json
	test "$(json out error.id)" = FETCH
	test "$(json out data.repositories.0.error.id)" = FETCH
	test "$(json out data.repositories.1.moved)" = false
	code_is 0 pkg update git
	mv "$work/away.git" "$work/third.git"
	code_is 0 pkg update
'
t '--json names what is new, changed and gone' '
	simple latest 1.0 "license: \"ISC\""
	simple newer 1.0
	rm -r "$REPO/packages/later"
	code_is 0 pkg update folder --json
	test "$(json out data.repositories.0.new.0)" = newer.1.0
	test "$(json out data.repositories.0.changed.0)" = latest.1.0
	test "$(json out data.repositories.0.gone.0)" = later.1.0
	test "$(json out data.repositories.0.commit)" = "$(git -C "$STORE" rev-parse refs/pkg/repo/folder)"
	grep -A1 "\"name\": \"folder\"" out | head -n 2 | grep -q "$(git -C "$STORE" rev-parse refs/pkg/repo/folder)"
	code_is 0 pkg update --dry-run --json && test "$(json out data.would_update.2)" = git
'
t '--at has no meaning here: 2' 'code_is 2 pkg update --at 2026-01-01 || code_is 5 pkg update --at 2026-01-01'
t 'an unknown repository: 5' 'code_is 5 pkg update nowhere'

# The lock is taken until `let_go`; what waits for it has read what was there before.
hold() {
	rm -f held
	perl -e 'open my $lock, "+>>", "$ENV{PKGROOT}/locks/root" or die;
		my $range = pack "s s x4 q q l x4", 1, 0, 0, 0, 0;
		fcntl $lock, 6, $range or die;
		open my $held, ">", "held"; sleep 20' &
	holder=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -e held ] && return
		sleep 0.1
	done
}
let_go() {
	sleep 0.5
	kill "$holder"
}
of() { git -C "$STORE" rev-parse "$1"; }
t 'two at once, after one that was first: both are done' '
	simple twice 1.0
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm twice
	git -C "$REPO" commit -q --allow-empty -m again
	hold
	pkg update >one 2>&1 & one=$!
	pkg update >two 2>&1 & two=$!
	sleep 0.5
	git -C "$STORE" fetch -q "$REPO" HEAD
	git -C "$STORE" update-ref refs/pkg/repo/git "$(git -C "$REPO" rev-parse HEAD~1)"
	let_go
	wait $one || { cat one; false; }
	wait $two || { cat two; false; }
	test "$(of refs/pkg/repo/git)" = "$(git -C "$REPO" rev-parse HEAD)"
'
t 'set-url while the repository moves: address and snapshot belong together' '
	git clone -q "$REPO" "$work/clone"
	hold
	pkg repo set-url git "git+file://$work/clone" >one 2>&1 & one=$!
	sleep 0.5
	git -C "$STORE" update-ref refs/pkg/repo/git "$(of refs/pkg/repo/git~1)"
	let_go
	wait $one || { cat one; false; }
	pkg repo list | grep "^git" | grep -q "$work/clone"
	test "$(of refs/pkg/repo/git)" = "$(git -C "$work/clone" rev-parse HEAD)"
'
t 'removed while update waits: 5, and no ref of it' '
	hold
	pkg update git >one 2>&1 & one=$!
	sleep 0.5
	sed -i "/\"git\" {/d" "$PKGROOT/config"
	git -C "$STORE" update-ref -d refs/pkg/repo/git
	let_go
	status=0
	wait $one || status=$?
	test "$status" = 5 || { cat one; false; }
	not git -C "$STORE" rev-parse -q --verify refs/pkg/repo/git
'
finish
