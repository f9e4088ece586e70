# shellcheck shell=sh
# lib.sh - what command-line tests share: a fresh root, packages made in a few lines, TAP.
#
#	. "$(dirname "$0")/lib.sh"
#	package hello 1.0 'install: ["touch" "%{bin}%/hello"]'
#	t 'installs' 'pkg install hello && test -e "$PREFIX/bin/hello"'
#	finish
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PATH=${PKG_BUILD:-$top/build}:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/pkg-test.XXXXXX")
# A test that is killed leaves its folder to the next `make clean`-like sweep of /tmp, nothing else.
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
unset PKGSWITCH PKGYES PKGJOBS PKGCOLOR PKGJSON PKGCONFIRMLEVEL NO_COLOR CLICOLOR_FORCE PKG_PAGER GIT_DIR GIT_WORK_TREE
export PATH PKGROOT="$work/root" HOME="$work/home" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
export LC_ALL=C.UTF-8
# shellcheck disable=SC2034 # used by the scripts of the tests
PREFIX=$PKGROOT/switches/test
# shellcheck disable=SC2034
STORE=$PKGROOT/store.git
REPO=$work/repo
mkdir -p "$HOME" "$REPO/packages"
printf 'opam-version: "2.0"\n' >"$REPO/repo"
cd "$work" || exit 1
count=0
failures=0

# t NAME SCRIPT: the script runs in a subshell with set -e; its output is shown when it fails. The subshell
# is no condition of an `if`: there set -e would count for nothing.
t() {
	count=$((count + 1))
	(set -e; eval "$2") >"$work/.out" 2>&1 </dev/null
	# shellcheck disable=SC2181
	if [ $? -eq 0 ]; then
		echo "ok $count - $1"
	else
		failures=$((failures + 1))
		echo "not ok $count - $1"
		sed 's/^/# /' "$work/.out" | head -n 60
	fi
}
skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}
skip_all() { # REASON
	echo "1..0 # SKIP $1"
	exit 0
}
finish() {
	echo "1..$count"
	[ "$failures" -eq 0 ]
	exit
}

# code_is N COMMAND...: the exit status is N; stdout and stderr stay in the files out and err.
code_is() {
	want=$1
	shift
	status=0
	"$@" >"$work/out" 2>"$work/err" || status=$?
	if [ "$status" -ne "$want" ]; then
		echo "status $status, want $want: $*"
		cat "$work/out" "$work/err"
		return 1
	fi
}
# not COMMAND...: fails when the command succeeds (`! COMMAND` alone never ends a script under set -e).
not() {
	if "$@"; then
		echo "succeeded: $*"
		return 1
	fi
}
# says TEXT: the last code_is printed it, on either stream.
says() {
	grep -qF -e "$1" "$work/out" "$work/err" || {
		echo "not said: $1"
		cat "$work/out" "$work/err"
		return 1
	}
}

# package NAME VERSION [FIELDS]: a definition in the test repository; without a source.
package() {
	dir=$REPO/packages/$1/$1.$2
	mkdir -p "$dir"
	printf 'opam-version: "2.0"\nmaintainer: "test"\nsynopsis: "test package %s"\n%s\n' "$1" "${3-}" >"$dir/opam"
}
# A package that installs share/NAME/version, with more fields.
simple() { # NAME VERSION [FIELDS]
	package "$1" "$2" "build: [\"sh\" \"-c\" \"echo $1 $2 > version\"]
install: [[\"mkdir\" \"-p\" \"%{share}%/$1\"] [\"cp\" \"version\" \"%{share}%/$1/version\"]]
${3-}"
}
# json FILE PATH: a member of a JSON answer, by dots: json out data.switch
json() {
	perl -MJSON::PP -e 'local $/; open F, "<", $ARGV[0]; my $v = decode_json(<F>);
		for (split /\./, $ARGV[1]) { $v = ref $v eq "ARRAY" ? $v->[$_] : $v->{$_} } print ref $v ? JSON::PP->new->canonical->encode($v) : $v, "\n"' "$1" "$2"
}
# A root with the test repository and an empty switch `test`.
fresh() {
	chmod -R u+rwX "$PKGROOT" 2>/dev/null || :
	rm -rf "$PKGROOT"
	pkg -q repo add test "$REPO" && pkg -q switch create test --empty
}
# An ordinary user beside root: `other COMMAND`, once `other_ready` has said that there can be one. The program is copied
# to where every user reaches it.
as_other='setpriv --reuid 65534 --regid 65534 --clear-groups'
other() {
	# shellcheck disable=SC2086 # words
	$as_other "$@"
}
other_ready() {
	[ "$(id -u)" -eq 0 ] && other unshare -Ur true 2>/dev/null || return 1
	chmod 755 "$work"
	mkdir -p "$work/bin"
	cp "$(command -v pkg)" "$(command -v pkg-fetch)" "$work/bin"
	PATH=$work/bin:$PATH
}
tree_of() { # of the switch's ledger: equal states have equal trees
	git -C "$STORE" rev-parse "$1^{tree}"
}
