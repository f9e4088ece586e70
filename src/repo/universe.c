#include "repo/universe.h"

#include <stdlib.h>

#include "opam/version.h"
#include "repo/candidate.h"

static void
enqueue(struct loader *l, struct str name)
{
	if (map_has(&l->queued, name))
		return;
	map_set(&l->queued, name, l);
	vec_push(l->a, &l->queue, name);
}

void
universe_reach(struct loader *l, const struct opam_formula *f)
{
	if (f->kind == FORMULA_ATOM)
		enqueue(l, f->name);
	for (size_t i = 0; i < f->n; i++)
		universe_reach(l, f->kids[i]);
}

static int
newest_first(const void *left, const void *right)
{
	const struct version *l = *(struct version *const *)left, *r = *(struct version *const *)right;
	int order = opam_version_cmp(r->version, l->version);

	return order ? order : str_cmp(r->version, l->version);
}

static int
load_name(struct loader *l, struct str name)
{
	const struct universe_installed *in = map_get(&l->installed, name);
	const struct universe_pin *pin = map_get(&l->pins, name);
	struct package *package = arena_new(l->a, struct package);
	struct repo_packages packages;
	version_list list = {0};
	struct version *v;
	int rc = 0;

	if (repo_index_versions(l->s, l->a, &l->index, name, &packages, l->e) < 0)
		return -1;
	if (pin) {
		v = candidate_of_pin(l, pin, &packages, &rc);
		if (v)
			vec_push(l->a, &list, v);
	}
	for (size_t i = 0; !pin && i < packages.n && rc == 0; i++) {
		v = candidate_of_repo(l, &packages.v[i], &rc);
		if (v)
			vec_push(l->a, &list, v);
	}
	if (rc < 0)
		return -1;
	if (in && candidate_installed(l, &list, in) < 0)
		return -1;
	arena_free(&l->scratch);
	if (!list.n)
		return 0;
	if (in) /* else they are in order already */
		qsort(list.v, list.n, sizeof(*list.v), newest_first);
	for (size_t i = 0; i < list.n; i++)
		list.v[i]->rank = (uint32_t)i;
	*package = (struct package){.name = name, .versions = list.v, .n = list.n};
	vec_push(l->a, &l->found, package);
	return 0;
}

static int
by_name(const void *left, const void *right)
{
	const struct package *l = *(struct package *const *)left, *r = *(struct package *const *)right;

	return str_cmp(l->name, r->name);
}

static void
finish(struct loader *l)
{
	struct universe *u = l->u;

	u->packages = l->found.v;
	u->n = l->found.n;
	if (u->n)
		qsort(u->packages, u->n, sizeof(*u->packages), by_name);
	u->by_name = map_new(l->a);
	for (size_t i = 0; i < u->n; i++) {
		u->packages[i]->index = i;
		map_set(&u->by_name, u->packages[i]->name, u->packages[i]);
	}
}

static void
add_names(struct map *out, const struct opam_strings *names)
{
	for (size_t i = 0; names && i < names->n; i++)
		map_set(out, names->v[i], out);
}

int
universe_load(struct store *s, struct arena *a, const struct repos *repos, const struct opam_scope *platform,
	      const struct universe_request *r, struct universe **out, struct err *e)
{
	struct loader l = {.s = s, .a = a, .r = r, .platform = platform, .e = e};
	int rc = 0;

	if (repo_index_open(s, a, repos, &l.index, e) < 0)
		return -1;
	l.u = arena_new(a, struct universe);
	l.u->platform = platform;
	l.queued = map_new(a);
	l.installed = map_new(a);
	l.pins = map_new(a);
	l.tests = map_new(a);
	l.docs = map_new(a);
	l.dev_setups = map_new(a);
	add_names(&l.tests, r->test_names);
	add_names(&l.docs, r->doc_names);
	add_names(&l.dev_setups, r->dev_setup_names);
	for (size_t i = 0; r->names && i < r->names->n; i++)
		enqueue(&l, r->names->v[i]);
	for (size_t i = 0; i < r->installed_count; i++) {
		map_set(&l.installed, r->installed[i].name, (void *)&r->installed[i]);
		enqueue(&l, r->installed[i].name);
	}
	for (size_t i = 0; i < r->pin_count; i++) {
		map_set(&l.pins, r->pins[i].name, (void *)&r->pins[i]);
		enqueue(&l, r->pins[i].name);
	}
	if (r->invariant)
		universe_reach(&l, r->invariant);
	for (size_t i = 0; rc == 0 && i < l.queue.n; i++)
		rc = load_name(&l, l.queue.v[i]);
	arena_free(&l.scratch);
	if (rc < 0)
		return -1;
	finish(&l);
	*out = l.u;
	return 0;
}

int
universe_definition(struct store *s, struct arena *a, const struct version *v,
		    const struct opam_definition **out, struct err *e)
{
	struct repo_package p = {v->repo,   v->name, v->version, v->definition_id,
				 v->folder, v->path, NULL,       NULL};
	struct opam_definition *d;

	*out = v->definition;
	if (*out)
		return 0;
	if (!v->repo)
		return candidate_recorded(s, a, v->name, &v->definition_id, out, e);
	*out = d = arena_new(a, struct opam_definition);
	return repo_definition(s, a, &p, d, e);
}

const struct package *
universe_package(const struct universe *u, struct str name)
{
	return map_get(&u->by_name, name);
}

const struct version *
universe_version(const struct universe *u, struct str name, struct str version)
{
	const struct package *p = universe_package(u, name);

	for (size_t i = 0; p && i < p->n; i++)
		if (str_eq(p->versions[i]->version, version))
			return p->versions[i];
	return NULL;
}
