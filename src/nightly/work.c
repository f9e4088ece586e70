#include "nightly/work.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/debug.h"
#include "base/gz.h"
#include "base/json.h"
#include "base/proc.h"
#include "base/term.h"

enum {
	LINE_MAX_BYTES = 64 << 20,
	LOG_BYTES = 256 << 20,
	ERROR_LINES = 6,
	ERROR_WIDTH = 300,
	COMMAND_WIDTH = 60,
	REAP_TRIES = 200
};

/* --- in the worker --- */

static enum night_state
state_of(const struct err *e, const struct build_failure *f)
{
	if (f->timed_out)
		return NIGHT_TIMEOUT;
	switch (e->code) {
	case ERR_BUILD:
	case ERR_TEST:
	case ERR_PARSE:
	case ERR_DEPEXT:
		return NIGHT_FAILED;
	case ERR_FETCH:
	case ERR_OFFLINE:
		return NIGHT_FETCH;
	default:
		return NIGHT_INFRA;
	}
}

/* In one line; what a failed command said comes from its log. */
static struct str
reason_of(struct arena *a, const struct err *e, const struct build_failure *f)
{
	struct str rest = str_of(e->msg), line = STR(""), command = str_sub(f->command, 0, COMMAND_WIDTH);
	const char *more = command.n < f->command.n ? "..." : "";

	if (f->step && f->timed_out)
		return str_printf(a, "%s took too long or was silent too long: " STR_FMT "%s", f->step,
				  STR_ARG(command), more);
	if (f->step && f->status > 128)
		return str_printf(a, "%s failed by signal %d (%s): " STR_FMT "%s", f->step, f->status - 128,
				  strsignal(f->status - 128), STR_ARG(command), more);
	if (f->step)
		return str_printf(a, "%s failed with status %d: " STR_FMT "%s", f->step, f->status,
				  STR_ARG(command), more);
	str_cut(&rest, '\n', &line);
	return str_dup(a, line);
}

static void
put_failure(struct night *n, struct arena *a, struct json *j, struct str key, const struct err *e,
	    const struct build_failure *f)
{
	enum night_state state = state_of(e, f);
	struct str log, detail = str_of(e->note);
	struct err ignored;

	if (f->step && gz_read(a, n->ap->root->fd, arena_printf(a, "log/" STR_FMT ".gz", STR_ARG(key)),
			       LOG_BYTES, &log, &ignored) == 0)
		detail = log_errors(a, log, ERROR_LINES);
	json_key_c(j, "state", night_state_text(state));
	json_key_str(j, "reason", term_safe(a, reason_of(a, e, f), false));
	json_key_str(j, "detail", term_safe(a, detail, true));
	if (!f->step)
		return;
	json_key_c(j, "step", f->step);
	json_key_str(j, "command", term_safe(a, f->command, false));
	json_key_int(j, "status", f->status);
}

static void
take_outputs(struct night *n, const json_value *request)
{
	for (const json_value *v = json_first(json_get(request, "view")); v; v = json_next(v)) {
		size_t at = (size_t)json_int(v, "node");

		if (at < n->nodes.n)
			oid_of(json_str(v, "output"), &n->nodes.v[at]->output_id);
	}
}

static struct str
work(struct night *n, struct arena *a, const json_value *request)
{
	struct night_node *node = n->nodes.v[json_int(request, "node")];
	struct build_failure failure = {0};
	struct build_options options = {.failure = &failure};
	struct build_ids ids = {node->input_id, json_dup(a, request, "key")};
	struct build_result built = {0};
	struct build_job job;
	struct json j = json_new(a);
	struct err e = {0};
	int rc;

	take_outputs(n, request);
	rc = night_job(n->ap->root->store, n, node, &job, &e);
	if (rc == 0)
		rc = build_package(&n->ap->builder, a, &job, &ids, &options, &built, &e);
	if (rc == 0 && json_bool(request, "save"))
		rc = build_cache_save(&n->ap->builder, a, &e);
	/* A stopped build is not the end of its worker. */
	proc_interrupted = 0;
	json_object(&j);
	j.compact = true;
	json_key_int(&j, "node", (int64_t)node->at);
	json_key_bool(&j, "ok", rc == 0);
	if (rc < 0)
		put_failure(n, a, &j, ids.key, &e, &failure);
	else
		json_key_c(&j, "output", built.output.id.hex);
	json_key_int(&j, "ms", built.ms);
	json_end(&j);
	return json_done(&j);
}

/* One line; false at the end. */
static bool
read_line(int fd, struct buf *b)
{
	char piece[4096];
	ssize_t n;

	while (!b->n || b->s[b->n - 1] != '\n') {
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || b->n > LINE_MAX_BYTES)
			return false;
		buf_add(b, piece, (size_t)n);
	}
	return true;
}

/* Builds die before pkg does when memory runs out. */
static void
offer_to_die(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Where it is refused there is nothing else to do. */
	if (write(fd, "500", 3) != 3)
		debug(DEBUG_BUILD, "oom_score_adj: %s", strerror(errno));
	close(fd);
}

/* The rooms' first processes outlive bubblewrap by a moment and come to the worker: their time counts
 * as its own once it has reaped them. */
static void
reap(bool all)
{
	const struct timespec pause = {.tv_nsec = 10L * 1000 * 1000};
	pid_t pid;

	for (int tries = 0; tries < REAP_TRIES; tries += pid == 0) {
		pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 || (pid == 0 && !all))
			return;
		if (pid == 0)
			nanosleep(&pause, NULL);
	}
}

static _Noreturn void
worker_main(struct night *n, int from, int to)
{
	static const struct report silent = {0};
	struct root root = *n->ap->root;
	struct err e = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getppid() == 1)
		_exit(1);
	offer_to_die();
	root.report = &silent;
	root.store = store_open(store_dir(n->ap->root->store), false, &e);
	if (!root.store)
		_exit(1);
	n->ap->root = &root;
	n->ap->report = &silent;
	n->ap->builder.root = &root;
	n->ap->builder.report = &silent;
	n->ap->fetch.store = root.store;
	for (;;) {
		struct arena a = {0};
		struct buf line = buf_new(&a);
		json_value *request;
		struct str answer;

		if (!read_line(from, &line))
			break;
		request = json_parse(buf_str(&line), "a request", &e);
		if (!request)
			_exit(1);
		answer = work(n, &a, request);
		json_free(request);
		reap(false);
		if (fs_write_all(to, answer.s, answer.n, &e) < 0)
			break;
		arena_free(&a);
	}
	/* What was built is kept also when the night is interrupted. */
	proc_interrupted = 0;
	reap(true);
	_exit(build_cache_save(&n->ap->builder, n->a, &e) < 0);
}

/* --- in the scheduler --- */

int
worker_start(struct night *n, struct worker *w, const struct worker *all, size_t count, struct err *e)
{
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) < 0)
		return err_sys(e, "making a pipe");
	if (pipe2(from, O_CLOEXEC) < 0) {
		close(to[0]);
		close(to[1]);
		return err_sys(e, "making a pipe");
	}
	pid = fork();
	if (pid == 0) {
		/* The pipes of the others: as long as one copy is open they see no end. */
		for (size_t i = 0; i < count; i++)
			if (all[i].pid) {
				close(all[i].to);
				close(all[i].from);
			}
		close(to[1]);
		close(from[0]);
		worker_main(n, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	if (pid < 0) {
		close(to[1]);
		close(from[0]);
		return err_sys(e, "starting a worker");
	}
	*w = (struct worker){.pid = pid, .to = to[1], .from = from[0], .answer = buf_new(n->a)};
	return 0;
}

int
worker_give(struct worker *w, struct night_node *node, bool save, struct err *e)
{
	struct arena a = {0};
	struct json j = json_new(&a);
	struct str line;
	int rc;

	json_object(&j);
	j.compact = true;
	json_key_int(&j, "node", (int64_t)node->at);
	json_key_str(&j, "key", node->key);
	json_key_bool(&j, "save", save);
	json_key_array(&j, "view");
	for (size_t i = 0; i < node->need_count; i++) {
		json_object(&j);
		json_key_int(&j, "node", (int64_t)node->needs[i]->at);
		json_key_c(&j, "output", node->needs[i]->output_id.hex);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	line = json_done(&j);
	rc = fs_write_all(w->to, line.s, line.n, e);
	arena_free(&a);
	if (rc == 0)
		w->node = node;
	return rc;
}

void
worker_end(struct worker *w)
{
	if (!w->pid)
		return;
	close(w->to);
	close(w->from);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*w = (struct worker){0};
}

void
worker_stop(struct worker *w, bool force)
{
	if (w->pid)
		kill(w->pid, force ? SIGKILL : SIGTERM);
}

int
work_result_read(struct arena *a, struct str line, struct work_result *out, struct err *e)
{
	json_value *doc = json_parse(line, "the answer of a worker", e);
	int rc = 0;

	*out = (struct work_result){0};
	if (!doc)
		return -1;
	out->node = (size_t)json_int(doc, "node");
	out->ok = json_bool(doc, "ok");
	out->ms = (long)json_int(doc, "ms");
	if (out->ok && !oid_of(json_str(doc, "output"), &out->output))
		rc = err_set(e, ERR_BUG, "a worker names no output");
	if (!out->ok) {
		if (!night_state_of(json_str(doc, "state"), &out->fate.state))
			out->fate.state = NIGHT_INFRA;
		out->fate.reason = json_dup(a, doc, "reason");
		out->fate.detail = json_dup(a, doc, "detail");
		out->fate.step = json_dup(a, doc, "step");
		out->fate.command = json_dup(a, doc, "command");
		out->fate.status = (int)json_int(doc, "status");
	}
	json_free(doc);
	return rc;
}

/* --- what a log says --- */

static bool
looks_bad(struct arena *a, struct str line)
{
	static const char *const words[] = {
		"error",         "fatal",     "undefined reference", "no such file",
		"not found",     "cannot ",   "permission denied",   "failed",
		"no space left", "assertion", "segmentation",        "killed"};
	char *low = str_c(a, line);

	for (char *c = low; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strstr(low, words[i]))
			return true;
	return false;
}

/* What the last command said: from behind its "+ command" to before its "- status". */
static struct str
last_step(struct str log)
{
	size_t from = 0, to = log.n;

	for (size_t i = 0; i + 1 < log.n; i++) {
		bool start = i == 0 || log.s[i - 1] == '\n';

		if (start && log.s[i] == '+' && log.s[i + 1] == ' ')
			from = i;
		if (start && log.s[i] == '-' && log.s[i + 1] == ' ')
			to = i;
	}
	log = to > from ? str_sub(log, from, to - from) : str_sub(log, from, log.n);
	from = (size_t)(str_chr(log, '\n') + 1);
	return str_trim(str_sub(log, from, log.n));
}

struct str
log_errors(struct arena *a, struct str log, size_t max)
{
	struct arena tmp = {0};
	struct str text = last_step(log), rest = text, line;
	struct buf b = buf_new(a);
	size_t found = 0, from;

	while (found < max && str_cut(&rest, '\n', &line))
		if (looks_bad(&tmp, str_sub(line, 0, ERROR_WIDTH))) {
			buf_printf(&b, "%s" STR_FMT, b.n ? "\n" : "", STR_ARG(str_sub(line, 0, ERROR_WIDTH)));
			found++;
		}
	arena_free(&tmp);
	if (found)
		return buf_str(&b);
	for (from = text.n, found = 0; from > 0 && text.n - from < ERROR_WIDTH * max; from--)
		if (text.s[from - 1] == '\n' && ++found == max)
			break;
	return str_dup(a, str_sub(text, from, text.n));
}
