/* work.h - worker processes: each builds one package after the other, on a store handle of its own.
 *
 * They are forked when the plan is known, so a request is only the number of a node, its key and the
 * outputs of its view; the answer is one line of JSON. A worker that dies takes nothing with it but the
 * build that it was at.
 */
#ifndef NIGHTLY_WORK_H
#define NIGHTLY_WORK_H

#include <sys/types.h>

#include "base/buf.h"
#include "nightly/night.h"

struct worker {
	pid_t pid; /* 0: none */
	int to, from;
	struct buf answer;
	struct night_node *node; /* at work on it; NULL: idle */
	bool full;               /* it was stopped because its build filled the disk */
};

/* -1: it could not be forked. */
int worker_start(struct night *n, struct worker *w, const struct worker *all, size_t count, struct err *e);
/* save: somebody needs the output. */
int worker_give(struct worker *w, struct night_node *node, bool save, struct err *e);
/* Lets it finish what it has, and reaps it. */
void worker_end(struct worker *w);
/* Stops its build: SIGTERM; with force SIGKILL to the worker, and all that it runs goes too. */
void worker_stop(struct worker *w, bool force);

/* An answer. */
struct work_result {
	size_t node;
	bool ok;
	struct oid output;
	long ms;
	struct night_fate fate; /* of a failure; its state is set too */
};
int work_result_read(struct arena *a, struct str line, struct work_result *out, struct err *e);

/* The first lines of a log's last step that look like an error; at most max, else its last lines. */
struct str log_errors(struct arena *a, struct str log, size_t max);

#endif
