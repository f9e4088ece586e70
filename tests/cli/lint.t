#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple good 1.0
t 'a good file' 'code_is 0 pkg lint "$REPO/packages/good/good.1.0/opam"'
t 'a syntax error: 30 with file, line and column' '
	printf "opam-version: \"2.0\"\ndepends: [ \"a\" => ]\n" >bad.opam
	code_is 30 pkg lint bad.opam && says "bad.opam:2:17: error"
'
t 'a wrong type is named with its place, the rest is read' '
	printf "opam-version: \"2.0\"\nsynopsis: [ \"a\" ]\nflags: 3\nnonsense: 1\n" >bad.opam
	code_is 30 pkg lint bad.opam || code_is 0 pkg lint bad.opam
	says "bad.opam:2:" && says "bad.opam:3:" && says "bad.opam:4:"
'
t 'a folder' 'code_is 0 pkg lint "$REPO" && says "1 file"'
t '--json' '
	printf "opam-version: \"2.0\"\ndepends: [ \"a\" => ]\n" >bad.opam
	status=0; pkg lint --json bad.opam >out || status=$?; test "$status" = 30
	test "$(json out data.findings.0.line)" = 2 && test "$(json out data.findings.0.severity)" = error
'
t 'newer and older formats are refused' '
	printf "opam-version: \"2.1\"\n" >new.opam
	code_is 30 pkg lint new.opam
	printf "opam-version: \"1.2\"\n" >old.opam && code_is 30 pkg lint old.opam
'
t 'a format of the past: what to do' '
	printf "opam-version: \"1.2\"\n" >old.opam
	code_is 30 pkg lint --json old.opam
	test "$(json out data.findings.0.id)" = 2 && test "$(json out data.findings.0.line)" = 1
'
t 'all syntax errors of a file, and the fields between them' '
	printf "%s\n" "opam-version: \"2.0\"" "depends: [ \"a\" => ]" "flags: 3" "build: [" "  [ \"x\" ]" \
		"install: [ make ]" "synopsis: (" "license: \"ISC\"" "nonsense: 1" >two.opam
	code_is 30 pkg lint two.opam
	says "two.opam:2:17: error 1:" && says "two.opam:3:8: error 3:" && says "two.opam:6:8: error 1:" &&
		says "two.opam:8:8: error 1:" && says "two.opam:9:1: error 3:"
	not grep -q "warning 25" out
'
t 'numbers of opam' '
	printf "%s\n" "opam-version: \"2.0\"" "synopsis: \"Fine\"" "maintainer: \"m\"" "authors: \"a\"" \
		"license: \"ISC OR LicenseRef-own\"" "homepage: \"https://x.org\"" "bug-reports: \"https://x.org/b\"" \
		>fine.opam
	code_is 0 pkg lint fine.opam && test ! -s out
	printf "%s\n" "flags: [conf new]" "build: [[\"make\" \"%{prefix\"] [x:bin]]" "os: \"linux\"" \
		"available: arch = \"amd64\"" "depends: [\"b\" \"b2\" {!build}]" "depopts: [\"b\" {post}]" \
		"conflicts: [\"c\" & \"d\"]" "url { src: \"git+file://x/y\" checksum: \"md5=d41d8cd98f00b204e9800998ecf8427e\" }" \
		>>fine.opam
	code_is 30 pkg lint fine.opam
	for id in 28 31 33 39 43 45 46 51 55 65 67; do says " error $id: " || exit 1; done
	for id in 37 41 50; do says " warning $id: " || exit 1; done
'
t 'name and version of the folder' '
	mkdir -p n/a.1.0 && { cat fine.opam; echo "name: \"b\" version: \"1.1\""; } >n/a.1.0/opam
	code_is 30 pkg lint n && says "warning 4: name" && test "$(grep -c "warning 4:" out)" = 2
'
t 'extra-files against the folder' '
	mkdir -p f/a.1.0/files && printf x >f/a.1.0/files/one && printf y >f/a.1.0/files/opam
	printf "%s\n" "opam-version: \"2.0\"" "extra-files: [[\"one\" \"md5=9dd4e461268c8034f5c8564e155c67a6\"]" \
		"  [\"two\" \"md5=9dd4e461268c8034f5c8564e155c67a6\"]]" >f/a.1.0/opam
	code_is 30 pkg lint f && says "error 53: extra-files: two is not in" && says "error 53: extra-files: opam is in"
	not grep -q "53: extra-files: one" out && says "1 file"
'
t 'a repository, with its file repo' '
	mkdir -p r/packages && printf "opam-version: \"2.0\"\nbrowse: 1\nannounce: [\n" >r/repo
	code_is 30 pkg lint r && says "r/repo:4:1: error 1:"
'
t '--list is what pkg-lint(1) says' '
	pkg lint --list | awk "{print \$1, \$2}" >list
	sed -n "s/^\.It \([0-9]* \(error\|warning\)\)$/\1/p" "$top/man/pkg-lint.1" >page
	test -s list && cmp list page
	test "$(pkg lint --list --json >out && json out data.rules.0.id)" = 1
'
t 'not there: 52 or 5; no argument: 2' 'code_is 2 pkg lint; code_is 52 pkg lint nowhere.opam || code_is 5 pkg lint nowhere.opam'
t 'a deep file ends with an error, not with a crash' '
	perl -e "print qq{opam-version: \"2.0\"\ndepends: }, q{[} x 200000, qq{\n}" >deep.opam && code_is 30 pkg lint deep.opam
'
finish
