#include "repo/universe.h"

#include <stdlib.h>

#include "opam/version.h"
#include "repo/evaluate.h"
#include "repo/index.h"
#include "repo/slim.h"

struct loader {
	struct store *s;
	struct arena *a;
	const struct universe_request *r;
	const struct opam_scope *platform;
	struct repo_index index;
	struct universe *u;
	struct map queued, tests, docs;
	struct map installed; /* const struct universe_installed * by name */
	struct map pins;      /* const struct universe_pin * by name */
	VEC(struct str) queue;
	VEC(struct package *) found;
	struct arena scratch; /* of one name */
	struct err *e;
};

typedef VEC(struct version *) version_list;

static void
enqueue(struct loader *l, struct str name)
{
	if (map_has(&l->queued, name))
		return;
	map_set(&l->queued, name, l);
	vec_push(l->a, &l->queue, name);
}

static void
enqueue_formula(struct loader *l, const struct opam_formula *f)
{
	if (f->kind == FORMULA_ATOM)
		enqueue(l, f->name);
	for (size_t i = 0; i < f->n; i++)
		enqueue_formula(l, f->kids[i]);
}

/* A definition that cannot be used is a finding; its neighbours stay. */
static void
add_finding(struct loader *l, struct str name, struct str version, const struct err *why)
{
	struct opam_finding finding = {.error = true, .at = why->at};

	if (why->at.file)
		finding.at.file = arena_strdup(l->a, why->at.file);
	finding.text =
		str_printf(l->a, STR_FMT "." STR_FMT ": %s", STR_ARG(name), STR_ARG(version), why->msg);
	vec_push(l->a, &l->u->findings, finding);
}

static int
try(struct loader *l, const struct slim *slim, struct version *v, struct err *why)
{
	struct evaluate how = {.platform = l->platform,
			       .with_test = map_has(&l->tests, v->name),
			       .with_doc = map_has(&l->docs, v->name)};

	if (repo_evaluate(l->a, &how, slim, v, why) < 0)
		return -1;
	if (v->available || v->installed)
		enqueue_formula(l, v->depends);
	return 0;
}

/* Evaluates and adds; the names it needs are in reach from now on. False: it is a finding. */
static bool
evaluate(struct loader *l, struct version *v)
{
	struct err why = {0};
	struct slim slim;

	slim_of(v->definition, &slim);
	if (try(l, &slim, v, &why) == 0)
		return true;
	add_finding(l, v->name, v->version, &why);
	return false;
}

/* By the index; what it does not know, or what does not evaluate, by the definition. */
static int
evaluate_repo(struct loader *l, const struct repo_package *p, struct version *v, struct err *why)
{
	struct opam_definition d;
	struct slim slim;

	if (!slim_of_index(&l->scratch, p, &slim))
		return repo_slim(l->s, l->a, p, &slim, why) < 0 ? -1 : try(l, &slim, v, why);
	if (try(l, &slim, v, why) == 0)
		return 0;
	if (repo_definition(l->s, l->a, p, &d, why) < 0)
		return -1;
	slim_of(&d, &slim);
	return try(l, &slim, v, why);
}

static struct version *
from_repo(struct loader *l, const struct repo_package *p, int *rc)
{
	struct version *v = arena_new(l->a, struct version);
	struct err why; /* 8 KiB: not to be cleared for each version */

	*rc = 0;
	*v = (struct version){.name = p->name,
			      .version = p->version,
			      .definition_id = p->definition,
			      .folder = p->folder,
			      .path = p->path,
			      .repo = p->repo};
	if (evaluate_repo(l, p, v, &why) == 0)
		return v;
	if (why.code == ERR_PARSE) {
		add_finding(l, p->name, p->version, &why);
	} else {
		*l->e = why;
		*rc = -1;
	}
	return NULL;
}

static const struct repo_package *
find_version(const struct repo_packages *in, struct str version)
{
	for (size_t i = 0; i < in->n; i++)
		if (str_eq(in->v[i].version, version))
			return &in->v[i];
	return NULL;
}

/* The only version of a pinned name. NULL and *rc 0: its definition is a finding. */
static struct version *
from_pin(struct loader *l, const struct universe_pin *pin, const struct repo_packages *in_repos, int *rc)
{
	struct version *v = arena_new(l->a, struct version);
	const struct repo_package *p;
	struct str version = pin->version;

	if (!version.n && pin->definition)
		version = pin->definition->version;
	if (!version.n)
		version = in_repos->n ? in_repos->v[0].version : STR("dev");
	*rc = 0;
	if (!pin->definition) {
		p = find_version(in_repos, version);
		v = p ? from_repo(l, p, rc) : NULL;
		if (v) {
			v->pin = pin;
			v->pinned = true;
		}
		return v;
	}
	*v = (struct version){.name = pin->name,
			      .version = version,
			      .definition_id = pin->definition_id,
			      .folder = pin->folder,
			      .repo = pin->repo,
			      .pin = pin,
			      .pinned = true};
	v->definition = pin->definition;
	p = pin->repo ? find_version(in_repos, version) : NULL;
	if (p && p->repo == pin->repo)
		v->path = p->path;
	return evaluate(l, v) ? v : NULL;
}

/* The definition of an installed version, as it was recorded. */
static int
read_recorded(struct store *s, struct arena *a, struct str name, const struct oid *id,
	      const struct opam_definition **out, struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);
	struct str text;

	if (store_blob_read(s, a, id, &text, e) < 0 ||
	    opam_definition(a, arena_printf(a, "packages/" STR_FMT "/opam", STR_ARG(name)), text, d, e) < 0)
		return err_note(e, "while reading the installed package " STR_FMT, STR_ARG(name));
	*out = d;
	return 0;
}

/* An installed version that the repository has unchanged; without a definition of its own there is
 * nothing else that could be said of it. */
static bool
is_twin(const struct universe_installed *in, const struct version *twin)
{
	if (in->definition)
		return false;
	return !oid_is(&in->definition_id) ||
	       (twin && !twin->pin && oid_eq(&twin->definition_id, &in->definition_id));
}

/* The installed version takes the place of its equal in the repository, which stays as `fresh` when
 * its definition is another one now. */
static int
add_installed(struct loader *l, version_list *list, const struct universe_installed *in)
{
	struct version *v, *twin;
	size_t at = 0;

	while (at < list->n && !str_eq(list->v[at]->version, in->version))
		at++;
	twin = at < list->n ? list->v[at] : NULL;
	if (is_twin(in, twin)) {
		if (twin) {
			twin->installed = true;
			enqueue_formula(l, twin->depends);
		}
		return 0;
	}
	if (!twin && map_has(&l->pins, in->name))
		return 0; /* of a pinned name only the pinned version exists */
	v = arena_new(l->a, struct version);
	*v = (struct version){.name = in->name,
			      .version = in->version,
			      .definition_id = in->definition_id,
			      .installed = true,
			      .definition = in->definition};
	if (!v->definition &&
	    read_recorded(l->s, l->a, in->name, &in->definition_id, &v->definition, l->e) < 0)
		return -1;
	if (twin) {
		v->pin = twin->pin;
		v->pinned = twin->pinned;
		v->repo = twin->repo;
		v->path = twin->path;
		v->folder = twin->folder;
		if (!oid_eq(&twin->definition_id, &v->definition_id))
			v->fresh = twin;
	}
	if (!evaluate(l, v))
		return 0;
	if (twin)
		list->v[at] = v;
	else
		vec_push(l->a, list, v);
	return 0;
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
		v = from_pin(l, pin, &packages, &rc);
		if (v)
			vec_push(l->a, &list, v);
	}
	for (size_t i = 0; !pin && i < packages.n && rc == 0; i++) {
		v = from_repo(l, &packages.v[i], &rc);
		if (v)
			vec_push(l->a, &list, v);
	}
	if (rc < 0)
		return -1;
	if (in && add_installed(l, &list, in) < 0)
		return -1;
	arena_free(&l->scratch);
	if (!list.n)
		return 0;
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
	add_names(&l.tests, r->test_names);
	add_names(&l.docs, r->doc_names);
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
		enqueue_formula(&l, r->invariant);
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
		return read_recorded(s, a, v->name, &v->definition_id, out, e);
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
