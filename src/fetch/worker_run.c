#include "fetch/worker_run.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/debug.h"
#include "base/json.h"
#include "base/path.h"
#include "base/proc.h"
#include "fetch/backend.h"
#include "fetch/worker/answer.h"

enum {
	DOWNLOAD_SECONDS = 3 * 60 * 60, /* the worker's own limits are narrower: these are for its death */
	UNPACK_SECONDS = 15 * 60,
	CAPTURE = 4 << 20,
	SIGNALLED = 128,
};

struct job {
	const char *name, *url, *archive, *out;
	unsigned timeout;
	bool network;
	struct worker_seen *seen; /* of a download that is asked with what was seen before; or NULL */
};

static const struct {
	const char *id;
	enum err_code code;
} answers[] = {
#define WORKER_ROW(name, text, value) {text, value},
	WORKER_ERRORS(WORKER_ROW)
#undef WORKER_ROW
};

static struct str
request_text(const struct fetch *f, struct arena *a, const struct job *job, bool outer)
{
	struct json j = json_new(a);

	j.compact = true;
	json_object(&j);
	json_key_c(&j, "job", job->name);
	json_key_c(&j, "url", job->url);
	json_key_c(&j, "archive", job->archive);
	json_key_c(&j, "out", job->out);
	json_key_int(&j, "max_bytes", (int64_t)FETCH_MAX_BYTES);
	json_key_int(&j, "max_entries", FETCH_MAX_ENTRIES);
	json_key_int(&j, "max_depth", FETCH_MAX_DEPTH);
	json_key_int(&j, "max_name", FETCH_MAX_NAME);
	if (job->network) {
		json_key_str(&j, "http_proxy", f->http_proxy);
		json_key_str(&j, "https_proxy", f->https_proxy);
		json_key_str(&j, "no_proxy", f->no_proxy);
		json_key_str(&j, "ca_file", f->ca_file);
	}
	if (job->seen) {
		json_key_str(&j, "etag", job->seen->etag);
		json_key_str(&j, "modified", job->seen->modified);
	}
	json_key_bool(&j, "outer", outer);
	json_end(&j);
	return json_done(&j);
}

static struct str
last_line(struct str text)
{
	ptrdiff_t at;

	text = str_trim(text);
	at = str_rchr(text, '\n');
	return at < 0 ? text : str_sub(text, (size_t)at + 1, text.n);
}

/* It died instead of answering. */
static int
no_answer(struct arena *a, const struct proc_result *r, struct err *e)
{
	if (r->timed_out)
		return err_set(e, ERR_FETCH, "it took too long");
	if (r->status == SIGNALLED + SIGXCPU)
		return err_set(e, ERR_FETCH, "it took more processor time than is allowed");
	if (r->status == SIGNALLED + SIGKILL)
		return err_set(e, ERR_SYSTEM, "pkg-fetch was killed; the machine may be out of memory");
	if (r->status > SIGNALLED)
		return err_set(e, ERR_FETCH, "it made pkg-fetch crash (signal %d)", r->status - SIGNALLED);
	return err_set(e, ERR_SYSTEM, "pkg-fetch gave no answer (status %d): %s", r->status,
		       str_c(a, last_line(r->err_text)));
}

static int
failed(struct arena *a, const json_value *answer, struct err *e)
{
	struct str id = json_str(answer, "id"), message = json_str(answer, "message");

	for (size_t i = 0; i < COUNT_OF(answers); i++)
		if (str_is(id, answers[i].id))
			return err_set(e, answers[i].code, "%s", str_c(a, message));
	return err_set(e, ERR_BUG, "pkg-fetch answered with an unknown error");
}

static int
read_answer(struct arena *a, const struct proc_result *r, struct worker_seen *seen, struct err *e)
{
	json_value *answer;
	struct err bad = {0};
	int rc = 0;

	answer = json_parse(last_line(r->out), "answer of pkg-fetch", &bad);
	if (str_is(json_str(answer, "event"), "error"))
		rc = failed(a, answer, e);
	else if (!str_is(json_str(answer, "event"), "done") || r->status != 0)
		rc = no_answer(a, r, e);
	else if (seen)
		*seen = (struct worker_seen){.etag = str_dup(a, json_str(answer, "etag")),
					     .modified = str_dup(a, json_str(answer, "modified")),
					     .same = json_bool(answer, "not_modified")};
	if (answer)
		json_free(answer);
	return rc;
}

static int
run(const struct fetch *f, struct arena *a, const struct job *job, const char *const *argv, bool outer,
    struct proc_result *r, struct err *e)
{
	const struct proc p = {
		.argv = argv,
		.what = "pkg-fetch",
		.input = request_text(f, a, job, outer),
		.out = PROC_CAPTURE,
		.err = PROC_CAPTURE,
		.timeout = job->timeout,
		.capture_max = CAPTURE,
	};

	debug(DEBUG_FETCH, "%s: %s to %s", argv[0], job->name, job->out);
	if (proc_run(a, &p, r, e) < 0) {
		if (e->code == ERR_NOTFOUND && !outer)
			return err_set(e, ERR_SYSTEM, "the worker '%s' is missing", f->worker);
		return -1;
	}
	debug(DEBUG_FETCH, "pkg-fetch: " STR_FMT, STR_ARG(last_line(r->out)));
	return 0;
}

struct words {
	const char **v;
	size_t n, room;
};

static void
add(struct arena *a, struct words *w, const char *what, const char *from)
{
	vec_push(a, w, what);
	if (!from)
		return;
	vec_push(a, w, from);
	vec_push(a, w, from);
}

/* The walls of the worker, made from outside. */
static const char *const *
bwrap_argv(const struct fetch *f, struct arena *a, const struct job *job, const char *worker)
{
	static const char *const system[] = {"/lib", "/lib32", "/lib64", "/etc/ld.so.cache"};
	static const char *const network[] = {"/etc", "/run/systemd/resolve"};
	static const char *const first[] = {"bwrap",         "--unshare-all", "--die-with-parent",
					    "--new-session", "--cap-drop",    "ALL",
					    "--clearenv",    "--dev",         "/dev"};
	const char *out_dir = str_c(a, path_dir(str_of(job->out)));
	struct words w = {0};

	for (size_t i = 0; i < COUNT_OF(first); i++)
		vec_push(a, &w, first[i]);
	add(a, &w, "--ro-bind", "/usr");
	for (size_t i = 0; i < COUNT_OF(system); i++)
		add(a, &w, "--ro-bind-try", system[i]);
	if (job->network) {
		vec_push(a, &w, "--share-net");
		for (size_t i = 0; i < COUNT_OF(network); i++)
			add(a, &w, "--ro-bind-try", network[i]);
		if (f->ca_file.n)
			add(a, &w, "--ro-bind-try", str_c(a, f->ca_file));
	}
	add(a, &w, "--ro-bind", str_c(a, path_dir(str_of(worker))));
	add(a, &w, "--bind", job->archive ? job->out : out_dir);
	if (job->archive)
		add(a, &w, "--ro-bind", job->archive);
	vec_push(a, &w, worker);
	vec_push(a, &w, NULL);
	return w.v;
}

static int
run_in_bwrap(const struct fetch *f, struct arena *a, const struct job *job, struct err *e)
{
	char worker[PATH_MAX];
	struct proc_result r;

	if (!realpath(f->worker, worker))
		return err_sys(e, "%s", f->worker);
	if (run(f, a, job, bwrap_argv(f, a, job, worker), true, &r, e) < 0) {
		if (e->code != ERR_NOTFOUND)
			return -1;
		err_set(e, ERR_SANDBOX,
			"this machine has neither Landlock nor bubblewrap to confine pkg-fetch");
		return err_hint(e, "install bubblewrap");
	}
	if (r.status != 0 && !r.out.n && str_starts(r.err_text, "bwrap:"))
		return err_set(e, ERR_SANDBOX,
			       "without Landlock pkg-fetch needs bubblewrap, which failed: %s",
			       str_c(a, str_trim(r.err_text)));
	return read_answer(a, &r, job->seen, e);
}

static int
ask(const struct fetch *f, struct arena *a, const struct job *job, struct err *e)
{
	const char *argv[] = {f->worker, NULL};
	struct proc_result r;

	if (run(f, a, job, argv, false, &r, e) < 0)
		return -1;
	if (read_answer(a, &r, job->seen, e) == 0)
		return 0;
	return e->code == ERR_SANDBOX ? run_in_bwrap(f, a, job, e) : -1;
}

int
worker_download(const struct fetch *f, struct arena *a, const char *url, const char *out,
		struct worker_seen *seen, struct err *e)
{
	const struct job job = {.name = "download",
				.url = url,
				.out = out,
				.timeout = DOWNLOAD_SECONDS,
				.network = true,
				.seen = seen};

	return ask(f, a, &job, e);
}

int
worker_unpack(const struct fetch *f, struct arena *a, const char *archive, const char *out, struct err *e)
{
	const struct job job = {.name = "unpack", .archive = archive, .out = out, .timeout = UNPACK_SECONDS};

	return ask(f, a, &job, e);
}
