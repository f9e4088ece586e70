#!/bin/sh
# layers.sh [SRC] - each folder under src/ may include itself and lower floors only, and one third-party
# library is included from one folder only. --self-test: plants faults and expects to be told.
set -eu

floors='
base
opam store
fetch
repo switch ledger
solver build
apply
audit nightly
cli
'
# folder and the third-party headers that it alone may include
borders='
store git2
fetch/worker curl/
fetch/worker archive
solver solv/
solver picosat/
base cjson/
base openssl/
base zlib
build seccomp
'

check_floors() { # SRC
	printf '%s\n' "$floors" | awk -v src="$1" '
		NF { n++; for (i = 1; i <= NF; i++) floor[$i] = n }
		END {
			list = "cd " src " && grep -rnE \"^#include \\\"[a-z0-9_]+/\" ."
			while ((list | getline line) > 0) {
				split(line, f, "/"); from = f[2]
				match(line, /"[a-z0-9_]+\//); to = substr(line, RSTART + 1, RLENGTH - 2)
				if (!(from in floor) || !(to in floor)) { print "unknown folder: " line; bad = 1 }
				else if (from != to && floor[to] >= floor[from]) { print "wrong way: " line; bad = 1 }
				else if (line ~ /^\.\/fetch\/worker\// && to != "base" && to != "fetch") { print "the worker sees base only: " line; bad = 1 }
			}
			exit bad
		}'
}

check_borders() { # SRC
	printf '%s\n' "$borders" | while read -r folder header; do
		[ -n "$folder" ] || continue
		(cd "$1" && grep -rnE "^#include <$header" .) | grep -v "^\./$folder/" |
			sed "s|^|only $folder may: |" || true
	done
}

run() { # SRC
	found=$(check_floors "$1"; check_borders "$1")
	[ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

self_test() {
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	mkdir -p "$dir/base" "$dir/store" "$dir/opam" "$dir/cli"
	for planted in 'base/x.c "store/store.h"' 'opam/x.c "store/store.h"' 'cli/x.c <git2.h>' \
		'base/x.c "nowhere/x.h"'; do
		printf '#include %s\n' "${planted#* }" >"$dir/${planted%% *}"
		if run "$dir" >/dev/null; then
			echo "layers.sh: a planted fault was not seen: $planted"
			exit 1
		fi
		rm "$dir/${planted%% *}"
	done
	printf '#include "base/x.h"\n' >"$dir/cli/x.c"
	run "$dir"
}

if [ "${1-}" = --self-test ]; then
	self_test
else
	run "${1-src}"
fi
