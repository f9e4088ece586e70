#include "repo/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "opam/version.h"
#include "repo/evaluate.h"
#include "repo/index.h"

/* --- which versions there are --- */

static const struct catalog_installed *
find_installed(const struct catalog *c, struct str name)
{
	size_t low = 0, high = c->installed_count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(c->installed[mid].name, name);

		if (!order)
			return &c->installed[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static struct catalog_version
installed_version(const struct catalog *c, const struct catalog_installed *i)
{
	return (struct catalog_version){.name = i->name,
					.version = i->version,
					.definition = &i->definition,
					.repo = i->repo,
					.installed = true,
					.root = i->root,
					.pinned = c->pins && opam_strings_have(c->pins, i->name)};
}

/* The installed version takes its place among those of the repositories. */
static void
fill_name(struct catalog *c, struct str text, const struct repo_packages *found, struct catalog_name *name)
{
	const struct catalog_installed *installed = find_installed(c, text);
	bool placed = !installed;

	*name = (struct catalog_name){.name = text};
	name->v = arena_array(c->a, struct catalog_version, found->n + 1);
	for (size_t i = 0; i < found->n; i++) {
		const struct repo_package *p = &found->v[i];

		if (!placed && opam_version_cmp(installed->version, p->version) >= 0) {
			name->v[name->n++] = installed_version(c, installed);
			placed = true;
			if (str_eq(installed->version, p->version)) {
				name->v[name->n - 1].package = p;
				continue;
			}
		}
		name->v[name->n++] = (struct catalog_version){
			.name = text, .version = p->version, .package = p, .repo = p->repo->name};
	}
	if (!placed)
		name->v[name->n++] = installed_version(c, installed);
	for (size_t i = 0; i < name->n; i++)
		name->v[i].id = c->count++;
}

static int
by_name(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

/* Those of the repositories and what only the ledger knows. */
static int
list_names(struct catalog *c, struct opam_strings *out, struct err *e)
{
	struct opam_strings names;
	size_t from_repos;

	if (repo_names(c->store, c->a, c->repos, &names, e) < 0)
		return -1;
	from_repos = names.n;
	out->v = arena_array(c->a, struct str, names.n + c->installed_count + 1);
	out->n = 0;
	for (size_t i = 0; i < names.n; i++)
		out->v[out->n++] = names.v[i];
	for (size_t i = 0; i < c->installed_count; i++)
		if (!from_repos ||
		    !bsearch(&c->installed[i].name, names.v, from_repos, sizeof(*names.v), by_name))
			out->v[out->n++] = c->installed[i].name;
	if (out->n > from_repos && out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

int
catalog_open(struct catalog *c, bool (*wanted)(void *ctx, struct str name), void *ctx, struct err *e)
{
	struct repo_index index;
	struct opam_strings names;

	if (list_names(c, &names, e) < 0 || repo_index_open(c->store, c->a, c->repos, &index, e) < 0)
		return -1;
	c->names = arena_array(c->a, struct catalog_name, names.n + 1);
	c->by_name = map_new(c->a);
	c->n = c->count = 0;
	for (size_t i = 0; i < names.n; i++) {
		struct repo_packages found;

		if (wanted && !wanted(ctx, names.v[i]))
			continue;
		if (repo_index_versions(c->store, c->a, &index, names.v[i], &found, e) < 0)
			return -1;
		fill_name(c, names.v[i], &found, &c->names[c->n]);
		if (c->names[c->n].n)
			c->n++;
	}
	for (size_t i = 0; i < c->n; i++)
		map_set(&c->by_name, c->names[i].name, &c->names[i]);
	return 0;
}

struct catalog_name *
catalog_find(const struct catalog *c, struct str name)
{
	return map_get(&c->by_name, name);
}

/* --- what is known of one --- */

int
catalog_definition(struct catalog *c, const struct catalog_version *v, struct opam_definition *out,
		   struct err *e)
{
	struct str text;

	if (v->package && !v->installed)
		return repo_definition(c->store, c->a, v->package, out, e);
	if (store_blob_read(c->store, c->a, v->definition, &text, e) < 0)
		return -1;
	return opam_definition(
		c->a, arena_printf(c->a, STR_FMT "." STR_FMT "/opam", STR_ARG(v->name), STR_ARG(v->version)),
		text, out, e);
}

/* A definition that cannot be read is no error of the question; anything else is. */
static int
read_parts(struct catalog *c, struct catalog_version *v, bool whole, struct err *e)
{
	struct slim *slim = arena_new(c->a, struct slim);
	struct opam_definition *d;
	struct err why; /* 8 KiB: not to be cleared for each version */
	int rc;

	v->slim = slim;
	if (v->package && !v->installed) {
		rc = whole ? repo_slim(c->store, c->a, v->package, slim, &why)
			   : repo_about(c->store, c->a, v->package, slim, &why);
	} else {
		d = arena_new(c->a, struct opam_definition);
		rc = catalog_definition(c, v, d, &why);
		if (rc == 0)
			slim_of(d, slim);
	}
	v->known |= CATALOG_ABOUT | (whole ? CATALOG_SLIM : 0);
	if (rc == 0)
		return 0;
	if (why.code != ERR_PARSE)
		return *e = why, -1;
	*slim = (struct slim){0};
	v->broken = true;
	return 0;
}

int
catalog_about(struct catalog *c, struct catalog_version *v, struct err *e)
{
	return v->known & CATALOG_ABOUT ? 0 : read_parts(c, v, false, e);
}

int
catalog_slim(struct catalog *c, struct catalog_version *v, struct err *e)
{
	return v->known & CATALOG_SLIM ? 0 : read_parts(c, v, true, e);
}

/* The packed parts hold every text as it is. */
static bool
may_hold(const struct catalog_version *v, uint32_t part, struct str text)
{
	struct str bytes;

	return !index_text(v->package->index, part, &bytes) || memmem(bytes.s, bytes.n, text.s, text.n);
}

static bool
is_indexed(const struct catalog_version *v)
{
	return v->package && !v->installed && v->package->index && !(v->package->row->marks & INDEX_UNREAD);
}

bool
catalog_may_need(const struct catalog_version *v, struct str text)
{
	return !is_indexed(v) || may_hold(v, v->package->row->formulas, text);
}

bool
catalog_may_say(const struct catalog_version *v, struct str text)
{
	return !is_indexed(v) || may_hold(v, v->package->row->about, text);
}

/* --- formulas --- */

int
catalog_formulas(struct catalog *c, struct catalog_version *v, struct err *e)
{
	static const struct opam_formula nothing = {.kind = FORMULA_TRUE};
	struct formulas formulas;
	struct own_scope own;
	struct opam_dep_flags flags = {
		.build = true, .post = c->post, .with_test = c->with_test, .with_doc = c->with_doc};
	struct err why;

	if (v->known & CATALOG_FORMULAS)
		return 0;
	if (catalog_slim(c, v, e) < 0)
		return -1;
	v->known |= CATALOG_FORMULAS;
	flags.dev = v->slim->moving;
	own_scope_set(&own, c->platform, v->name, v->version);
	if (repo_formulas(c->a, &flags, &own.scope, v->slim, &formulas, &why) < 0) {
		formulas = (struct formulas){&nothing, &nothing, &nothing};
		v->broken = true;
	}
	v->depends = formulas.depends;
	v->depopts = formulas.depopts;
	v->conflicts = formulas.conflicts;
	return 0;
}

int
catalog_available(struct catalog *c, struct catalog_version *v, struct err *e)
{
	struct own_scope own;
	struct opam_var value = {0};
	struct err why;

	if (v->known & CATALOG_AVAILABLE)
		return 0;
	if (catalog_about(c, v, e) < 0)
		return -1;
	v->known |= CATALOG_AVAILABLE;
	own_scope_set(&own, c->platform, v->name, v->version);
	if (v->installed)
		v->available = true;
	else if (!v->broken &&
		 opam_filter(c->a, &v->slim->text, v->slim->available, &own.scope, &value, &why) == 0)
		v->available = !v->slim->available || opam_truth(value, false);
	return 0;
}

static int
ask(catalog_accept *accept, void *ctx, struct catalog_version *v, bool *yes, struct err *e)
{
	*yes = true;
	return accept ? accept(ctx, v, yes, e) : 0;
}

int
catalog_best(struct catalog *c, struct catalog_name *name, catalog_accept *accept, void *ctx,
	     struct catalog_version **out, struct err *e)
{
	struct catalog_version *available = NULL, *newest = NULL;
	bool yes;

	for (size_t i = 0; i < name->n; i++) {
		if (!name->v[i].installed)
			continue;
		if (ask(accept, ctx, &name->v[i], &yes, e) < 0)
			return -1;
		if (yes)
			return *out = &name->v[i], 0;
	}
	for (size_t i = 0; i < name->n; i++) {
		struct catalog_version *v = &name->v[i];

		if (ask(accept, ctx, v, &yes, e) < 0 || (yes && catalog_available(c, v, e) < 0))
			return -1;
		if (!yes)
			continue;
		newest = newest ? newest : v;
		if (!v->available)
			continue;
		if (!(v->slim->flags & (FLAG_AVOID_VERSION | FLAG_DEPRECATED)))
			return *out = v, 0;
		available = available ? available : v;
	}
	*out = available ? available : newest;
	return 0;
}
