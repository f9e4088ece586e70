#!/bin/sh
# bench-list.sh REPOSITORY.git - what asking the real repository costs: CPU milliseconds, the least of some measures, beside
# an empty program's. Budget: 20 to 50 ms on a quiet machine.
set -eu
repository=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
PATH=${PKG_BUILD:-$top/build}:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/pkg-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH PKGROOT="$work/root" HOME="$work" LC_ALL=C.UTF-8
pkg -q repo add opam "$repository"
pkg -q switch create bench --empty

# cost COMMAND...: user and system time of the child. The system counts in steps of 10 ms, so many runs are one measure.
cost() {
	perl -e '
		my ($best, $runs) = (1e9, 10);
		for (1 .. 3) {
			my ($u0, $s0) = (times)[2, 3];
			for (1 .. $runs) {
				defined(my $pid = fork) or die;
				if (!$pid) { open STDOUT, ">", "/dev/null"; open STDERR, ">", "/dev/null"; exec @ARGV or die }
				waitpid $pid, 0;
			}
			my ($u1, $s1) = (times)[2, 3];
			my $ms = 1000 * ($u1 - $u0 + $s1 - $s0) / $runs;
			$best = $ms if $ms < $best;
		}
		printf "%6.1f ms  %s\n", $best, join " ", @ARGV;
	' "$@"
}
cost /bin/true
cost pkg --version
cost pkg list
cost pkg list -a
cost pkg list -A -V -s
cost pkg list 'dune*'
cost pkg list --depends-on dune
cost pkg list --depends-on lwt --recursive
cost pkg list --required-by lwt --recursive
cost pkg list --conflicts-with lwt
cost pkg list --has-tag org:mirage
cost pkg list --has-flag compiler
cost pkg search json
cost pkg search zarithh
cost pkg search http server
cost pkg show dune
cost pkg --at 2026-08-16 show dune
