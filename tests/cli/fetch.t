#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
fresh
t 'what a lock needs' 'pkg lock low && code_is 0 pkg fetch --locked && says "1 packages"'
t 'no lock there' 'code_is 5 pkg fetch --locked=nowhere && says "pkg lock"'
t 'usage' 'code_is 2 pkg fetch && code_is 2 pkg fetch low'
t 'a source that cannot be read is not taken for none' '
	package dropped 1.0 "url { src: \"git+ssh://-oX=y/r\" }"
	pkg -q update
	code_is 30 pkg install dropped
	says "dropped.1.0/opam:" && says "the source of dropped.1.0 is not known"
'
finish
