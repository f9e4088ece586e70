#include "repo/select.h"

#include <fnmatch.h>
#include <string.h>

#include "opam/print.h"

/* --- patterns --- */

static bool
glob(struct arena *a, struct str pattern, struct str text)
{
	return fnmatch(str_c(a, pattern), str_c(a, text), FNM_CASEFOLD) == 0;
}

/* "zlib", "conf-*", "zlib.1.3*", "*.dev" */
static bool
fits_pattern(struct arena *a, struct str pattern, const struct catalog_version *v)
{
	return glob(a, pattern, v->name) ||
	       (str_chr(pattern, '.') >= 0 &&
		glob(a, pattern, str_printf(a, STR_FMT "." STR_FMT, STR_ARG(v->name), STR_ARG(v->version))));
}

/* Only what stands before the first dot can be compared with a name alone. */
bool
select_wants(void *ctx, struct str name)
{
	const struct select *what = ctx;
	struct arena a = {0};
	bool wanted = !what->patterns.n || what->by_dependency || what->depends_on.n || what->required_by.n ||
		      what->conflicts_with.n;

	for (size_t i = 0; i < what->patterns.n && !wanted; i++) {
		struct str rest = what->patterns.v[i], head;

		wanted = !str_cut(&rest, '.', &head) || glob(&a, what->patterns.v[i], name) ||
			 memchr(head.s, '[', head.n) || glob(&a, head, name);
	}
	arena_free(&a);
	return wanted;
}

/* --- one version --- */

/* Each state that is asked for must hold. */
static int
in_state(struct catalog *c, const struct select *what, struct catalog_version *v, bool *in, struct err *e)
{
	unsigned states = what->states;

	*in = (!(states & SELECT_INSTALLED) || v->installed) && (!(states & SELECT_ROOTS) || v->root) &&
	      (!(states & SELECT_PINNED) || v->pinned);
	if (!*in || !(states & SELECT_AVAILABLE))
		return 0;
	if (catalog_available(c, v, e) < 0)
		return -1;
	*in = v->available;
	return 0;
}

static int
has_marks(struct catalog *c, const struct select *what, struct catalog_version *v, bool *has, struct err *e)
{
	*has = !what->repos.n || opam_strings_have(&what->repos, v->repo);
	for (size_t i = 0; i < what->tags.n; i++)
		*has = *has && catalog_may_say(v, what->tags.v[i]);
	if (!*has || (!what->flags && !what->tags.n))
		return 0;
	if (catalog_about(c, v, e) < 0)
		return -1;
	*has = (v->slim->flags & what->flags) == what->flags;
	for (size_t i = 0; i < what->tags.n; i++)
		*has = *has && opam_strings_have(&v->slim->tags, what->tags.v[i]);
	return 0;
}

/* A field as text: a string as it is, anything else as it is written. */
static struct str
field_text(struct catalog *c, const struct catalog_version *v, const struct opam_definition *d,
	   struct str name)
{
	const struct opam_value *value;

	if (str_is(name, "name"))
		return v->name;
	if (str_is(name, "version"))
		return v->version;
	value = opam_field(d, str_c(c->a, name));
	if (!value)
		return (struct str){0};
	return value->kind == OPAM_STRING ? value->s : opam_value_text(c->a, value);
}

static int
has_fields(struct catalog *c, const struct select *what, struct catalog_version *v, bool *has, struct err *e)
{
	struct arena scratch = {0}; /* a definition is large, and looked at once */
	struct catalog own = *c;
	struct opam_definition d;
	struct err why;
	int rc;

	*has = true;
	if (!what->fields.n)
		return 0;
	own.a = &scratch;
	rc = catalog_definition(&own, v, &d, &why);
	*has = rc == 0;
	for (size_t i = 0; i < what->fields.n && *has; i++) {
		struct str pattern = what->fields.v[i], name;

		str_cut(&pattern, ':', &name);
		*has = glob(&scratch, str_printf(&scratch, "*" STR_FMT "*", STR_ARG(pattern)),
			    field_text(&own, v, &d, name));
	}
	arena_free(&scratch);
	return rc == 0 || why.code == ERR_PARSE ? 0 : (*e = why, -1);
}

/* --- all --- */

struct question {
	struct catalog *c;
	const struct select *what;
	struct select_deps deps;
};

/* From what costs nothing to what costs most. */
static int
fits(void *ctx, struct catalog_version *v, bool *fit, struct err *e)
{
	const struct question *q = ctx;

	*fit = !q->what->patterns.n;
	for (size_t i = 0; i < q->what->patterns.n && !*fit; i++)
		*fit = fits_pattern(q->c->a, q->what->patterns.v[i], v);
	if (*fit && select_by_deps(q->c, q->what, &q->deps, v, fit, e) < 0)
		return -1;
	if (*fit && has_marks(q->c, q->what, v, fit, e) < 0)
		return -1;
	if (*fit && in_state(q->c, q->what, v, fit, e) < 0)
		return -1;
	return *fit ? has_fields(q->c, q->what, v, fit, e) : 0;
}

/* Those of one name that fit, the oldest first; without all_versions the best of them. */
static int
select_name(struct question *q, struct catalog_name *name, struct selected *out, struct err *e)
{
	struct catalog_version *best;

	if (!q->what->all_versions) {
		if (catalog_best(q->c, name, fits, q, &best, e) < 0)
			return -1;
		if (best)
			vec_push(q->c->a, out, best);
		return 0;
	}
	for (size_t i = name->n; i > 0; i--) {
		bool fit = false;

		if (fits(q, &name->v[i - 1], &fit, e) < 0)
			return -1;
		if (fit)
			vec_push(q->c->a, out, &name->v[i - 1]);
	}
	return 0;
}

int
select_versions(struct catalog *c, const struct select *what, struct selected *out, struct err *e)
{
	struct question q = {.c = c, .what = what};

	*out = (struct selected){0};
	if (select_prepare(c, what, &q.deps, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		if (select_name(&q, &c->names[i], out, e) < 0)
			return -1;
	return what->by_dependency ? select_sort(c, out, e) : 0;
}
