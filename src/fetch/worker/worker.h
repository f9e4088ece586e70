/* worker.h - inside pkg-fetch: the two jobs, and the walls around them.
 *
 * The worker is the only program that parses what strangers send. It opens what it needs, gives up
 * everything else (worker_confine), and then works.
 */
#ifndef FETCH_WORKER_WORKER_H
#define FETCH_WORKER_WORKER_H

#include "base/json.h"
#include "fetch/worker/answer.h"

/* What went wrong, on its way to the answer. */
struct fail {
	enum worker_error id;
	char msg[1024];
};
/* Sets it and returns -1; worker_fail_sys adds the text of errno. */
int worker_fail(struct fail *f, enum worker_error id, const char *fmt, ...) PRINTF(3, 4);
int worker_fail_sys(struct fail *f, enum worker_error id, const char *fmt, ...) PRINTF(3, 4);

/* One line {"event":"progress"}, at most once a second. */
void worker_progress(uint64_t bytes);

/* Reads a number of the request; the given value when it is not there. */
uint64_t worker_number(const json_value *request, const char *key, uint64_t otherwise);

/* A job confines itself, does its work and adds keys to the object of its "done" answer. */
typedef int worker_job(struct arena *a, const json_value *request, struct json *done, struct fail *f);
worker_job download_job, unpack_job;

struct confine {
	bool outer;              /* a sandbox is around us already: no Landlock needed */
	bool network;            /* may connect */
	const char *const *read; /* paths that may be read; those that are missing do not matter */
	size_t read_count;
	int write_dir;              /* folder that may be filled, or -1 */
	uint64_t memory, file_size; /* bytes; 0: no limit */
	unsigned cpu;               /* seconds; 0: no limit */
};
int worker_confine(const struct confine *c, struct fail *f);

#endif
