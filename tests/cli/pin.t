#!/bin/sh
. "$(dirname "$0")/lib.sh"
src=$work/src
mkdir "$src"
echo one >"$src/text"
cat >"$src/tool.opam" <<'EOF'
opam-version: "2.0"
version: "7"
install: [["mkdir" "-p" "%{share}%/tool"] ["cp" "text" "%{share}%/tool/text"]]
EOF
git -C "$src" init -q -b main && git -C "$src" add -A && git -C "$src" commit -qm one
simple filler 1.0
fresh

t 'a Git pin with its own definition' '
	pkg pin add tool "git+file://$src"
	pkg install tool
	test "$(cat "$PREFIX/share/tool/text")" = one
	test "$(git -C "$STORE" rev-parse test:packages/tool/source)" = "$(git -C "$src" rev-parse "HEAD^{tree}")"
'
t 'list, and its class is commit' 'pkg pin list | grep -q "^tool .*git+file" && pkg list | grep -q "tool.*commit *$(git -C "$src" rev-parse --short=12 HEAD)"'
t 'a new commit is taken by install, and shows in git diff' '
	code_is 0 pkg install tool
	says "Nothing to do"
	echo two >"$src/text"
	git -C "$src" commit -qam two
	code_is 0 pkg install tool
	says "its pinned source changed"
	test "$(cat "$PREFIX/share/tool/text")" = two
	git -C "$STORE" diff test~1 test -- packages/tool/source | grep -q "^+two"
'
t 'the raw upstream commit stands beside it' '
	git -C "$STORE" cat-file -p test:packages/tool/commit >raw
	test "$(git hash-object -t commit raw)" = "$(git -C "$src" rev-parse HEAD)"
'
t 'a folder pin is local, with uncommitted changes, untracked files left out' '
	echo three >"$src/text"
	echo stray >"$src/untracked"
	pkg pin add tool "$src"
	pkg install tool
	test "$(cat "$PREFIX/share/tool/text")" = three
	pkg list | grep -q "tool.*local" && ! git -C "$STORE" cat-file -e test:packages/tool/source/untracked
'
t 'remove' 'pkg pin remove tool && test -z "$(pkg pin list)" && code_is 5 pkg pin remove tool'
t 'without its pin a version that only the pin had ends, when the package is asked for' '
	simple tool 1.0
	simple tool 2.0
	simple user 1.0 "depends: [\"tool\"]"
	pkg -q update
	pkg list | grep -q "^tool *7 "
	code_is 0 pkg install tool.7 && says "Nothing to do"
	pkg install --dry-run user >out && not grep -q "tool" out
	pkg upgrade --dry-run tool >out && grep -q "downgrade *tool *7 -> 2.0" out
	code_is 0 pkg install tool && says "7 -> 2.0" && test "$(cat "$PREFIX/share/tool/version")" = "tool 2.0"
	code_is 0 pkg install tool && says "Nothing to do"
	pkg -q pin add tool "$src" && pkg -q install tool && pkg list | grep -q "^tool *7 "
	pkg -q pin remove tool && pkg upgrade tool && pkg list | grep -q "^tool *2.0 "
	rm -r "$REPO/packages/tool" "$REPO/packages/user" && pkg -q update && pkg -q remove tool
'
t 'of a package that no repository has, the last version stays' '
	pkg -q pin add tool "$src" && pkg -q install tool && pkg pin remove tool
	code_is 0 pkg install tool && says "Nothing to do" && pkg -q remove tool
'
t 'nothing there: 40, and no pin' 'code_is 40 pkg pin add tool "git+file://$work/nowhere" && test -z "$(pkg pin list)"'
t 'no definition anywhere: 5' 'code_is 5 pkg pin add unknown "git+file://$src"'
t 'a pin that is gone stops neither a removal nor its own end' '
	git clone -q "$src" gone
	pkg -q pin add tool "git+file://$work/gone"
	pkg -q install filler
	rm -rf gone
	pkg -q remove filler
	pkg -q pin remove tool
'
t 'a password in an address is refused' 'code_is 2 pkg pin add tool git+https://me:secret@127.0.0.1/x && code_is 2 pkg repo add r git+https://me:secret@127.0.0.1/x && not git -C "$STORE" grep -q secret test'
t 'so is every secret in an address, and none is written anywhere' '
	while read -r address; do
		code_is 2 pkg pin add loc "$address" && says "credential helpers"
		code_is 2 pkg install "$address" && says "credential helpers"
		code_is 2 pkg repo add r "$address" && says "credential helpers"
		code_is 2 pkg repo set-url test "$address" && says "credential helpers"
		code_is 2 pkg pin add "loc 1" "$address"
		code_is 5 pkg pin remove "$address"
	done <<-END
		git+http://hidden12345@127.0.0.1/loc.git
		https://hidden12345@127.0.0.1/loc.git
		https://u%3Ahidden12345@127.0.0.1/loc.git
		git+https://u:hidden12345@127.0.0.1/loc.git
		ftp://hidden12345@127.0.0.1/loc.tar.gz
		git+https://127.0.0.1/loc.git?private_token=hidden12345
		git+https://127.0.0.1/loc.git?a=b&Api%5FKey=hidden12345
		git+https://127.0.0.1/loc.git?client_secret=hidden12345#main
		git+ssh://u:hidden12345@127.0.0.1/loc.git
		ssh://u%3ahidden12345@127.0.0.1/loc.git
		u:hidden12345@127.0.0.1:dir/loc.git
	END
	not grep -rqF hidden12345 "$PKGROOT"
'
t 'nor may a message hold one; a mail address is none' '
	code_is 2 pkg -m "from https://hidden12345@host/x" pin add tool "$src"
	code_is 0 pkg -m "see https://host/x? ask me@host for key=1" pin add tool "$src"
	pkg -q pin remove tool
'
t 'a user of ssh is no secret' '
	status=0
	pkg --offline pin add loc git+ssh://git@127.0.0.1/loc.git || status=$?
	test "$status" = 41
	status=0
	pkg --offline pin add loc git@127.0.0.1:dir/loc.git || status=$?
	test "$status" = 40
'
t 'usage' 'code_is 2 pkg pin add tool && code_is 2 pkg pin add "a b" "$src"'
finish
