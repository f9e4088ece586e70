/* apt.c - apt:SOURCE/FILE, an archive of a Debian source package by its name.
 *
 * The pool of a mirror is shared by all suites, so the file is asked for directly; only when no mirror
 * has it where it should be, a private index is consulted. What comes is held by the sha256 of the
 * definition, so the mirror need not be trusted.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"
#include "fetch/apt.h"

enum { APT_SECONDS = 20 * 60, APT_SILENCE = 10 * 60, APT_OUTPUT = 32 << 20 };
static const char helper[] = "/usr/lib/apt/apt-helper";

static bool
holds_only(struct str s, const char *allowed)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(allowed, s.s[i]) || !s.s[i])
			return false;
	return s.n > 0 && s.s[0] != '-' && s.s[0] != '.';
}

struct str
apt_pool_folder(struct arena *a, const struct apt_site *site, struct str source)
{
	bool security = str_ends(site->uri, "-security") || str_ends(site->uri, "security.debian.org");
	struct str prefix = str_sub(source, 0, str_starts(source, "lib") && source.n > 3 ? 4 : 1);

	return str_printf(a, "pool/%s" STR_FMT "/" STR_FMT "/" STR_FMT, security ? "updates/" : "",
			  STR_ARG(site->component), STR_ARG(prefix), STR_ARG(source));
}

static int
limit_file(void *ctx)
{
	const struct rlimit r = {.rlim_cur = FETCH_MAX_BYTES, .rlim_max = FETCH_MAX_BYTES};

	(void)ctx;
	return setrlimit(RLIMIT_FSIZE, &r);
}

static const char *const *
environment(const struct fetch *f, struct arena *a, const char *dir)
{
	const char **env = arena_array(a, const char *, 8);
	const struct {
		const char *name;
		struct str value;
	} given[] = {
		{"http_proxy", f->http_proxy}, {"https_proxy", f->https_proxy}, {"no_proxy", f->no_proxy}};
	size_t n = 0;

	env[n++] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	env[n++] = "LC_ALL=C";
	env[n++] = arena_printf(a, "HOME=%s", dir);
	for (size_t i = 0; i < COUNT_OF(given); i++)
		if (given[i].value.n)
			env[n++] = arena_printf(a, "%s=" STR_FMT, given[i].name, STR_ARG(given[i].value));
	return env;
}

/* The last line that apt marks as an error, or the last at all. */
static struct str
last_words(struct str text)
{
	struct str line, found = {0};
	bool marked = false;

	while (str_cut(&text, '\n', &line)) {
		bool is_error = str_starts(line, "E: ");

		if (!str_trim(line).n || (marked && !is_error))
			continue;
		marked = is_error;
		found = is_error ? str_sub(line, 3, line.n) : line;
	}
	return str_trim(found);
}

int
apt_run(const struct fetch *f, struct arena *a, const char *dir, const char *program,
	const char *const *words, struct str *out, struct err *e)
{
	const char *own[] = {
		arena_printf(a, "Dir::Cache=%s/cache", dir),
		arena_printf(a, "Dir::Log=%s", dir),
		"Acquire::Retries=1",
		"Acquire::http::Timeout=15",
		"Acquire::https::Timeout=15",
		"Acquire::Languages=none",
	};
	VEC(const char *) argv = {0};
	struct proc p = {.env = environment(f, a, dir),
			 .out = PROC_CAPTURE,
			 .err = PROC_CAPTURE,
			 .timeout = APT_SECONDS,
			 .silence = APT_SILENCE,
			 .capture_max = APT_OUTPUT,
			 .in_child = limit_file};
	struct proc_result r;

	vec_push(a, &argv, program);
	for (size_t i = 0; i < COUNT_OF(own); i++) {
		vec_push(a, &argv, "-o");
		vec_push(a, &argv, own[i]);
	}
	for (; *words; words++)
		vec_push(a, &argv, *words);
	vec_push(a, &argv, NULL);
	p.argv = argv.v;
	if (proc_run(a, &p, &r, e) < 0) {
		if (e->code != ERR_NOTFOUND)
			return -1;
		err_set(e, ERR_FETCH, "apt: sources need %s, which is not on this machine", program);
		return err_hint(e, "give the definition a mirror with the upstream address");
	}
	if (r.timed_out)
		return err_set(e, ERR_FETCH, "%s took too long", program);
	if (r.status != 0)
		return err_set(e, ERR_FETCH, "%s", str_c(a, last_words(r.err_text)));
	*out = r.out;
	return 0;
}

struct want {
	const struct fetch *f;
	struct arena *a;
	struct fetch_get *g;
	struct str source, file, sha256;
	struct opam_strings tried; /* addresses */
	size_t room;
};

static bool
was_tried(const struct want *w, struct str url)
{
	for (size_t i = 0; i < w->tried.n; i++)
		if (str_eq(w->tried.v[i], url))
			return true;
	return false;
}

/* 0: it came; -1: *e is for the user (a note of what was tried) or, when final, for everybody. */
static int
try_folder(struct want *w, const struct apt_site *site, struct str folder, struct err *e)
{
	struct str url = str_printf(w->a, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(site->uri),
				    STR_ARG(folder), STR_ARG(w->file));
	const char *words[] = {
		"-o",
		arena_printf(w->a, "Dir::State=%s/state", w->g->dir),
		"download-file",
		url.s,
		w->g->file,
		arena_printf(w->a, "SHA256:" STR_FMT, STR_ARG(w->sha256)),
		NULL,
	};
	struct err why = {0};
	struct str out;

	if (was_tried(w, url))
		return -1;
	if (w->tried.n == w->room)
		w->tried.v = vec_grow(w->a, w->tried.v, w->tried.n, &w->room, sizeof(*w->tried.v));
	w->tried.v[w->tried.n++] = url;
	if (apt_run(w->f, w->a, w->g->dir, helper, words, &out, &why) == 0) {
		w->g->from = url;
		return 0;
	}
	if (fs_remove(AT_FDCWD, w->g->file, e) < 0)
		return -1;
	if (why.code != ERR_FETCH || *why.hint) {
		*e = why;
		return -1;
	}
	return err_note(e, STR_FMT ": %s", STR_ARG(url), why.msg);
}

/* Whether *e, which began as ERR_FETCH without a hint, became something that ends the search. */
static bool
is_over(const struct err *e)
{
	return e->code != ERR_FETCH || *e->hint;
}

static int
try_sites(struct want *w, const struct apt_sites *sites, struct err *e)
{
	struct opam_strings folders = {0};
	struct err why = {0};

	for (size_t i = 0; i < sites->n; i++) {
		if (try_folder(w, &sites->v[i], apt_pool_folder(w->a, &sites->v[i], w->source), e) == 0)
			return 0;
		if (is_over(e))
			return -1;
	}
	if (apt_index(w->f, w->a, w->g->dir, sites, w->source, w->file, w->sha256, &folders, &why) < 0) {
		if (why.code != ERR_FETCH)
			*e = why;
		return err_note(e, "index of sources: %s", why.msg);
	}
	if (!folders.n)
		return err_note(e, "index of sources: no such file with this sha256");
	for (size_t i = 0; i < sites->n * folders.n; i++) {
		if (try_folder(w, &sites->v[i / folders.n], folders.v[i % folders.n], e) == 0)
			return 0;
		if (is_over(e))
			return -1;
	}
	return -1;
}

static int
read_want(struct want *w, struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._~";
	const struct opam_source *source = w->g->source;

	w->file = w->g->url->path;
	if (!str_cut(&w->file, '/', &w->source) || !holds_only(w->source, letters) ||
	    !holds_only(w->file, letters))
		return err_set(e, ERR_FETCH,
			       "it must be apt:SOURCE/FILE, names of a Debian source package and its file");
	for (size_t i = 0; i < source->checksum_count; i++)
		if (source->checksums[i].hash == HASH_SHA256)
			w->sha256 = source->checksums[i].hex;
	if (!w->sha256.n)
		return err_set(e, ERR_FETCH, "an apt: source needs a sha256 checksum");
	return 0;
}

int
apt_get(const struct fetch *f, struct arena *a, struct fetch_get *g, struct err *e)
{
	struct want w = {.f = f, .a = a, .g = g};
	struct apt_sites sites = {0};

	if (read_want(&w, e) < 0)
		return -1;
	if (f->offline)
		return err_set(e, ERR_OFFLINE, "it is not in the store, and pkg is offline");
	if (apt_sites(f, a, g->dir, &sites, e) < 0)
		return -1;
	if (!sites.n)
		return err_set(e, ERR_FETCH, "apt has no mirrors configured on this machine");
	err_set(e, ERR_FETCH, "no mirror of this machine's apt has it");
	return try_sites(&w, &sites, e);
}
