#!/bin/sh
. "$(dirname "$0")/lib.sh"
t 'makes a root' 'test "$(pkg init)" = "$PKGROOT" && git -C "$STORE" rev-parse --is-bare-repository'
t 'again is fine' 'pkg init'
t 'a root that others may write is refused' 'mkdir "$work/open" && chmod 777 "$work/open" && code_is 50 pkg --root "$work/open" init'
t 'usage' 'code_is 2 pkg init x'
finish
