#!/bin/sh
# shellcheck disable=SC2046,SC2016 # what measure prints is a list of numbers
# bench-nightly.sh - generated trivial packages in containers: what pkg itself costs for each, what a night
# with nothing changed costs, and its peak memory. N packages (400), J builds at once (2). The base image is
# made of this machine's shell, or of BASE_TAR; the same commands without pkg are measured and taken off.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
N=${N:-400}
J=${J:-2}
build=${PKG_BUILD:-$top/build}
PATH=$build:$PATH
export PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/pkg-bench.XXXXXX")
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
unset PKGSWITCH PKGYES PKGJOBS 2>/dev/null || :
export PKGROOT="$work/root" HOME="$work" LC_ALL=C.UTF-8

# A base of the shell and the few programs that the packages use, or a real one.
base=${BASE_TAR:-$work/base}
if [ "$base" = "$work/base" ]; then
	mkdir -p "$base/usr/bin" "$base/etc"
	for d in bin lib lib64; do ln -s "usr/$d" "$base/$d"; done
	for program in sh mkdir; do
		path=$(readlink -f "$(command -v $program)")
		cp "$path" "$base/usr/bin/$program"
		ldd "$path" | sed -n 's/^[^/]*\(\/[^ ]*\).*/\1/p' | while read -r lib; do
			case $lib in /usr/*) to=$lib ;; *) to=/usr$lib ;; esac
			mkdir -p "$base${to%/*}"
			[ -e "$base$to" ] || cp -L "$lib" "$base$to"
		done
	done
	printf 'ID=bench\nVERSION_ID="1"\n' >"$base/etc/os-release"
fi

# A tenth has no needs, most need one of those, and half of them one more: DEEP=1 makes a graph in which
# each needs three earlier ones, so that a view has up to half of all packages.
mkdir -p "$work/repo/packages"
printf 'opam-version: "2.0"\n' >"$work/repo/repo"
i=0
while [ "$i" -lt "$N" ]; do
	dir=$work/repo/packages/p$i/p$i.1
	mkdir -p "$dir"
	deps=
	low=$((N / 10 + 1))
	if [ -n "${DEEP-}" ]; then
		for d in 7 11 40; do [ "$i" -lt "$d" ] || [ $((i % 3)) -eq 0 ] || deps="$deps \"p$((i - d))\""; done
	elif [ "$i" -ge $((N / 2)) ]; then
		deps="\"p$((i % low))\" \"p$((low + i % (N / 2 - low)))\""
	elif [ "$i" -ge "$low" ]; then
		deps="\"p$((i % low))\""
	fi
	printf 'opam-version: "2.0"\ndepends: [%s]\ninstall: ["sh" "-c" "mkdir -p %%{share}%%/p%s && echo %s > %%{share}%%/p%s/out"]\n' \
		"$deps" "$i" "$i" "$i" >"$dir/opam"
	i=$((i + 1))
done

# CPU (user + system, with children) and wall milliseconds, and peak memory of any one process in KiB.
measure() {
	python3 - "$@" <<'PY'
import os, resource, subprocess, sys, time
start = time.time()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.time() - start
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, round((u.ru_utime + u.ru_stime) * 1000), round(wall * 1000), u.ru_maxrss)
PY
}
per() { awk -v a="$1" -v n="$2" 'BEGIN { printf "%.1f", a / n }'; }

pkg -q repo add bench "$work/repo"
pkg -q nightly base import bench "$base" >/dev/null

# /bin/true, for scale; and the commands of the builds without pkg around them.
set -- $(measure sh -c 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i + 1)); done')
true_ms=$(per "$2" 200)
mkdir "$work/plain"
set -- $(measure sh -c 'cd "$0"; i=0; while [ $i -lt 100 ]; do
	sh -c "mkdir -p share/p$i && echo $i > share/p$i/out"; i=$((i + 1)); done' "$work/plain")
plain_ms=$(per "$2" 100)

set -- $(measure pkg nightly run "-j$J")
[ "$1" -eq 0 ] || { echo "the night failed: $1"; pkg nightly status | grep -v '^ok' | head; exit 1; }
first_cpu=$2 first_wall=$3 first_mem=$4
set -- $(measure pkg nightly run "-j$J")
[ "$1" -eq 0 ] || { echo "the second night failed: $1"; exit 1; }
again_cpu=$2 again_wall=$3 again_mem=$4

printf 'packages: %s, builds at once: %s, CPU of /bin/true: %s ms\n' "$N" "$J" "$true_ms"
printf 'first night:  CPU %s ms each (the commands alone: %s), wall %s ms each, peak memory %s MiB\n' \
	"$(per "$first_cpu" "$N")" "$plain_ms" "$(per "$first_wall" "$N")" "$((first_mem / 1024))"
printf 'beside the build itself: CPU %s ms each (budget 20)\n' \
	"$(awk -v a="$first_cpu" -v n="$N" -v p="$plain_ms" 'BEGIN { printf "%.1f", a / n - p }')"
printf 'second night: CPU %s ms each (budget 1), wall %s ms each, peak memory %s MiB\n' \
	"$(per "$again_cpu" "$N")" "$(per "$again_wall" "$N")" "$((again_mem / 1024))"
