/* pool.c - the union of all plans is built: what is known is taken over, the rest goes to workers, what
 * most stands on first. Whatever happens to one build, the others go on. */
#include "nightly/night.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/vec.h"
#include "build/cache.h"
#include "nightly/work.h"

enum {
	TICK_MS = 500,
	INFRA_TRIES = 2,
	RESERVE_PERCENT = 5,
	PIECE = 1 << 16,
	STOP_SECONDS = 10,
	CULPRIT_PARTS = 4, /* who fills the disk holds at least a quarter of the reserve */
};
static const uint64_t RESERVE_MAX = 1ull << 30;

struct pool {
	struct night *n;
	struct worker *workers;
	size_t count, busy;
	struct {
		struct night_node **v;
		size_t n, room;
	} open, ready;   /* open: all needs are there; ready: to be built */
	time_t stopping; /* since when a build is being stopped for the disk; 0: none is */
};

/* --- the graph --- */

static void
finish(struct pool *p, struct night_node *node)
{
	node->done = true;
	for (size_t i = 0; i < node->user_count; i++) {
		struct night_node *user = node->users[i];

		if (!night_state_good(node->fate.state) && !user->done)
			user->fate.state = NIGHT_BLOCKED;
		if (--user->waits == 0 && !user->done)
			vec_push(p->n->a, &p->open, user);
	}
}

static struct str
full_name(struct arena *a, const struct night_node *node)
{
	return str_printf(a, STR_FMT "." STR_FMT, STR_ARG(node->name), STR_ARG(node->version));
}

static void
tell(struct pool *p, enum report_kind kind, const struct night_node *node, long ms)
{
	struct arena a = {0};

	report_event(p->n->ap->report,
		     &(struct report_event){kind, full_name(&a, node), node->fate.reason, ms});
	arena_free(&a);
}

static void
failed(struct pool *p, struct night_node *node)
{
	tell(p, REPORT_FAILED, node, 0);
	finish(p, node);
}

/* Looks it up: built before, failed before, or to be built. */
static int
look(struct pool *p, struct night_node *node, struct err *e)
{
	struct night *n = p->n;
	struct arena tmp = {0};
	struct build_result known = {0};
	const struct night_fate *before;
	struct build_job job;
	struct build_ids ids;
	bool found = false;
	int rc;

	rc = night_job(n->ap->root->store, n, node, &job, e);
	if (rc == 0)
		rc = build_ids(&n->ap->builder, &tmp, &job, &ids, e);
	if (rc == 0) {
		node->key = str_dup(n->a, ids.key);
		rc = cache_find(&n->ap->builder, &tmp, node->key, &found, &known, e);
	}
	before = rc < 0 || found || n->retry ? NULL : map_get(&n->failures, node->key);
	if (found) {
		node->output_id = known.output.id;
		node->fate.state = NIGHT_CACHED;
		n->reused++;
		finish(p, node);
	} else if (before) {
		node->fate = *before;
		node->fate.known = true;
		finish(p, node);
	} else if (rc == 0) {
		vec_push(n->a, &p->ready, node);
	}
	arena_free(&tmp);
	return rc;
}

static int
look_at_open(struct pool *p, struct err *e)
{
	while (p->open.n) {
		struct night_node *node = p->open.v[--p->open.n];

		if (node->fate.state == NIGHT_BLOCKED)
			finish(p, node);
		else if (look(p, node, e) < 0)
			return err_note(e, "while looking for " STR_FMT "." STR_FMT, STR_ARG(node->name),
					STR_ARG(node->version));
	}
	return 0;
}

static void
begin(struct pool *p)
{
	struct night *n = p->n;

	for (size_t i = 0; i < n->nodes.n; i++)
		n->nodes.v[i]->waits = n->nodes.v[i]->need_count;
	for (size_t i = 0; i < n->nodes.n; i++) {
		struct night_node *node = n->nodes.v[i];

		/* What has its fate already, and has no needs that could tell it later. */
		if (node->done)
			finish(p, node);
		else if (!node->need_count)
			vec_push(n->a, &p->open, node);
	}
}

/* --- workers --- */

static struct night_node *
take_tallest(struct pool *p)
{
	struct night_node *node;
	size_t best = 0;

	for (size_t i = 1; i < p->ready.n; i++)
		if (p->ready.v[i]->height > p->ready.v[best]->height ||
		    (p->ready.v[i]->height == p->ready.v[best]->height &&
		     p->ready.v[i]->at < p->ready.v[best]->at))
			best = i;
	node = p->ready.v[best];
	p->ready.v[best] = p->ready.v[--p->ready.n];
	return node;
}

static int
give_work(struct pool *p, struct err *e)
{
	for (size_t i = 0; i < p->count && p->ready.n; i++) {
		struct worker *w = &p->workers[i];
		struct night_node *node;
		struct err why;

		if (w->node)
			continue;
		if (!w->pid && worker_start(p->n, w, p->workers, p->count, e) < 0)
			return p->busy ? 0 : -1;
		node = take_tallest(p);
		p->n->built += !node->tries++;
		if (worker_give(w, node, node->user_count > 0, &why) < 0) {
			/* It has died since: another one takes it. */
			worker_end(w);
			p->n->built -= !--node->tries;
			vec_push(p->n->a, &p->ready, node);
			continue;
		}
		p->busy++;
		tell(p, REPORT_BUILD, node, 0);
	}
	return 0;
}

/* Only what the machine failed at is tried again, once. */
static void
take_failure(struct pool *p, struct night_node *node, const struct night_fate *fate)
{
	if (fate->state == NIGHT_INFRA && node->tries < INFRA_TRIES) {
		vec_push(p->n->a, &p->ready, node);
		return;
	}
	node->fate = *fate;
	failed(p, node);
}

static struct night_fate
fate_full_disk(struct pool *p)
{
	return (struct night_fate){.state = NIGHT_FAILED,
				   .step = STR("build"),
				   .reason = STR("it filled the disk and was stopped"),
				   .detail = str_printf(p->n->a,
							"less than %d %% or 1 GiB of the disk was free",
							RESERVE_PERCENT)};
}

static int
take_answer(struct pool *p, struct worker *w, struct str line, struct err *e)
{
	struct work_result r;
	struct night_node *node = w->node;
	bool full = w->full;

	if (work_result_read(p->n->a, line, &r, e) < 0)
		return -1;
	if (!node || r.node != node->at)
		return err_set(e, ERR_BUG, "a worker answered what it was not asked");
	w->node = NULL;
	w->full = false;
	p->busy--;
	if (full)
		p->stopping = 0;
	if (r.ok) {
		node->output_id = r.output;
		node->fate = (struct night_fate){.state = NIGHT_OK};
		tell(p, REPORT_BUILT, node, r.ms);
		finish(p, node);
	} else if (full) {
		struct night_fate fate = fate_full_disk(p);

		take_failure(p, node, &fate);
	} else {
		take_failure(p, node, &r.fate);
	}
	return 0;
}

static void
worker_died(struct pool *p, struct worker *w)
{
	struct night_node *node = w->node;
	struct night_fate fate = {.state = NIGHT_INFRA,
				  .reason = STR("the process that built it was killed")};

	if (w->full) {
		fate = fate_full_disk(p);
		p->stopping = 0;
	}
	worker_end(w);
	if (!node)
		return;
	p->busy--;
	take_failure(p, node, &fate);
}

static int
hear(struct pool *p, struct worker *w, struct err *e)
{
	char piece[PIECE];
	ssize_t n = read(w->from, piece, sizeof(piece));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		worker_died(p, w);
		return 0;
	}
	buf_add(&w->answer, piece, (size_t)n);
	if (w->answer.s[w->answer.n - 1] != '\n')
		return 0;
	if (take_answer(p, w, buf_str(&w->answer), e) < 0)
		return -1;
	buf_cut(&w->answer, 0);
	return 0;
}

/* --- the disk --- */

static int
add_size(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	(void)path, (void)dirfd, (void)name, (void)e;
	*(uint64_t *)ctx += (uint64_t)st->st_blocks * 512;
	return 0;
}

/* Its scratch folder is the one whose lock names its process. */
static uint64_t
scratch_size(const struct root *root, pid_t pid)
{
	struct arena a = {0};
	struct fs_entries entries;
	struct err ignored;
	uint64_t size = 0;

	if (fs_list(&a, root->fd, "build", &entries, &ignored) < 0)
		entries.n = 0;
	for (size_t i = 0; i < entries.n; i++) {
		struct str name = str_of(entries.v[i].name), text;

		if (!str_ends(name, ".lock") ||
		    fs_read(&a, root->fd, arena_printf(&a, "build/%s", name.s), PIECE, &text, &ignored) < 0 ||
		    strtol(text.s, NULL, 10) != pid)
			continue;
		name.n -= sizeof(".lock") - 1;
		fs_walk(root->fd, arena_printf(&a, "build/" STR_FMT, STR_ARG(name)), add_size, &size,
			&ignored);
	}
	arena_free(&a);
	return size;
}

/* Before the disk is full for everybody, the build that takes most of it is stopped. */
static void
watch_disk(struct pool *p)
{
	struct worker *largest = NULL;
	uint64_t most = 0, reserve, size;
	struct statvfs fs;

	if (p->stopping) {
		for (size_t i = 0; i < p->count; i++)
			if (p->workers[i].full && time(NULL) > p->stopping + STOP_SECONDS)
				worker_stop(&p->workers[i], true);
		return;
	}
	if (!p->busy || fstatvfs(p->n->ap->root->fd, &fs) < 0)
		return;
	reserve = (uint64_t)fs.f_blocks * fs.f_frsize / 100 * RESERVE_PERCENT;
	if (reserve > RESERVE_MAX)
		reserve = RESERVE_MAX;
	if ((uint64_t)fs.f_bavail * fs.f_frsize >= reserve)
		return;
	for (size_t i = 0; i < p->count; i++) {
		if (!p->workers[i].node)
			continue;
		size = scratch_size(p->n->ap->root, p->workers[i].pid);
		if (size > most) {
			most = size;
			largest = &p->workers[i];
		}
	}
	if (!largest || most < reserve / CULPRIT_PARTS)
		return;
	largest->full = true;
	p->stopping = time(NULL);
	worker_stop(largest, false);
}

/* --- the night --- */

static int
wait_for_workers(struct pool *p, struct err *e)
{
	struct arena a = {0};
	struct pollfd *fds = arena_array(&a, struct pollfd, p->count);
	int rc = 0;

	for (size_t i = 0; i < p->count; i++)
		fds[i] = (struct pollfd){.fd = p->workers[i].pid ? p->workers[i].from : -1, .events = POLLIN};
	if (poll(fds, (nfds_t)p->count, TICK_MS) < 0 && errno != EINTR)
		rc = err_sys(e, "waiting for workers");
	for (size_t i = 0; rc == 0 && i < p->count; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			rc = hear(p, &p->workers[i], e);
	arena_free(&a);
	return rc;
}

static int
run(struct pool *p, struct err *e)
{
	begin(p);
	for (;;) {
		if (proc_interrupted)
			return err_set(e, ERR_INTERRUPTED, "interrupted");
		if (look_at_open(p, e) < 0)
			return -1;
		if (!p->ready.n && !p->busy)
			return 0;
		if (give_work(p, e) < 0)
			return -1;
		if (p->busy && wait_for_workers(p, e) < 0)
			return -1;
		watch_disk(p);
	}
}

int
night_build(struct night *n, struct err *e)
{
	struct pool p = {.n = n, .count = n->jobs};
	struct err flushing = {0};
	int rc, interrupted;

	p.workers = arena_array(n->a, struct worker, p.count);
	rc = run(&p, e);
	for (size_t i = 0; rc < 0 && i < p.count; i++)
		worker_stop(&p.workers[i], false);
	for (size_t i = 0; i < p.count; i++)
		worker_end(&p.workers[i]);
	/* What was built stays known, whatever happened; a second interruption ends this too. */
	interrupted = proc_interrupted;
	proc_interrupted = 0;
	if (build_cache_flush(&n->ap->builder, n->a, rc < 0 ? &flushing : e) < 0)
		return -1;
	if (interrupted)
		proc_interrupted = interrupted;
	night_settle(n);
	return rc;
}
