#!/bin/sh
. "$(dirname "$0")/lib.sh"
t 'as --version' 'pkg version >out && grep -q "^pkg [0-9]" out && pkg --version | cmp - out'
t '--json' 'pkg version --json >out && test "pkg $(json out data.version)" = "$(pkg version | head -n 1)"'
t '--cli: 1.0, nothing else' 'pkg --cli=1.0 version && code_is 2 pkg --cli=2.4 version && says 1.0'
t 'no root is made' 'test ! -e "$PKGROOT"'
t 'usage' 'code_is 2 pkg version x'
finish
