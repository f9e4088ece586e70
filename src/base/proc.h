/* proc.h - child processes: an argv, an environment, where the output goes, and limits.
 *
 *	struct proc p = {.argv = argv, .out = PROC_CAPTURE, .what = "apt-helper"};
 *	struct proc_result r;
 *	if (proc_run(a, &p, &r, e) < 0) ...
 *	if (r.status != 0) ...
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include "base/err.h"
#include "base/str.h"

enum { PROC_DISCARD = -1, PROC_CAPTURE = -2, PROC_INHERIT = -3 };

struct proc {
	const char *const *argv; /* argv[0] is looked up in PATH unless it holds a slash */
	const char *const *env;  /* NULL: the caller's */
	const char *cwd;         /* NULL: the caller's */
	const char *what;        /* for messages; NULL: argv[0] */
	struct str input;        /* given on stdin; empty: /dev/null */
	int out, err;            /* a descriptor, or PROC_*; zero means PROC_DISCARD */
	int err_to_out;          /* stderr joins stdout */
	const int *keep;         /* descriptors that the child keeps under their own numbers */
	size_t keep_count;
	unsigned timeout, silence; /* seconds, 0: none; silence counts only with captured output */
	size_t capture_max;        /* bytes of captured output; 0: 16 MiB */
	/* Called with each piece of captured stdout as it arrives; may be NULL. */
	void (*on_output)(void *ctx, struct str piece);
	/* In the child, before exec; only async-signal-safe calls. -1 ends it with status 126. */
	int (*in_child)(void *ctx);
	void *ctx;
	/* A descriptor for stdin instead of `input`; zero: none. PROC_INHERIT: the caller's, and the
	 * child stays in the caller's process group, so that it may use the terminal. */
	int in;
};

struct proc_result {
	int status;     /* exit status, or 128 + signal */
	bool timed_out; /* killed by timeout or silence */
	struct str out, err_text;
};

/* The child leads a process group, which ends with it: what it leaves running is killed when it has
 * exited and its captured output has ended (or 2 seconds later). It dies with the thread that
 * started it. A limit or an interruption sends SIGTERM to the group, and SIGKILL after 2 seconds.
 *
 * Runs it to its end. -1 only when it could not be started or waited for; a missing program is
 * ERR_NOTFOUND. On interruption the child's group is killed and the code is ERR_INTERRUPTED. */
int proc_run(struct arena *a, const struct proc *p, struct proc_result *r, struct err *e);

/* The asynchronous half: many at once, polled by the caller. */
struct proc_child;
struct proc_child *proc_start(struct arena *a, const struct proc *p, struct err *e);
/* Waits until one of the n has ended and fills its result; returns its index, or -1. NULL entries
 * are passed over. On interruption all n are killed and the code is ERR_INTERRUPTED. */
int proc_wait_any(struct arena *a, struct proc_child **children, size_t n, struct proc_result *r,
		  struct err *e);
/* Kills its group and reaps it at once; proc_wait_any then returns it as ended. */
void proc_kill(struct proc_child *child);

/* Set by the signal handlers of cli; everything that waits looks at it. */
extern volatile int proc_interrupted;

/* Full path of a program in path (NULL: the caller's PATH), or NULL; only absolute folders count. */
char *proc_find(struct arena *a, const char *name, const char *path);

#endif
