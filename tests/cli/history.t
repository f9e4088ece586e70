#!/bin/sh
. "$(dirname "$0")/lib.sh"
simple low 1.0
fresh
pkg -q install -m 'because of the test' low >/dev/null
pkg -q remove low >/dev/null

t 'one line a transaction, newest first, with what changed' '
	pkg history >out && grep -n "remove low" out | grep -q "^1:" && grep -q "+ low 1.0" out && grep -q -e "- low 1.0" out
'
t '-n' 'test "$(pkg history -n 1 | grep -c "^[0-9a-f]\{12\}")" = 1'
t '--json' '
	pkg history --json >out
	test "$(json out data.transactions.0.subject)" = "remove low"
	test "$(json out data.transactions.1.changes.0.name)" = low
	test "$(json out data.transactions.2.subject)" = "switch create test --empty" || test "$(json out data.transactions.2.subject)" = "switch create test"
'
t 'the reason stands in the commit' 'git -C "$STORE" log --format=%B test | grep -q "because of the test"'
t 'equal states have equal trees' 'test "$(git -C "$STORE" rev-parse "test^{tree}")" = "$(git -C "$STORE" rev-parse "test~2^{tree}")"'
t 'usage' 'code_is 2 pkg history low'
finish
