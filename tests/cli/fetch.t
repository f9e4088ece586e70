#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
fresh
t 'what a lock needs' 'pkg lock low && code_is 0 pkg fetch --locked && says "1 packages"'
t 'no lock there' 'code_is 5 pkg fetch --locked=nowhere && says "pkg lock"'
t 'usage' 'code_is 2 pkg fetch && code_is 2 pkg fetch low'
finish
