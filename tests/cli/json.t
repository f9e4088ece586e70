#!/bin/sh
# Every command with --json, in success and in failure: one envelope on stdout, the same status as without.
. "$(dirname "$0")/lib.sh"
simple zlib 1.0
simple zlib 2.0
simple app 1.0 'depends: ["zlib"]'
simple more 1.0
package shaky 1.0 'build: [["sh" "-c" "date +%s%N > f"]]
install: [["mkdir" "-p" "%{share}%/shaky"] ["cp" "f" "%{share}%/shaky/f"]]'
package broken 1.0 'build: [["false"]]'
package image 1.0 'install: [["sh" "-c" "echo image > %{share}%/image"]]
x-images: ["share/image"]'
package clash 1.0 'conflicts: ["zlib"]'
package default 1.0
git init -q src
printf 'opam-version: "2.0"\n' >src/src.opam
git -C src add -A
git -C src commit -qm src
cp src/src.opam good.opam
printf 'opam-version: "2.0"\nbuild: "x" =>\n' >bad.opam
printf 'opam-version: "2.0"\nmaintainer: "me"\nversion: "x y"\n' >worse.opam

# row STATUS COMMAND...: in the root as it is then. The schema is that of the command's first word.
rows=$work/rows
: >"$rows"
row() {
	want=$1
	shift
	schema=$1
	case $schema in
	-* | nosuch) schema=pkg ;;
	uninstall) schema=remove ;;
	info) schema=show ;;
	remote | repository) schema=repo ;;
	unpin) schema=pin ;;
	esac
	printf '%s %s\n' "$schema" "$want" >>"$rows"
	export want schema
	args=
	for arg in "$@"; do args="$args '$arg'"; done
	t "pkg $*: $want" "
		status=0
		pkg $args --json >'$work/json' 2>'$work/messages' || status=\$?
		test \$status = $want || { echo \"status \$status\"; cat '$work/messages'; false; }
		perl '$here/envelope.pl' $schema $want <'$work/json' || { cat '$work/json'; false; }
		perl '$here/schema.pl' '$top/schema' $schema <'$work/json' || { cat '$work/json'; false; }
	"
}

row 2 init --root ''
row 50 list
row 0 init
row 2 init x
row 0 repo add test "$REPO"
row 2 repo add test
row 5 repo remove nowhere
row 0 repo list
row 2 repo nosuch
row 0 --version
row 0 version
row 2 version x
row 2 nosuch
row 2 list --nosuch
row 2 --nosuch
row 0 help
row 0 help install
row 2 help nosuch
row 0 completion bash
row 2 completion csh
row 0 install image
t 'install made the switch: one object, and it says so' 'test "$(json json data.created.switch)" = default && test "$(json json data.switch)" = default'
row 0 install zlib.1.0 app
row 0 install app
row 0 install --dry-run more
row 5 install nosuch
row 20 install app clash
row 31 install broken
row 2 install
row 0 list
row 0 list app
row 0 reinstall zlib
row 5 reinstall nosuch
row 0 solve app
row 0 solve --installed /dev/null zlib.1.0 app
row 0 solve --best-effort app clash
row 20 solve app clash
row 5 solve nosuch
row 2 solve
row 0 why app zlib
row 5 why nosuch
row 0 why-not clash more zlib
row 5 why-not nosuch
row 0 tree
row 0 tree --rev-deps zlib
row 0 tree more
row 20 tree app clash
row 0 show zlib
row 0 show -f license,name,installed-version zlib
row 0 show --raw zlib
row 0 show --all-versions zlib app
row 5 show zlib nosuch
t 'what an error left half-written is no data' 'test "$(json json data)" = "{}"'
row 0 info zlib
row 0 upgrade --dry-run
row 0 upgrade zlib
row 5 upgrade 'zlib<1.0'
row 0 log app
row 5 log nosuch
row 0 history
row 2 history x
row 0 undo
row 2 undo x
row 0 undo --dry-run
row 0 pin list
row 0 pin add src "git+file://$work/src"
row 40 pin add src "git+file://$work/nowhere"
row 0 pin list
row 0 pin remove src
row 5 pin remove src
row 5 unpin src
row 0 switch create other --empty
row 2 switch create other --empty
row 0 switch create more
row 0 switch list
row 0 switch show
row 0 switch set default
row 50 switch set nowhere
row 10 switch remove more
row 0 switch remove more --dry-run
row 0 switch remove -y more
row 50 switch remove -y more
row 0 lock app -o app.lock
row 0 lock app -o -
row 0 lock --check app.lock
row 5 lock --check nowhere.lock
row 0 fetch --locked=app.lock
row 5 fetch --locked=nowhere.lock
row 2 fetch
row 0 rebuild --check app
row 2 rebuild
row 0 install shaky
row 32 rebuild --check shaky
t 'what differs stands beside the error' 'test "$(json json data.packages.0.first_difference)" = share/shaky/f'
row 0 trace "$PKGROOT/switches/default/share/image"
row 5 trace nowhere
row 0 update
row 0 update --dry-run
row 1 update --check
row 2 update --at now
row 0 repo log test
row 5 repo log nowhere
row 0 repo priority test 1
row 2 repo priority test first
row 0 repo set-url test "$REPO"
row 40 repo set-url test "$work/nowhere"
row 0 list -a
row 0 list -AV --columns=package
row 5 list --depends-on nowhere
row 2 list --color=x
row 2 list --cli=2.0
row 2 list --format=xml
row 2 list --confirm-level=x
row 2 list --jobs=-1
row 5 list -C /nope
row 2 list --columns=nosuch
row 1 list --silent nowhere
row 0 search zlib
row 0 search nowhere
row 2 search
row 5 show zlib --at 2001-01-01
row 2 show zlib --at someday
row 0 repo set-repos test
row 5 repo set-repos nowhere
row 0 repo set-repos --all
row 5 update nowhere
row 0 env
row 50 env --switch nowhere
row 0 lint good.opam
row 30 lint bad.opam
row 5 lint nowhere.opam
row 0 lint --list
row 0 nightly base list
row 50 nightly run
row 5 nightly status
row 2 nightly base create
row 0 remove app
row 0 uninstall -a
row 5 remove nosuch
row 20 remove -y default
row 0 repo remove test
t 'exec: the answer is of the command, so --json has no place' 'code_is 2 pkg exec --json -- true && PKGJSON=1 pkg exec -- echo fine | grep -qx fine'
t 'every command has been asked, in success and in failure' '
	pkg help --json >out
	for command in $(json out data.commands | perl -MJSON::PP -e "print map { qq(\$_->{name}\n) } @{decode_json(<STDIN>)}"); do
		grep -qx "$command 0" "$rows" || test "$command" = exec || { echo "$command: never well"; exit 1; }
		grep "^$command " "$rows" | grep -qv " 0$" || test "$command" = exec || { echo "$command: never badly"; exit 1; }
	done
'

t '--json=FILE: text on stdout, the envelope in the file' '
	pkg switch list --json=file.json >out && grep -q "^\* default" out && perl "$here/envelope.pl" switch 0 <file.json
	code_is 5 pkg show nosuch --json=file.json && says "no package nosuch" && perl "$here/envelope.pl" show 5 <file.json
'
t '--json=FD' 'pkg switch list --json=7 7>fd.json >out && grep -q default out && perl "$here/envelope.pl" switch 0 <fd.json'
t '--json=1 and --json=- are stdout' 'pkg list --json=1 | perl "$here/envelope.pl" list 0 && pkg list --json=- | perl "$here/envelope.pl" list 0 && test ! -e 1 && test ! -e -'
t 'where nothing can be written: 2' 'code_is 2 pkg list --json=9 && code_is 2 pkg list --json=nowhere/x.json && says nowhere/x.json'
t 'a file is a FIFO too' 'mkfifo fifo && { pkg list --json=fifo >/dev/null & } && perl "$here/envelope.pl" list 0 <fifo && test -p fifo'
t '--format' 'pkg list --format=json | perl "$here/envelope.pl" list 0 && pkg list --format json >out && perl "$here/envelope.pl" list 0 <out && code_is 2 pkg list --format=xml && says "text|json"'
t 'a wrong value before or behind it, or with it in the environment' '
	code_is 2 pkg --json --color=x list && perl "$here/envelope.pl" list 2 <out
	code_is 5 pkg --json -C /nope list && perl "$here/envelope.pl" list 5 <out
	PKGJSON=1 code_is 2 pkg list --progress=x && perl "$here/envelope.pl" list 2 <out
	code_is 2 pkg list --json --no-json --color=x && test ! -s out
	code_is 2 pkg list --no-json=off.json && says "takes no value" && test ! -e off.json
'
t 'PKGJSON; an option has the last word' '
	PKGJSON=1 pkg list | perl "$here/envelope.pl" list 0
	PKGJSON=1 pkg list --no-json | grep -q "^image"
	PKGJSON=0 pkg list | grep -q "^image"
	PKGJSON=env.json pkg list >/dev/null && perl "$here/envelope.pl" list 0 <env.json
'
t 'aliases have the schema of their command' 'pkg info --json image | perl "$here/envelope.pl" show 0 && pkg remote --json | perl "$here/envelope.pl" repo 0'
t 'a full disk under the answer: 52' 'if test -w /dev/full; then code_is 52 pkg list --json=/dev/full; status=0; pkg list --json >/dev/full || status=$?; test $status = 52; fi'
t 'warnings are in it, and not on stderr with -q' '
	mkdir -p "$REPO/packages/odd/odd.1.0" && printf "opam-version: \"2.0\"\nbuild: [ \"make\" => ]\n" >"$REPO/packages/odd/odd.1.0/opam"
	pkg -q repo add test "$REPO"
	code_is 5 pkg install -q odd --json && json out data >/dev/null && test "$(json out warnings)" != "[]"
	not grep -q "warning" err
'
finish
