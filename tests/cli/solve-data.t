#!/bin/sh
# The recorded requests of the real repository, by the command line. PKG_DATA names the data; PKG_TEST_SOLVE=all takes
# every request, else every fortieth is taken.
. "$(dirname "$0")/lib.sh"
[ -f "${PKG_DATA-/nowhere}/optimum.jsonl" ] || skip_all "no PKG_DATA"
every=40
[ "${PKG_TEST_SOLVE-}" != all ] || every=1
git clone -q --bare "$PKG_DATA/opam-repository-metadata.bundle" data.git || exit 1
pkg -q repo add default "git+file://$work/data.git" || exit 1
perl "$top/tests/solve-data.pl" "$PKG_DATA" "$every"
