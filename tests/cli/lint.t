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
t 'not there: 52 or 5; no argument: 2' 'code_is 2 pkg lint; code_is 52 pkg lint nowhere.opam || code_is 5 pkg lint nowhere.opam'
t 'a deep file ends with an error, not with a crash' '
	perl -e "print qq{opam-version: \"2.0\"\ndepends: }, q{[} x 200000, qq{\n}" >deep.opam && code_is 30 pkg lint deep.opam
'
finish
