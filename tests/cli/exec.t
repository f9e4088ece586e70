#!/bin/sh
. "$(dirname "$0")/lib.sh"
package tool 1.0 'build: ["sh" "-c" "printf '"'#!/bin/sh\\necho from the switch\\n'"' > tool"]
install: [["mkdir" "-p" "%{bin}%"] ["install" "-m" "755" "tool" "%{bin}%/tool"]]'
fresh
pkg -q install tool >/dev/null

t 'a program of the switch' 'test "$(pkg exec -- tool)" = "from the switch"'
t 'status and arguments pass' 'code_is 7 pkg exec -- sh -c "exit \$1" x 7'
t 'not found: 127; not executable: 126' 'code_is 127 pkg exec -- no-such-command && code_is 126 pkg exec -- /etc/passwd'
t 'a signal kills it as the shell says' 'code_is 143 pkg exec -- sh -c "kill -TERM \$\$"'
t 'usage' 'code_is 2 pkg exec && code_is 2 pkg exec --'
finish
