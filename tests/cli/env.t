#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0 'setenv: [[LOW_HOME = "%{share}%/low"] [LOW_PATH += "%{lib}%/low"] [QUOTED = "it'"'"'s"]]'
fresh
pkg -q install low >/dev/null

t 'the live prefix stands in the environment' '
	eval "$(pkg env)"
	case $PATH in "$PREFIX/bin:"*) ;; *) echo "$PATH"; false ;; esac
	test "$LOW_HOME" = "$PREFIX/share/low"
	test "$QUOTED" = "it'"'"'s"
	test "$OPAM_SWITCH_PREFIX" = "$PREFIX"
'
t 'twice is as once' '
	eval "$(pkg env)" && first=$PATH && eval "$(pkg env)" && test "$PATH" = "$first"
'
t '--json' 'pkg env --json >out && test "$(json out data.variables.LOW_HOME)" = "$PREFIX/share/low"'
t 'usage' 'code_is 2 pkg env x'
finish
