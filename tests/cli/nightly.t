#!/bin/sh
# The whole repository in containers: every state, what is remembered, what is shared, what goes wrong.
. "$(dirname "$0")/lib.sh"

# A base image of a few programs of this machine, with a package database of one package.
tiny() { # DIR
	mkdir -p "$1/usr/bin" "$1/etc" "$1/var/lib/dpkg/info"
	for d in bin lib lib64; do ln -s "usr/$d" "$1/$d"; done
	for program in sh cat cp mkdir sleep touch ls rm dd env; do
		path=$(readlink -f "$(command -v $program)")
		cp "$path" "$1/usr/bin/$program"
		ldd "$path" | sed -n 's/^[^/]*\(\/[^ ]*\).*/\1/p' | while read -r lib; do
			case $lib in /usr/*) to=$lib ;; *) to=/usr$lib ;; esac
			mkdir -p "$1${to%/*}"
			[ -e "$1$to" ] || cp -L "$lib" "$1$to"
		done
	done
	printf 'ID=tiny\nID_LIKE="debian more"\nVERSION_ID="7"\n' >"$1/etc/os-release"
	printf 'Package: has-it\nStatus: install ok installed\nArchitecture: all\nVersion: 1.2-3\n\n' >"$1/var/lib/dpkg/status"
	# Hostile: where rooms mount something there are links that lead out.
	mkdir "$work/outside" 2>/dev/null || :
	ln -s "$work/outside" "$1/opt"
	ln -s "$work/outside/hosts" "$1/etc/hosts"
}
state() { # NAME [MEMBER]: of the last `pkg nightly status --json`
	perl -MJSON::PP -e 'local $/; open F, "<", $ARGV[0]; my $d = decode_json(<F>);
		for (@{$d->{data}{packages}}) { next if $_->{name} ne $ARGV[1]; my $v = $_->{$ARGV[2]}; print ref $v ? "@$v" : $v // "", "\n" }' "$work/status" "$1" "${2:-state}"
}
night() { # STATUS OPTIONS: runs one and reads it; no command of a build may take long
	want_status=$1
	shift
	code_is "$want_status" pkg nightly run --timeout 5 --silence 4 "$@"
	cp "$work/err" "$work/err.run"
	pkg nightly status --json >"$work/status"
	valid "$work/status"
}
valid() { # FILE: an answer of `pkg nightly`
	perl "$here/envelope.pl" nightly 0 <"$1" && perl "$here/schema.pl" "$top/schema" nightly <"$1"
}

# Builds that hang sleep for as long as nobody else does.
mark=$((100000 + $$))
tiny "$work/tiny"
simple low 1.0
simple low 2.0 'available: os-distribution = "other"'
simple high 1.0 'depends: ["low"]'
simple top 1.0 'depends: ["high"]'
simple tool 1.0 'depends: ["low"]'
package broken 1.0 'build: ["sh" "-c" "echo fine; echo prog.c:3: error: no such thing >&2; exit 7"]'
simple above 1.0 'depends: ["broken" "low"]'
simple farther 1.0 'depends: ["above"]'
package nowhere 1.0 'depends: ["unheard-of"]'
simple lacks 1.0 'depexts: [["has-it" "lacks-it"] {os-family = "debian"}]'
simple declares 1.0 'depexts: [["has-it"] {os-distribution = "tiny" & os-version = "7"}]'
simple on-lacks 1.0 'depends: ["lacks"]'
package gone 1.0 'url { src: "file:///nonexistent/gone.tar.gz" checksum: "sha256=0000000000000000000000000000000000000000000000000000000000000000" }'
package hangs 1.0 "build: [\"sleep\" \"${mark}0\"]"
package quiet 1.0 "build: [\"sh\" \"-c\" \"echo x; sleep ${mark}0\"]"
package leaves 1.0 "build: [\"sh\" \"-c\" \"sleep ${mark}1 & echo left\"]"
package room 1.0 'build: [
  ["sh" "-c" "test ! -w /usr && test ! -w /etc && test ! -w / && test ! -e /work && test ! -e /home"]
  ["sh" "-c" "test -w /tmp && test -w . && test -w $HOME && cat /etc/passwd /etc/hosts"]
  ["sh" "-c" "! touch /usr/x && ! touch /x && ! touch /opt/x"]
  ["sh" "-c" "test $(ls /proc/net/dev | cat) && while read a b; do case $a in eth*|en*) exit 1;; esac; done </proc/net/dev; :"]
]'
fresh

t 'without a base image: 50, and what to do' '
	code_is 50 pkg nightly run
	says "pkg nightly base create debian12"
	code_is 50 pkg nightly run --base none
	says "there is no base image none"
'
t 'a base image from a folder; the same folder is the same image' '
	pkg nightly base import tiny "$work/tiny" >one
	pkg nightly base import again "$work/tiny" >two
	test "$(sed "s/.*: //" one)" = "$(sed "s/.*: //" two)"
	pkg nightly base list | grep -q "^tiny .*tiny 7"
	test -z "$(ls "$work/outside")"
	pkg nightly base remove again
	code_is 0 pkg nightly base list --json
	valid out
	test "$(json out data.bases.0.name)" = tiny
	code_is 50 pkg nightly base remove again
	code_is 2 pkg nightly base import ../x "$work/tiny"
	code_is 2 pkg nightly base create plan9
	says "pkg nightly base import"
'
t 'a base image from a tar' '
	tar -C "$work/tiny" -czf "$work/tiny.tar.gz" .
	pkg nightly base import packed "$work/tiny.tar.gz"
	pkg nightly base remove packed
	: >"$work/empty.tar"
	code_is 30 pkg nightly base import nothing "$work/empty.tar"
	test "$(pkg nightly base list | wc -l)" = 1
'
t 'what a base would be made of' '
	code_is 0 pkg nightly base create debian12 --with strace --dry-run
	says "depext lacks-it"
	says "with   strace"
	says "with   build-essential"
	code_is 41 pkg nightly base create debian12 --offline
'
t 'no bubblewrap, or no user namespaces: 51, and what to do' '
	code_is 51 env PATH=/nonexistent "$(command -v pkg)" nightly run --base tiny
	says "apt install bubblewrap"
	closed="bwrap --dev-bind / / --unshare-user --disable-userns --cap-drop ALL"
	if $closed true; then
		code_is 51 $closed pkg nightly run --base tiny --timeout 5 low
		says namespace
	fi
'
t 'every state in one night: 31, and everything else is built' '
	night 31 --base tiny --timeout 4 --silence 2 -j2
	for good in low high top tool declares leaves room; do
		test "$(state $good)" = ok || { echo "$good is $(state $good)"; cat "$work/out"; pkg nightly log $good; false; }
	done
	test "$(state low version)" = 1.0
	test "$(state broken)" = failed
	test "$(state above)" = blocked
	test "$(state farther)" = blocked
	test "$(state nowhere)" = uninstallable
	test "$(state lacks)" = uninstallable
	test "$(state on-lacks)" = blocked
	test "$(state gone)" = fetch
	test "$(state hangs)" = timeout
	test "$(state quiet)" = timeout
	state hangs reason | grep -q "^build took too long"
	state quiet reason | grep -q "silent too long: sh -c"
	pkg nightly log leaves | grep -q "^left"
'
t 'a failure has its step, its status and the first error lines' '
	test "$(state broken step)" = build
	test "$(state broken status)" = 7
	test "$(state broken detail)" = "prog.c:3: error: no such thing"
	test -n "$(state broken key)"
	pkg nightly log broken | grep -q "^fine"
	pkg nightly log gone | grep -q "^fetch:"
'
t 'blocked says by whom, uninstallable says why' '
	test "$(state farther blocked_by)" = broken.1.0
	test "$(state above reason)" = "needs broken.1.0"
	state nowhere reason | grep -q unheard-of
	state lacks reason | grep -q "tiny lacks lacks-it"
	test "$(state on-lacks blocked_by)" = lacks.1.0
'
t 'nothing that a build left is alive' 'not pgrep -f "sleep $mark[01]"'
t 'a second night builds nothing, and knows what failed' '
	night 31 --base tiny --timeout 4 --silence 2 -j2 --json
	test "$(json out data.built)" = 0
	test "$(state low)" = cached
	test "$(state top)" = cached
	test "$(state broken)" = failed
	test "$(state broken detail)" = "prog.c:3: error: no such thing"
	test "$(state hangs)" = timeout
	not grep -q "^building" "$work/err.run"
'
t 'equal nights have equal trees, and a commit each' '
	night 31 --base tiny -j2
	ref=refs/pkg/nightly/tiny
	test "$(git -C "$STORE" rev-parse "$ref^{tree}")" = "$(git -C "$STORE" rev-parse "$ref~1^{tree}")"
	test "$(git -C "$STORE" rev-list --count $ref)" = 3
	git -C "$STORE" fsck --strict --no-progress
	code_is 0 pkg nightly diff tiny~1 tiny
	says "Nothing differs"
	git -C "$STORE" show $ref:packages/low.json >shown
	not grep -q "$work" shown
'
t 'one changed package rebuilds itself; the same output rebuilds no dependents' '
	simple low 1.0 "description: \"changed, and it matters to nobody\""
	pkg -q update
	night 31 --base tiny
	not grep -q "^building" "$work/err.run"
	simple low 1.0 "substs: []
setenv: [LOW = \"1\"]"
	pkg -q update
	night 31 --base tiny
	grep "^building" "$work/err.run" | sort >built
	cat built
	not grep -q low.1.0 built
	test "$(wc -l <built)" = 3
	package tool 1.0 "depends: [\"low\"] build: [\"sh\" \"-c\" \": && echo tool 1.0 > version\"]
install: [[\"mkdir\" \"-p\" \"%{share}%/tool\"] [\"cp\" \"version\" \"%{share}%/tool/version\"]]"
	simple high 1.0 "depends: [\"low\"] build-env: [X = \"1\"]"
	pkg -q update
	night 31 --base tiny
	grep "^building" "$work/err.run" | sort >built
	cat built
	test "$(wc -l <built)" = 2
	test "$(state top)" = cached
'
t 'a key is built once, whatever depends on it' '
	night 31 --base tiny --name other --retry --timeout 4 --silence 2 -j2
	test "$(grep -c "^building *low" "$work/err.run")" = 0
	for i in 1 2 3 4 5 6; do simple d$i 1.0 "depends: [\"shared\"]"; done
	simple shared 1.0
	pkg -q update
	night 0 --base tiny --name six -j4 d1 d2 d3 d4 d5 d6
	test "$(grep -c "^building *shared" "$work/err.run")" = 1
	test "$(json status data.counts.ok)" = 6
'
t 'what is mended and what is broken' '
	package broken 1.0 "build: [\"sh\" \"-c\" \":\"]"
	package tool 1.0 "build: [\"sh\" \"-c\" \"exit 3\"]"
	pkg -q update
	night 31 --base tiny --timeout 4
	code_is 0 pkg nightly diff tiny~1 tiny
	grep -q "^broken *tool *ok" out
	grep -q "^mended *above" out
	code_is 0 pkg nightly diff tiny~1 tiny --json
	perl "$here/schema.pl" "$top/schema" nightly <out # sorted by kind, then by name
	test "$(json out data.packages.0.kind)" = broken
	code_is 5 pkg nightly diff none
	code_is 5 pkg nightly status tiny~99
'
t 'only what needs what has changed' '
	git -C "$REPO" init -q 2>/dev/null
	git -C "$REPO" add -A && git -C "$REPO" commit -qm one
	simple high 1.0 "depends: [\"low\"] build-env: [X = \"2\"]"
	pkg -q update
	night 0 --base tiny --name since --changed-since HEAD
	test "$(state high)" = ok
	test "$(state top)" = cached
	test -z "$(state low)"
	code_is 5 pkg nightly run --changed-since no-such-revision
	code_is 2 pkg nightly run --changed-since HEAD low
	code_is 5 pkg nightly run hihg
	says "did you mean high"
'
t 'a report: plain pages, everything escaped' '
	package "broken" 1.0 "build: [\"sh\" \"-c\" \"echo \\\"<script>alert(1)</script> error & \\\"; exit 1\"]"
	pkg -q update
	night 31 --base tiny broken low above
	pkg nightly report --html "$work/site"
	test -s "$work/site/index.html"
	test -s "$work/site/broken.html" || ls "$work/site"
	not grep -rq "<script" "$work/site"
	grep -rq "&lt;script&gt;alert(1)" "$work/site"
	not grep -rqE "(src|href)=\"?https?:" "$work/site"
'
t 'the lock of a base is shared by its nights, and a removal waits' '
	code_is 50 pkg nightly run --base gone
	night 0 --base "$(pkg nightly base list --json | perl -MJSON::PP -e "local \$/; print decode_json(<STDIN>)->{data}{bases}[0]{digest} =~ s/sha256://r")" --name digest low
'
t 'a base image whose files are gone: 50, and what to do' '
	digest=$(pkg nightly base list --json | perl -MJSON::PP -e "local \$/; print decode_json(<STDIN>)->{data}{bases}[0]{digest} =~ s/sha256://r")
	mv "$PKGROOT/bases/$digest/rootfs" "$work/rootfs"
	code_is 50 pkg nightly run --base tiny low
	cat err
	says "base image tiny"
	mv "$work/rootfs" "$PKGROOT/bases/$digest/rootfs"
	night 0 --base tiny low
'
t 'a killed night leaves nothing behind, and what was built is known' '
	package slow 1.0 "build: [\"sh\" \"-c\" \"sleep ${mark}2\"]"
	simple quick 1.0 "description: \"q\" build-env: [Q = \"9\"]"
	pkg -q update
	pkg nightly run --base tiny --name kill --timeout 30 quick slow >/dev/null 2>&1 &
	pid=$!
	sleep 2
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	test "$status" = 143
	not pgrep -f "sleep ${mark}2"
	night 31 --base tiny --name kill --timeout 1 quick slow
	test "$(state quick)" = cached
	test "$(state slow)" = timeout
	test -z "$(ls "$PKGROOT/build" | grep -v lock)"
'
t 'a worker that is killed: infra, after a second try' '
	package killer 1.0 "build: [\"sh\" \"-c\" \"echo ready; sleep ${mark}3\"]"
	pkg -q update
	pkg nightly run --base tiny --name infra --timeout 30 killer low >out 2>err &
	pid=$!
	for try in 1 2; do
		for i in 1 2 3 4 5 6 7 8 9 10; do pgrep -f "sleep ${mark}3" >/dev/null && break; sleep 0.5; done
		worker=$(pgrep -P $pid | while read -r w; do pgrep -P $w >/dev/null && echo $w; done)
		kill -KILL $worker
		sleep 1
	done
	status=0
	wait $pid || status=$?
	test "$status" = 31
	pkg nightly status infra --json >"$work/status"
	test "$(state killer)" = infra
	test "$(state low)" = cached
'
if [ "$(id -u)" -eq 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=64m tmpfs "$work/small" 2>/dev/null; then
	t 'a build that fills the disk is stopped, and the others go on' '
		package fills 1.0 "build: [\"sh\" \"-c\" \"while :; do dd if=/dev/zero of=f bs=1048576 count=1 oflag=append conv=notrunc 2>/dev/null || exit 9; sleep 0.2; done\"]"
		simple after 1.0 "depends: [\"fills\"]"
		package beside 1.0 "build: [\"sh\" \"-c\" \"sleep 3\"]"
		PKGROOT=$work/small/root
		pkg -q repo add test "$REPO"
		pkg -q nightly base import tiny "$work/tiny"
		night 31 fills after beside -j2 --timeout 60 --silence 60
		state fills reason
		test "$(state fills)" = failed
		state fills reason | grep -q "filled the disk"
		test "$(state beside)" = ok
		test "$(state after)" = blocked
		test -z "$(ls "$PKGROOT/build")"
	'
	umount "$work/small"
else
	skip 'a build that fills the disk' 'needs root and tmpfs'
fi
if other_ready; then
	t 'the same as an ordinary user, with the same keys and outputs' '
		pkg -q nightly run --base tiny --name root low high room
		git -C "$STORE" show refs/pkg/nightly/root:packages/high.json >"$work/root.json"
		PKGROOT=$work/user
		HOME=$work/userhome
		mkdir -m 755 "$PKGROOT" "$HOME"
		chown 65534:65534 "$PKGROOT" "$HOME"
		other pkg -q repo add test "$REPO"
		other pkg -q nightly base import tiny "$work/tiny"
		code_is 0 other pkg nightly run --name root low high room
		other git -C "$PKGROOT/store.git" show refs/pkg/nightly/root:packages/high.json >"$work/user.json"
		sed "s/\"cached\"/\"ok\"/" "$work/root.json" | diff - "$work/user.json"
		code_is 0 other pkg nightly base remove tiny
		test -z "$(ls "$PKGROOT/bases")"
	'
else
	skip 'the same as an ordinary user' 'not root, or no user namespaces'
fi
finish
