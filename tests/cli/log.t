#!/bin/sh
. "$(dirname "$0")/lib.sh"
package chatty 1.0 'build: ["sh" "-c" "echo hello from the build"]'
package broken 1.0 'build: [["sh" "-c" "echo going wrong now; exit 4"]]'
package bare 1.0
package quoted 1.0 "build: [\"sh\" \"-c\" \"echo 'it is' one\"]"
fresh
pkg -q install chatty bare >/dev/null

t 'of an installed package' 'pkg log chatty >out && grep -q "hello from the build" out'
t 'of a failure, by the id it printed' '
	code_is 31 pkg install broken
	says "going wrong now"
	id=$(sed -n "s|.*/log/\([0-9a-f]*\).gz.*|\1|p" err | head -n1)
	test -n "$id"
	pkg log "$id" >out && grep -q "going wrong now" out
'
t 'a command stands there as one would type it' '
	pkg -q install quoted
	pkg log quoted >out
	sed -n "s/^+ //p" out >typed
	test "$(sh typed)" = "it is one"
'
t 'not installed: 5' 'code_is 5 pkg log nothing'
t 'usage' 'code_is 2 pkg log'
finish
