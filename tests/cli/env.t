#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0 'setenv: [[LOW_HOME = "%{share}%/low"] [LOW_PATH += "%{lib}%/low"] [QUOTED = "it'"'"'s \\ $(x)"]]'
none() { # REGEX: no line of the input matches
	if grep "$1"; then return 1; fi
}
fresh
pkg -q install low >/dev/null

t 'the live prefix stands in the environment' '
	eval "$(pkg env)"
	case $PATH in "$PREFIX/bin:"*) ;; *) echo "$PATH"; false ;; esac
	test "$LOW_HOME" = "$PREFIX/share/low"
	test "$QUOTED" = "it'"'"'s \\ \$(x)"
	test "$OPAM_SWITCH_PREFIX" = "$PREFIX"
'
t 'twice is as once' '
	pkg env >a
	eval "$(cat a)"
	env >first
	pkg env | cmp - a
	eval "$(pkg env)"
	env | cmp - first
'
variable() { # NAME: its value in the JSON answer
	json out data.variables | perl -MJSON::PP -e '$_->{name} eq $ARGV[0] and print $_->{value}, "\n" for @{decode_json(<STDIN>)}' "$1"
}
t '--json' '
	pkg env --json >out
	test "$(variable LOW_HOME)" = "$PREFIX/share/low"
	test "$(json out data.unset)" = "[]"
'
t '--json --revert' '
	eval "$(pkg env)"
	pkg env --revert --json >out
	json out data.unset | grep -q "\"LOW_HOME\""
	variable PATH >path
	test "$(cat path)" = "${PATH#"$PREFIX/bin:"}"
'
t 'leaving where nothing was entered: nothing, and no root needed' '
	PKGROOT=$work/none pkg env --revert >out
	test ! -s out
	test ! -e "$work/none"
'
t 'what was set meanwhile stays, without what entering had added' '
	old=$PATH
	LOW_PATH=a:b MANPATH=
	export LOW_PATH MANPATH
	eval "$(pkg env)"
	PATH=/new:$PATH LOW_PATH=$LOW_PATH:c LOW_HOME=mine MANPATH=/other
	unset QUOTED
	eval "$(pkg env --revert)"
	test "$PATH $LOW_PATH $LOW_HOME $MANPATH" = "/new:$old a:b:c mine /other"
	test -z "${QUOTED+x}${PKG_ENV_UNDO+x}${OPAMSWITCH+x}"
'
t 'an undo text that is none is said, and changes nothing' '
	for text in "PATH,a,%0" "PATH,a,%00" "PATH,%zz" "A;touch bad,b" "a b,c" ",x" "x\$(touch bad),y,z"; do
		PKG_ENV_UNDO=$text code_is 0 pkg env --revert
		says "unset PKG_ENV_UNDO;"
		says "warning:"
		test "$(wc -l <out)" -eq 1
	done
	test ! -e bad
'
t 'exec leaves what was entered' '
	pkg -q switch create other --empty
	pkg switch set test
	env >before
	eval "$(pkg env)"
	pkg --switch other exec -- env >other
	none "^LOW_" <other
	grep -qx OPAMSWITCH=other other
	pkg --switch other exec -- sh -c "eval \"\$(pkg env --revert)\"; env" | sort >after
	sort before | grep -v "^_=" >a
	grep -v "^_=" after | cmp - a
'
package odd 1.0 'setenv: [[a+b = "x"] [PKG_ENV_UNDO = "PATH,x"] [ODD = "yes"]]'
pkg -q update >/dev/null
t 'a variable that a shell cannot have is left out' '
	pkg -q install odd >/dev/null
	code_is 0 pkg env
	says "a+b"
	grep -q "^export ODD=" out
	none "a+b=" <out
	eval "$(pkg env)"
	test "$ODD" = yes
	eval "$(pkg env --revert)"
	test -z "${ODD+x}"
'
t 'usage' '
	code_is 2 pkg env x
	code_is 2 pkg env --shell=csh
	says fish
'
finish
