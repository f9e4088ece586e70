/* fetch.c - the table of schemes, and what is the same for all of them. */
#include "fetch/fetch.h"

#include <string.h>
#include <time.h>

#include "base/path.h"
#include "fetch/backend.h"

static const char *const class_texts[] = {
#define SOURCE_TEXT(id, text, meaning) text,
	SOURCE_CLASSES(SOURCE_TEXT)
#undef SOURCE_TEXT
};

/* The one table: what an address may begin with, and who serves it. The first row that fits counts. */
static const struct fetch_scheme schemes[] = {
	{"git+https", URL_GIT, "https", git_tree, NULL},
	{"git+http", URL_GIT, "http", git_tree, NULL},
	{"git+ssh", URL_GIT, "ssh", git_tree, NULL},
	{"git+file", URL_GIT, "file", git_tree, NULL},
	{"git+path", URL_GIT, "path", git_tree, NULL},
	{"git", URL_GIT, "git", git_tree, NULL},
	{"https", URL_HTTP, "https", archive_tree, http_get},
	{"http", URL_HTTP, "http", archive_tree, http_get},
	{"file", URL_PATH, "file", path_tree, path_get},
	{"path", URL_PATH, "path", path_tree, path_get},
	{"repo", URL_REPO, NULL, repo_tree, NULL},
	{"apt", URL_APT, NULL, archive_tree, apt_get},
	{"hg", URL_HG, NULL, NULL, NULL},
	{"darcs", URL_DARCS, NULL, NULL, NULL},
};

/* The id of the empty tree in Git's SHA-256 object format. */
static const char empty_tree_sha256[] = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

const char *
source_class_text(enum source_class c)
{
	return (size_t)c < COUNT_OF(class_texts) ? class_texts[c] : "?";
}

bool
source_class_of(struct str text, enum source_class *out)
{
	for (size_t i = 0; i < COUNT_OF(class_texts); i++) {
		if (!str_is(text, class_texts[i]))
			continue;
		*out = (enum source_class)i;
		return true;
	}
	return false;
}

const struct fetch_scheme *
fetch_scheme(const struct opam_url *url, struct err *e)
{
	const char *name = NULL;

	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		const struct fetch_scheme *s = &schemes[i];

		if (s->backend != url->backend || (s->transport && !str_is(url->transport, s->transport)))
			continue;
		if (s->tree)
			return s;
		name = s->name;
	}
	if (name)
		err_set(e, ERR_FETCH, "sources of %s are not supported: " STR_FMT, name, STR_ARG(url->path));
	else
		err_set(e, ERR_FETCH, "the scheme '" STR_FMT "' is not supported: " STR_FMT,
			STR_ARG(url->transport), STR_ARG(url->path));
	return NULL;
}

struct str
fetch_shown(struct arena *a, const struct opam_url *url)
{
	ptrdiff_t slash = str_chr(url->path, '/'), at;
	struct str host = slash < 0 ? url->path : str_sub(url->path, 0, (size_t)slash);
	const char *path;

	at = str_rchr(host, '@');
	path = at < 0 ? NULL : memmem(url->text.s, url->text.n, url->path.s, url->path.n);
	if (!path || !str_starts(url->transport, "http"))
		return url->text;
	return str_printf(a, STR_FMT STR_FMT, (int)(path - url->text.s), url->text.s,
			  (int)(url->text.n - (size_t)(path - url->text.s) - (size_t)at - 1), path + at + 1);
}

/* Whether another address may do better. */
static bool
is_final(enum err_code code)
{
	return code != ERR_FETCH && code != ERR_OFFLINE && code != ERR_NOTFOUND && code != ERR_PARSE;
}

struct tries {
	struct str *v; /* "ADDRESS: what went wrong" */
	size_t n, room;
};

static void
note_try(struct arena *a, struct tries *t, const struct opam_url *url, const struct err *e)
{
	struct str notes = str_of(e->note), line;

	vec_push(a, t, str_printf(a, STR_FMT ": %s", STR_ARG(fetch_shown(a, url)), e->msg));
	while (str_cut(&notes, '\n', &line))
		vec_push(a, t, str_printf(a, "  " STR_FMT, STR_ARG(line)));
}

static int
all_failed(const struct fetch *f, struct arena *a, struct str package, const struct tries *t, size_t mirrors,
	   struct err *e)
{
	const char *hint = arena_strdup(a, e->hint);
	enum err_code code = f->offline && e->code == ERR_OFFLINE ? ERR_OFFLINE : ERR_FETCH;

	if (mirrors)
		err_set(e, code, STR_FMT ": none of %zu addresses gave the source", STR_ARG(package),
			mirrors + 1);
	else
		err_set(e, code, STR_FMT, STR_ARG(t->v[0]));
	for (size_t i = mirrors ? 0 : 1; i < t->n; i++)
		err_note(e, STR_FMT, STR_ARG(t->v[i]));
	if (*hint)
		err_hint(e, "%s", hint);
	return -1;
}

int
fetch_each(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	   fetch_attempt *attempt, void *ctx, struct err *e)
{
	size_t mirrors = source->mirror_count;
	struct tries tries = {0};

	for (size_t i = 0; i <= mirrors; i++) {
		const struct opam_url *url = i ? &source->mirrors[i - 1] : &source->src;

		if (attempt(ctx, url, e) == 0)
			return 0;
		if (is_final(e->code))
			return err_note(e, "while fetching " STR_FMT, STR_ARG(fetch_shown(a, url)));
		note_try(a, &tries, url, e);
		if (i < mirrors)
			report_text(f->report, REPORT_WARN, package, STR_FMT ": %s; trying the next address",
				    STR_ARG(fetch_shown(a, url)), e->msg);
	}
	return all_failed(f, a, package, &tries, mirrors, e);
}

struct chain {
	struct oid *v;
	size_t n, room;
};

int
fetch_descend(const struct fetch *f, struct arena *a, struct str path, struct fetched *out, struct err *e)
{
	struct chain chain = {out->tree_chain, out->tree_chain_count, out->tree_chain_count};
	struct str rest = path, name;

	while (str_cut(&rest, '/', &name)) {
		struct store_entry entry = {0};
		struct err missing = {0};

		if (store_tree_find(f->store, a, &out->tree, str_c(a, name), &entry, &missing) < 0 &&
		    missing.code != ERR_NOTFOUND) {
			*e = missing;
			return -1;
		}
		if (entry.mode != MODE_DIR)
			return err_set(e, ERR_FETCH, "there is no folder '" STR_FMT "' in it", STR_ARG(path));
		vec_push(a, &chain, out->tree);
		out->tree = entry.id;
	}
	out->tree_chain = chain.v;
	out->tree_chain_count = chain.n;
	return 0;
}

/* The source is a folder of what was fetched. */
static int
enter_subpath(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	      struct err *e)
{
	struct str path, written = r->source->subpath;
	size_t n = 0;

	if (!written.n)
		return 0;
	if (!path_normalise(a, written, &path) || !path_is_plain(path))
		return err_set(e, ERR_FETCH, "the subpath '" STR_FMT "' leads nowhere inside",
			       STR_ARG(written));
	if (fetch_descend(f, a, path, out, e) < 0)
		return -1;
	out->subpath = str_dup(a, path);
	for (size_t i = 0; i < out->empty_dir_count; i++) {
		struct str dir = out->empty_dirs[i];

		if (path_under(dir, path) && dir.n > path.n)
			out->empty_dirs[n++] = str_sub(dir, path.n + 1, dir.n);
	}
	out->empty_dir_count = n;
	return 0;
}

static long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
no_source(struct fetched *out)
{
	out->class = SOURCE_NONE;
	out->tree = OID_EMPTY_TREE;
	memcpy(out->tree_sha256, empty_tree_sha256, sizeof(empty_tree_sha256));
}

int
fetch_source(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	     struct err *e)
{
	long start = milliseconds();
	const struct fetch_scheme *scheme;
	struct err inner = {0};

	*out = (struct fetched){.epoch = FETCH_EPOCH};
	if (!r->source || !r->source->present) {
		no_source(out);
		return 0;
	}
	out->url = fetch_shown(a, &r->source->src);
	scheme = fetch_scheme(&r->source->src, &inner);
	if (!scheme || scheme->tree(f, a, r, out, &inner) < 0 || enter_subpath(f, a, r, out, &inner) < 0 ||
	    store_flush(f->store, &inner) < 0 ||
	    store_tree_sha256(f->store, a, &out->tree, out->tree_sha256, &inner) < 0) {
		*e = inner;
		/* Nobody wrote a file wrong: what was fetched is not a usable source. */
		if (e->code == ERR_PARSE || e->code == ERR_NOTFOUND)
			e->code = ERR_FETCH;
		return err_note(e, "while fetching the source of " STR_FMT, STR_ARG(r->package));
	}
	report_event(f->report, &(struct report_event){.kind = REPORT_FETCHED,
						       .package = r->package,
						       .text = out->url,
						       .ms = milliseconds() - start});
	return 0;
}
