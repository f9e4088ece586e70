#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
simple low 2.0 'depends: ["high" {>= "3" & build}]
license: "ISC"'
fresh

t 'shows the newest' 'code_is 0 pkg show low && says "2.0" && says "high >= 3" && says "ISC"'
t 'shows a version' 'code_is 0 pkg show low.1.0 && ! grep -q ISC out'
t 'before any switch' 'rm -rf "$work/r2" && pkg -q --root "$work/r2" repo add t "$REPO" && pkg --root "$work/r2" show low'
t '--json' 'pkg show --json low >out && test "$(json out data.packages.0.version)" = 2.0 && test "$(json out data.packages.0.installed)" != 1'
t 'installed' 'pkg -q install low.1.0 && pkg show low.1.0 >out && grep -q "^input id  *[0-9a-f]\{64\}" out'
t 'unknown: 5, did you mean' 'code_is 5 pkg show lwo && says low'
t 'usage' 'code_is 2 pkg show'
finish
