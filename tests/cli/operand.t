#!/bin/sh
# Package arguments that are no name: lists in files, folders, definition files, addresses.
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
fresh
mkdir src
cat >src/tool.opam <<'EOP'
opam-version: "2.0"
version: "7"
depends: ["low"]
install: [["mkdir" "-p" "%{share}%/tool"] ["cp" "text" "%{share}%/tool/text"]]
EOP
sed 's/tool/other/g' src/tool.opam >src/other.opam
echo one >src/text
git -C src init -q -b main
git -C src add -A
git -C src commit -qm one

t '@FILE: one a line' '
	printf "low\n\n# no package\n  high.1.0  \n" >list
	pkg install @list && test "$(pkg list -s | tr "\n" " ")" = "high low "
	pkg remove @list && test -z "$(pkg list -s)"
'
t '@- is the standard input, beside other arguments' 'echo low | pkg install high @- && pkg list | grep -q "^low.*root" && pkg -q remove low high'
t 'no such file: 5; wrong lines as on the command line' '
	code_is 5 pkg install @nowhere && says nowhere
	printf "a b\n" >bad && code_is 2 pkg install @bad
	: >empty && code_is 2 pkg upgrade @empty && says @empty
'
t 'a folder: what it defines is pinned to it and installed, in one transaction' '
	before=$(git -C "$STORE" rev-list --count test)
	pkg install --dry-run ./src >out && grep -q "install *tool *7" out && test -z "$(pkg pin list)"
	pkg install ./src
	test "$(cat "$PREFIX/share/tool/text")" = one && test -e "$PREFIX/share/other/text"
	pkg pin list | grep -q "^tool .*$work/src"
	test "$(git -C "$STORE" rev-list --count test)" = $((before + 1))
	pkg list | grep -q "^tool.*root.*local"
	cd src && echo two >text && pkg install . && test "$(cat "$PREFIX/share/tool/text")" = two && git checkout -q text
'
t 'a definition file: that package alone' '
	pkg -q remove -a tool other && pkg -q pin remove tool other
	pkg install src/other.opam && test "$(pkg list -s | tr "\n" " ")" = "low other " && pkg -q undo
	cd src && pkg install tool.opam && pkg list | grep -q "^tool" && pkg -q undo
'
t 'a Git address, with a ref' '
	git -C src checkout -qb side && echo side >src/text && git -C src commit -qam side && git -C src checkout -q main
	pkg install "git+file://$work/src#side"
	test "$(cat "$PREFIX/share/tool/text")" = side
	pkg pin list | grep -q "^tool .*#side" && pkg list | grep -q "^tool.*commit"
	pkg -q undo
'
t 'the file opam stands for the name of its folder' '
	mkdir named && cp src/text named && sed s/tool/named/g src/tool.opam >named/opam
	pkg install named/ && test -e "$PREFIX/share/named/text" && pkg -q undo
	pkg install named/opam && test -e "$PREFIX/share/named/text" && pkg -q undo
'
t 'with names beside it, and --json' '
	pkg install high ./src/tool.opam --json >out && perl "$here/envelope.pl" install 0 <out
	test "$(pkg list -s | tr "\n" " ")" = "high low tool " && pkg -q undo
'
t 'no definition: 5; nothing there: 5; what Git does not track: 5, said' '
	mkdir none && echo x >none/x && code_is 5 pkg install ./none && says "NAME.opam"
	code_is 5 pkg install ./nowhere
	cp src/tool.opam src/late.opam && code_is 5 pkg install src/late.opam && says track && rm src/late.opam
	code_is 2 pkg install src/text
	code_is 40 pkg install "git+file://$work/nowhere"
	test -z "$(pkg pin list)"
'
t 'other commands take names: 2, and what does take it' 'code_is 2 pkg remove ./src && says "pkg install" && code_is 2 pkg lock ./src'
finish
