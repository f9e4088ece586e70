#!/bin/sh
# What goes wrong is told with the documented status, and changes nothing.
. "$(dirname "$0")/lib.sh"
simple good 1.0
simple other 1.0
simple unbuilt 1.0
package broken 1.0 'build: [["sh" "-c" "echo a line of the build; echo the last line >&2; exit 9"]]'
package leaky 1.0 'install: [["sh" "-c" "echo x > %{share}%/good/version"]]
depends: ["good"]'
package needy 1.0 'depexts: [["surely-no-such-system-package"] {os-family = "debian"}]'
mkdir -p src/archive-1
echo content >src/archive-1/file
tar -C src -cJf archive-1.tar.xz archive-1
sum=$(sha256sum archive-1.tar.xz | cut -d' ' -f1)
wrong=$(printf '%064d' 7)
package archive 1.0 "install: [[\"cp\" \"file\" \"%{share}%/file\"]]
url { src: \"file://$work/archive-1.tar.xz\" checksum: \"sha256=$sum\" }"
package mismatch 1.0 "install: [[\"cp\" \"file\" \"%{share}%/file\"]]
url { src: \"file://$work/archive-1.tar.xz\" checksum: \"sha256=$wrong\" }"
package apt-gone 1.0 "url { src: \"apt:bearssl/bearssl_0.0.orig.tar.xz\" checksum: \"sha256=$wrong\" }"
package git-sum 1.0 "url { src: \"git+file://$work/nowhere\" checksum: \"sha256=$wrong\" }"
package cycle-a 1.0 'depends: ["cycle-b"]'
package cycle-b 1.0 'depends: ["cycle-a"]'
mkdir -p "$REPO/packages/syntax/syntax.1.0"
printf 'opam-version: "2.0"\nbuild: [ "make" => ]\n' >"$REPO/packages/syntax/syntax.1.0/opam"
fresh
pkg -q install good >/dev/null
before=$(git -C "$STORE" rev-parse test)
unchanged() {
	test "$before" = "$(git -C "$STORE" rev-parse test)" && test "$(cat "$PREFIX/share/good/version")" = "good 1.0" &&
		test "$(pkg list -s)" = good
}

t 'an archive with the right checksum' 'pkg install --dry-run archive && pkg switch create tmp --empty && pkg install archive && test "$(cat "$PKGROOT/switches/tmp/share/file")" = content && pkg switch set test'
t 'a wrong checksum: 40, both sums' 'code_is 40 pkg install mismatch && says "$wrong" && says "$sum" && unchanged'
t 'a failing build: 31, its last lines, its log' '
	code_is 31 pkg install broken
	says "the last line"
	says "a line of the build"
	unchanged
	test -s "$(sed -n "s|.* \(/[^ ]*/log/[0-9a-f]*\.gz\).*|\1|p" err | head -n 1)"
'
t 'a package that changes a file of another fails, naming both' 'code_is 31 pkg install leaky && says share/good/version && says good && unchanged'
t 'one failure does not hide the others: what was built is reused' '
	code_is 31 pkg install other broken
	code_is 0 pkg install other
	says "1 reused"
	pkg -q remove other
	before=$(git -C "$STORE" rev-parse test)
'
before=$(git -C "$STORE" rev-parse test)
t 'a syntax error is told with its place; neighbours install' '
	code_is 5 pkg install syntax
	says "packages/syntax/syntax.1.0/opam:2:18"
	pkg install --dry-run other && unchanged
'
t 'a missing system package: 34, and the command' 'code_is 34 pkg install needy && says "apt-get install" && says surely-no-such-system-package && unchanged'
t 'an apt: file that no mirror has: 40, what was tried' 'code_is 40 pkg install apt-gone && says bearssl_0.0.orig.tar.xz && unchanged'
t 'a checksum on a Git source: 40' 'code_is 40 pkg install git-sum && unchanged'
t 'a cycle: 20, printed' 'code_is 20 pkg install cycle-a && says cycle-b && unchanged'
t 'offline and missing: 41' '
	package far 1.0 "url { src: \"http://127.0.0.1:9/x.tar.gz\" checksum: \"sha256=$wrong\" }" && pkg -q update
	code_is 41 pkg --offline install far && unchanged
'
t 'an archive that leads out: 40, nothing outside' '
	mkdir -p evil
	echo evil >evil/x
	tar -cf evil.tar -P --transform "s|evil/x|../../../../tmp/pkg-evil-$$|" evil/x
	package evil 1.0 "url { src: \"file://$work/evil.tar\" checksum: \"sha256=$(sha256sum evil.tar | cut -d" " -f1)\" }" && pkg -q update
	code_is 40 pkg install evil && test ! -e "/tmp/pkg-evil-$$" && unchanged
'
t 'no namespaces: 51' '
	code_is 51 bwrap --unshare-user --disable-userns --cap-drop ALL --dev-bind / / pkg install unbuilt && unchanged
'
if unshare -Urm true 2>/dev/null; then
	t 'a full disk: 52, and the switch is whole' '
		cat >full.sh <<EOF
mount -t tmpfs -o size=3m,mode=700 tmpfs "$work/small" || exit 77
export PKGROOT="$work/small/root"
pkg -q repo add test "$REPO" && pkg -q switch create test --empty && pkg -q install good || exit 78
head -c 4m /dev/zero >"$work/small/filler" 2>/dev/null
pkg install other
status=\$?
rm "$work/small/filler"
pkg list -s
test "\$(pkg list -s)" = good && pkg install other >/dev/null && test -e "\$PKGROOT/switches/test/share/other/version" || exit 79
exit \$status
EOF
		mkdir -p small && code_is 52 unshare -Urm sh full.sh
	'
else
	skip 'a full disk' 'no mount namespaces'
fi
cat >pipe.pl <<'EOP'
# pipe.pl COMMAND...: its answer goes to a pipe that nobody reads; prints how it ended.
pipe(my $in, my $out) or die;
close $in;
my $pid = fork // die;
if (!$pid) { open STDOUT, '>&', $out or die; $SIG{PIPE} = 'DEFAULT'; exec @ARGV or die }
waitpid $pid, 0;
print $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8), "\n";
EOP
t 'whoever read the answer has left: SIGPIPE, and not a word' '
	for answer in "list -AV" "list -A --json" "show --raw good"; do
		test "$(perl pipe.pl pkg $answer 2>err)" = "signal 13"
		test ! -s err
	done
	test "$(perl pipe.pl pkg show nosuch --json 2>err)" = "signal 13" && grep -q nosuch err
'
t 'a root of others is refused: 50' 'mkdir "$work/open" && chmod 777 "$work/open" && code_is 50 pkg --root "$work/open" list'
finish
