/* proc_child.h - a running child, for proc.c (waiting) and proc_start.c only. */
#ifndef BASE_PROC_CHILD_H
#define BASE_PROC_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/proc.h"

/* One captured stream; fd is -1 when there is none or it has ended. */
struct proc_stream {
	int fd;
	struct buf text;
	void (*on_output)(void *ctx, struct str piece);
};

/* Times are milliseconds of the monotonic clock, 0: never. */
struct proc_child {
	struct arena *a;
	const char *what;
	pid_t pid;
	int pidfd;  /* wakes poll when the child has exited; -1 where the kernel has none */
	bool group; /* it leads a process group of its own */
	struct proc_stream out, err;
	size_t capture_max;
	void *ctx;
	int64_t deadline, silence, heard;
	int64_t kill_at;  /* SIGTERM was sent, SIGKILL is due */
	int64_t drain_to; /* it has exited, its output is read until then */
	bool timed_out, done;
	int status;
};

int64_t proc_now(void);

#endif
