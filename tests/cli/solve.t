#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0
simple low 3.0 'flags: avoid-version'
simple mid 1.0 'depends: "low" {< "2"}'
simple mid 2.0 'depends: "low"'
simple top 1.0 'depends: ["mid" "t" {with-test} "d" {with-doc} "dev" {with-dev-setup}]'
simple t 1.0
simple d 1.0
simple dev 1.0
simple other 1.0 'depends: "low" {>= "2"}'
simple old 1.0 'depends: "mid" {< "2"}'
simple mac 1.0 'available: os = "macos"'
simple mac-dep 1.0 'depends: "mac" {os = "macos"}'
simple versioned 1.0 'available: os-version >= "12"'
simple beta 1.0 'available: enable-beta'
simple part 1.0
simple whole 1.0 'depends: "part"'
simple round-a 1.0 'depends: "round-b"'
simple round-b 1.0 'depends: "round-a"'
pkg -q repo add test "$REPO" || exit 1

set_of() { pkg solve -s "$@" | tr '\n' ' '; }

t 'needs no switch' '
	pkg solve top >out && grep -q "^  install  top  1.0  requested$" out
	grep -q "^  install  low  2.0  required by mid$" out
	test ! -e "$PKGROOT/switches/default"
'
t '-s: the whole set, one a line' 'test "$(set_of top)" = "low.2.0 mid.2.0 top.1.0 "'
t '-v: the ranking, and that it is proven' '
	pkg solve -v mid low.1.0 >out && grep -q "^ranking: 0 0 1 0 1 2 (proven" out
'
t '--json: the set, the vector, the plan with roles, the repository' '
	pkg solve --json -t top >out
	test "$(json out data.packages)" = "[\"low.2.0\",\"mid.2.0\",\"t.1.0\",\"top.1.0\"]"
	test "$(json out data.vector)" = "[0,0,0,0,0,4]"
	test "$(json out data.proven)" = true
	test "$(json out data.plan.steps.3.name)" = top
	test "$(json out data.plan.steps.3.depends.1.name)" = t
	test "$(json out data.plan.steps.3.depends.1.roles)" = "[\"test\"]"
	test "$(json out repo.0.commit)" = "$(git -C "$STORE" rev-parse refs/pkg/repo/test)"
'
t 'the same bytes every time' '
	pkg solve --json top other >one && (cd / && LC_ALL=C TZ=Asia/Kathmandu pkg solve --json top other) >two
	cmp one two
'
t 'with tests, documentation, tools' '
	test "$(set_of --with-test top)" = "low.2.0 mid.2.0 t.1.0 top.1.0 "
	test "$(set_of -d top)" = "d.1.0 low.2.0 mid.2.0 top.1.0 "
	test "$(set_of --with-dev-setup top)" = "dev.1.0 low.2.0 mid.2.0 top.1.0 "
'
t 'constraints and choices' '
	test "$(set_of "low<2")" = "low.1.0 "
	test "$(set_of low.3.0)" = "low.3.0 "
	test "$(set_of "low>=1&<2|=3.0")" = "low.3.0 " || test "$(set_of "low>=1&<2|=3.0")" = "low.1.0 "
	test "$(set_of "nothing | low")" = "low.2.0 "
	test "$(set_of "old | t" "low>=2")" = "low.2.0 t.1.0 "
	test "$(set_of "t & (d | nothing)")" = "d.1.0 t.1.0 "
	test "$(set_of "\"low\" {< \"2\"}")" = "low.1.0 "
	printf "t\n# no\n\nlow<2\n" >list && test "$(set_of @list)" = "low.1.0 t.1.0 "
'
t 'a request with variables, or of which its filters leave nothing: 2' '
	code_is 2 pkg solve --empty "\"low\" {os = \"linux\"}" && says "has no variables"
	code_is 2 pkg solve --empty "\"low\" & \"mid\" {with-test}" && says "with-test"
	code_is 2 pkg solve --empty "\"low\" {false}" && says "asks for nothing"
	code_is 2 pkg solve --empty "\"low\" {with-test}" && code_is 2 pkg solve --empty "\"low\" {= version}"
'
t 'with something installed' '
	printf "# my packages\nlow.1.0\nmid.1.0\n" >installed
	test "$(set_of --installed installed other)" = "low.2.0 mid.2.0 other.1.0 "
	pkg solve --installed installed other >out
	grep -q "^  upgrade  low    1.0 -> 2.0  required by other$" out
	test "$(pkg solve -s --installed - t <installed | tr "\n" " ")" = "low.1.0 mid.1.0 t.1.0 "
	pkg solve --json --installed installed other >out
	test "$(json out data.vector)" = "[0,0,0,2,0,3]"
'
t 'an answer is a state for the next question' '
	pkg solve -s top >state && pkg solve --installed state top >out && grep -q "^Nothing to do.$" out
'
t 'upgrade, remove, reinstall' '
	printf "low.1.0\nmid.1.0\n" >installed
	test "$(set_of --installed installed --upgrade)" = "low.2.0 mid.2.0 "
	test "$(set_of --installed installed --upgrade mid)" = "low.1.0 mid.2.0 "
	test "$(set_of --installed installed --remove low)" = ""
	pkg solve --installed installed --remove low >out && grep -q "^  remove  mid  1.0  requires low$" out
	pkg solve --installed installed --reinstall low >out
	grep -q "^  reinstall    low  1.0  requested$" out && grep -q "^  may rebuild  mid  1.0  uses low$" out
'
t 'an invariant holds' '
	code_is 20 pkg solve --invariant "low<2" other && says "the switch invariant requires low < 2"
	says "other requires low >= 2" && says "hint: with another switch invariant it can be: with low 2.0"
	test "$(set_of --invariant "low.1.0" mid)" = "low.1.0 mid.2.0 "
	test "$(set_of --invariant "\"low\" {= \"1.0\"}" mid)" = "low.1.0 mid.2.0 "
'
t 'what no repository has is taken to need nothing' '
	echo gone.1.0 >installed && code_is 0 pkg solve -s --installed installed low
	says "gone.1.0 is in no repository" && test "$(tr "\n" " " <out)" = "gone.1.0 low.2.0 "
'
t 'a version as long as a file is not echoed whole' '
	{ printf "gone."; head -c 1000000 /dev/zero | tr "\0" 1; echo; } >installed
	pkg solve -s --installed installed low >out 2>err || :
	test "$(wc -c <err)" -lt 1000
'
t 'the platform is what --for says, not this machine' '
	code_is 5 pkg solve mac && says "os is linux"
	test "$(set_of --for os=macos mac)" = "mac.1.0 "
	test "$(set_of --for os=macos,arch=arm64 mac-dep)" = "mac-dep.1.0 mac.1.0 "
	test "$(set_of mac-dep)" = "mac-dep.1.0 "
	test "$(set_of versioned)" = "versioned.1.0 "
	code_is 5 pkg solve --for os-version=11 versioned && says "os-version is 11"
	code_is 5 pkg solve beta && says "enable-beta is undefined"
	test "$(set_of --for enable-beta=true beta)" = "beta.1.0 "
	code_is 2 pkg solve --for os low && says "has no =VALUE" && code_is 2 pkg solve --for with-test=true low
	code_is 2 pkg solve --for os=linux,os=macos low
'
t 'unsatisfiable: 20, why, and what would work' '
	code_is 20 pkg solve old "low>=2" && says "old, low >= 2 cannot be installed together"
	says "old requires mid < 2" && says "mid 1.0 requires low < 2"
	says "hint: without \`>= 2\` it can be: with low.1.0" && says "hint: without old the rest can be"
	not pkg solve --json old "low>=2" >out
	test "$(json out error.code)" = 20
	test "$(json out data.explanation.summary)" = "old, low >= 2 cannot be installed together"
	test "$(json out data.explanation.reasons.0.kind)" = requires
	test "$(json out data.explanation.reasons.0.subject)" = old
	test "$(json out data.explanation.suggestions.1)" = "without old the rest can be"
'
t '--best-effort leaves out what does not go' '
	code_is 0 pkg solve -s --best-effort "low>=2" old t nothing
	test "$(tr "\n" " " <out)" = "low.2.0 t.1.0 "
	says "warning: old is left out: low >= 2, old cannot be installed together: old requires mid < 2"
	says "warning: nothing is left out: there is no package"
	pkg solve --json --best-effort "low>=2" old >out
	test "$(json out data.left_out.0.request)" = old
	code_is 20 pkg solve --best-effort "mid<1" old --invariant "low>=2" || code_is 5 pkg solve --best-effort "mid<1"
'
t '--ignore-constraints-on' '
	test "$(set_of --ignore-constraints-on low old "low>=2")" = "low.2.0 mid.1.0 old.1.0 "
	code_is 2 pkg solve --ignore-constraints-on "low>=2" old
'
t 'a cycle is printed, 20' 'code_is 20 pkg solve round-a && says "round-a -> round-b -> round-a"'
t 'unknown: 5, did you mean' '
	code_is 5 pkg solve lwo && says "there is no package" && says "did you mean low?"
	code_is 5 pkg solve low.9 && says "versions: 3.0, 2.0, 1.0"
	code_is 5 pkg solve --reinstall low && says "low is not installed"
'
t 'without a repository: where they come from' '
	pkg --root "$work/bare" init && code_is 5 pkg --root "$work/bare" solve low && says "pkg repo add"
'
t 'what is wrong on the command line: 2' '
	code_is 2 pkg solve && code_is 2 pkg solve "low>=" && code_is 2 pkg solve "(low" && code_is 2 pkg solve ./low
	code_is 2 pkg solve --upgrade --remove low && code_is 2 pkg solve --optimize=-1 low
	code_is 2 pkg solve --empty --installed x low && code_is 2 pkg solve --upgrade "low | mid"
	echo "low" >installed && code_is 2 pkg solve --installed installed mid && says "installed:1:1"
	code_is 5 pkg solve --installed nowhere low && code_is 5 pkg solve @nowhere
	printf "low.1.0\nlow.2.0\n" >installed && code_is 2 pkg solve --installed installed mid && says "twice"
'
t 'in a switch: its packages, its invariant; --empty leaves them aside' '
	pkg -q switch create test low.1.0
	code_is 20 pkg solve other && code_is 0 pkg solve --empty other
	test "$(set_of mid)" = "low.1.0 mid.2.0 "
	pkg list -s >list && test "$(cat list)" = low
'
t 'what was installed for others, and is asked for now' '
	pkg -q switch create auto whole
	pkg solve part >out && grep -q "^  keep  part  1.0  becomes a root$" out
	pkg solve --json part >out && test "$(json out data.plan.roots)" = "[\"part.1.0\"]"
	pkg -q switch set test
'
t '--invariant: besides that of the switch' '
	code_is 20 pkg solve --invariant t other && says "the switch invariant requires low = 1.0 & t"
	test "$(set_of --invariant t mid)" = "low.1.0 mid.2.0 t.1.0 "
'
# Fifteen pigeons, each in one of fourteen holes.
pigeons() { # FIELDS of the package `escape`
	for p in $(seq 15); do
		all="$all \"p$p\""
		for h in $(seq 14); do
			simple "p$p" "$h" "conflicts: [$(for q in $(seq 15); do
				[ "$q" = "$p" ] || printf ' "p%s" {= "%s"}' "$q" "$h"
			done) ]"
		done
	done
	simple root 1 "depends: [$all ]"
	simple way 1 "depends: [$all ]"
	simple way 0
}
all=
pigeons
pkg -q update || exit 1
t 'a hard request ends at its deadline: 60, or the best known answer' '
	start=$(date +%s)
	code_is 60 pkg solve --deadline=1500 root && says "no answer in 1.5 s"
	code_is 0 pkg solve -v --deadline=1500 way && says "install  way  0" && says "the next cannot be below"
	pkg solve --json --deadline=1500 way >out
	test "$(json out data.proven)" = false && test "$(json out data.proven_levels)" -lt 6
	test $(($(date +%s) - start)) -lt 30
'
finish
