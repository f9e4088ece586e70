/* main.c - pkg-fetch: one request on stdin, answers on stdout, nothing else in or out. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "fetch/worker/worker.h"

enum { REQUEST_MAX = 256 * 1024 };

static const char *const error_ids[] = {
#define WORKER_TEXT(id, text, code) text,
	WORKER_ERRORS(WORKER_TEXT)
#undef WORKER_TEXT
};

static const struct {
	const char *name;
	worker_job *run;
} jobs[] = {
	{"download", download_job},
	{"unpack", unpack_job},
};

int
worker_fail(struct fail *f, enum worker_error id, const char *fmt, ...)
{
	va_list args;

	f->id = id;
	va_start(args, fmt);
	vsnprintf(f->msg, sizeof(f->msg), fmt, args);
	va_end(args);
	return -1;
}

int
worker_fail_sys(struct fail *f, enum worker_error id, const char *fmt, ...)
{
	int saved = errno;
	size_t used;
	va_list args;

	f->id = saved == ENOMEM ? WORKER_MEMORY : id;
	va_start(args, fmt);
	vsnprintf(f->msg, sizeof(f->msg), fmt, args);
	va_end(args);
	used = strlen(f->msg);
	snprintf(f->msg + used, sizeof(f->msg) - used, ": %s", strerror(saved));
	return -1;
}

static void
say(struct str line)
{
	struct err e = {0};

	fs_write_all(STDOUT_FILENO, line.s, line.n, &e);
}

void
worker_progress(uint64_t bytes)
{
	static time_t last;
	struct timespec now;
	char line[96];
	int n;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec == last)
		return;
	last = now.tv_sec;
	n = snprintf(line, sizeof(line), "{\"event\":\"progress\",\"bytes\":%llu}\n",
		     (unsigned long long)bytes);
	say((struct str){line, (size_t)n});
}

uint64_t
worker_number(const json_value *request, const char *key, uint64_t otherwise)
{
	int64_t n = json_int(request, key);

	return n > 0 ? (uint64_t)n : otherwise;
}

/* Nothing of the caller's environment counts: proxies come in the request. */
static void
set_environment(struct arena *a, const json_value *request)
{
	static const char *const proxies[] = {"http_proxy", "https_proxy", "no_proxy"};

	clearenv();
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < COUNT_OF(proxies); i++) {
		struct str value = json_str(request, proxies[i]);
		if (value.n)
			setenv(proxies[i], str_c(a, value), 1);
	}
	/* Names in archives are UTF-8 or bytes; without this, libarchive refuses what is not ASCII. */
	setlocale(LC_CTYPE, "C.UTF-8");
}

static int
answer(struct arena *a, const json_value *request, struct json *done, struct fail *f)
{
	struct str job = json_str(request, "job");

	set_environment(a, request);
	for (size_t i = 0; i < COUNT_OF(jobs); i++)
		if (str_is(job, jobs[i].name))
			return jobs[i].run(a, request, done, f);
	return worker_fail(f, WORKER_REQUEST, "no such job: '" STR_FMT "'", STR_ARG(job));
}

static struct json
event(struct arena *a, const char *name)
{
	struct json j = json_new(a);

	j.compact = true;
	json_object(&j);
	json_key_c(&j, "event", name);
	return j;
}

int
main(void)
{
	struct arena a = {0};
	struct fail f = {0};
	struct err e = {0};
	struct str text = {0};
	struct json j = event(&a, "done");
	json_value *request = NULL;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	umask(022);
	if (fs_read_fd(&a, STDIN_FILENO, REQUEST_MAX, &text, &e) == 0)
		request = json_parse(str_trim(text), "request", &e);
	if (request)
		rc = answer(&a, request, &j, &f);
	else
		rc = worker_fail(&f, WORKER_REQUEST, "%s", e.msg);
	if (rc < 0) {
		j = event(&a, "error");
		json_key_c(&j, "id", error_ids[f.id]);
		json_key_c(&j, "message", f.msg);
	}
	json_end(&j);
	say(json_done(&j));
	json_free(request);
	arena_free(&a);
	return rc < 0;
}
