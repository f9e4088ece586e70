#!/bin/sh
# Each exit status of pkg(1), provoked through the real program. 60, a request that is too hard, stands in solve.t;
# 99 is a bug.
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple high 1.0 'depends: ["low"]'
simple clash 1.0 'conflicts: ["low"]'
package broken 1.0 'build: [["false"]]'
package untested 1.0 'run-test: [["false"]]'
package needy 1.0 'depexts: [["surely-no-such-system-package"] {os-family = "debian"}]'
package slower 1.0 'build: [["sleep" "4"]]'
package slow 1.0 'build: [["sleep" "3"]]'
package shaky 1.0 'build: [["sh" "-c" "date +%s%N > f"]]
install: [["mkdir" "-p" "%{share}%/shaky"] ["cp" "f" "%{share}%/shaky/f"]]'
wrong=$(printf '%064d' 7)
package far 1.0 "url { src: \"http://127.0.0.1:9/x.tar.gz\" checksum: \"sha256=$wrong\" }"
package circle-a 1.0 'depends: ["circle-b"]'
package circle-b 1.0 'depends: ["circle-a"]'
fresh
pkg -q install high shaky >/dev/null
printf 'opam-version: "2.0"\nbuild: "x" =>\n' >bad.opam

t '0: done' 'code_is 0 pkg list'
t '1: the answer to a check is no' 'code_is 1 pkg list --silent nowhere && code_is 0 pkg list --silent high'
t '2: usage' '
	code_is 2 pkg
	code_is 2 pkg list --nosuch
	code_is 2 pkg install
	code_is 2 pkg install "low>"
	code_is 2 pkg --jobs=x list
'
foreign="opam's"
t '2: opam has it, and here it is something else' '
	code_is 2 pkg install -w low && says "$foreign -w is" && says "pkg pin add NAME DIR"
	code_is 2 pkg switch create x --repositories=y && says "$foreign --repositories is" && says "pkg repo add"
	code_is 2 pkg var low && says "pkg env"
'
t '2: a word that is near is named' '
	code_is 2 pkg instal low && says "did you mean \`pkg install\`?"
	code_is 2 pkg lsit && says "pkg list"
	code_is 2 pkg uninstal low && says "pkg uninstall"
	code_is 2 pkg switch crate x && says "pkg switch create"
	code_is 2 pkg list --jsno && grep -q "did you mean .--json.?" err
	code_is 2 pkg zzzzz && says "pkg help"
'
t '5: no such package, version, file, folder' '
	code_is 5 pkg install nosuch
	code_is 5 pkg install low.9
	code_is 5 pkg lint nowhere.opam
	code_is 5 pkg trace nowhere
	code_is 5 pkg install --locked=nowhere.lock
	code_is 5 pkg install @nowhere
	code_is 5 pkg -C nowhere list
'
t '10: a question that nobody answers' 'code_is 10 pkg remove low && says "-y"'
t '15: a lock is held, and --no-wait; without, it is waited for, and for whom' '
	pkg -q install slow >/dev/null 2>&1 &
	until grep -q pkg "$PKGROOT/locks/switch-test" 2>/dev/null && test -n "$(ls "$PKGROOT/build")"; do sleep 0.05; done
	code_is 15 pkg --no-wait remove high && says "$! pkg" && says "--no-wait"
	code_is 0 pkg list
	code_is 0 pkg remove high && says "waiting" && says "held by $! pkg"
	wait
	pkg -q install high
'
t '20: no solution; packages in a circle' '
	code_is 20 pkg install clash high
	code_is 20 pkg install circle-a && code_is 20 pkg lock circle-a
'
t '21: a lock that no longer holds, or is not one' '
	pkg lock -o good.lock high
	sed "s/\"name\": \"low\"/\"name\": \"lou\"/" good.lock >changed.lock
	code_is 21 pkg install --locked=changed.lock
	echo x >no.lock && code_is 21 pkg fetch --locked=no.lock
	sed "s/{\"name\":\"low\",\"version\":\"1.0\"}/{\"name\":\"high\",\"version\":\"1.0\"}/" good.lock | grep -v "^  \"sha256\": " >bare
	sed "s/^  \"state\": {/  \"sha256\": \"$(sha256sum bare | cut -d" " -f1)\",\n&/" bare >circle.lock
	code_is 21 pkg install --locked=circle.lock && says "cycle"
'
t '30: malformed' 'code_is 30 pkg lint bad.opam && code_is 30 pkg repo add none "$work/home"'
t '31: a build failed' 'code_is 31 pkg install broken'
t '32: not the same again' 'code_is 32 pkg rebuild --check shaky'
t '33: built, and its tests failed' 'code_is 33 pkg install -t untested'
t '34: a system package is missing' 'code_is 34 pkg install needy && says surely-no-such-system-package'
t '40: not fetched' 'code_is 40 pkg install far && code_is 40 pkg pin add low "git+file://$work/nowhere"'
t '41: offline' 'code_is 41 pkg --offline install far'
t '50: no switch, no root' '
	code_is 50 pkg --switch nowhere list
	code_is 50 pkg --root "$work/none" list && test ! -e "$work/none"
'
t '51: no sandbox' 'code_is 51 bwrap --unshare-user --disable-userns --cap-drop ALL --dev-bind / / pkg install broken'
if test -w /dev/full; then
	t '52: the system' 'status=0; pkg list >/dev/full 2>err || status=$?; test $status = 52 && grep -q "No space" err'
fi
t '126, 127, 128+n: of exec' '
	code_is 127 pkg exec -- nosuch-command && code_is 126 pkg exec -- /etc/passwd && code_is 7 pkg exec -- sh -c "exit 7"
	code_is 137 sh -c "pkg exec -- sh -c \"kill -9 \\\$\\\$\"; exit \$?"
'
t '130: interrupted, by the signal itself' '
	perl -e "my \$pid = fork // die; unless (\$pid) { \$SIG{INT} = qq(DEFAULT); exec qw(pkg -q install slower) } sleep 1; kill INT => \$pid; waitpid \$pid, 0; exit((\$? & 127) == 2 ? 0 : 1)"
	pkg list >/dev/null
'
t 'pkg(1) has each of them' '
	sed -n "s/.*X([A-Z]*, \([0-9]*\), .*/\1/p" "$top/src/base/err.h" >codes
	test -s codes
	for code in $(cat codes); do grep -qx ".It $code" "$top/man/pkg.1" || { echo "no $code"; exit 1; }; done
'
finish
