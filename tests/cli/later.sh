# shellcheck shell=sh
# later.sh - another machine, as far as one can be had: `later COMMAND...` runs it more than a year from now, in its own
# mounts. A clock cannot be set for one process tree, so the dynamic loader of /usr is laid over by one that preloads a
# library which adds to what the C library says of the time: inside the sandbox of a build too, which sees /usr and no
# environment. Files keep their true times. Returns 1 from `later_ready` where such a mount is refused.
later_seconds=40000000

later_ready() {
	loader=$(readelf -l "$(command -v env)" | sed -n 's/.*interpreter: \(.*\)\].*/\1/p')
	loader=$(readlink -f "$loader")
	over=$work/over
	mkdir -p "$over/$(dirname "${loader#/usr/}")"
	cat >later.c <<-'C'
		#define _GNU_SOURCE
		#include <sys/syscall.h>
		#include <sys/time.h>
		#include <time.h>
		#include <unistd.h>
		int clock_gettime(clockid_t clock, struct timespec *t)
		{
			int r = syscall(SYS_clock_gettime, clock, t);
			if (!r && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
				t->tv_sec += SECONDS;
			return r;
		}
		int gettimeofday(struct timeval *restrict t, void *restrict zone)
		{
			int r = syscall(SYS_gettimeofday, t, zone);
			if (!r && t)
				t->tv_sec += SECONDS;
			return r;
		}
		time_t time(time_t *t)
		{
			struct timespec now;
			clock_gettime(CLOCK_REALTIME, &now);
			return t ? *t = now.tv_sec : now.tv_sec;
		}
	C
	cc -O2 -shared -fPIC -DSECONDS="$later_seconds" -o "$over/later.so" later.c || return 1
	echo /usr/later.so >"$over/ld.so.preload"
	LC_ALL=C perl -pe 's{/etc/ld\.so\.preload}{/usr/ld.so.preload}g' "$loader" >"$over/${loader#/usr/}"
	chmod -R a+rX "$over"
	chmod 755 "$over/${loader#/usr/}"
	later true
}
later() {
	user=
	[ "$(id -u)" -eq 0 ] || user=-r
	# A program with ASan does not start when a library is preloaded before its own.
	ASAN_OPTIONS=verify_asan_link_order=0 unshare $user -m sh -c '
		mount -t overlay overlay -o "lowerdir=$0:/usr" /usr && exec "$@"
	' "$over" "$@"
}
