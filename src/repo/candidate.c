#include "repo/candidate.h"

#include "repo/evaluate.h"
#include "repo/slim.h"

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
			       .with_doc = map_has(&l->docs, v->name),
			       .with_dev_setup = map_has(&l->dev_setups, v->name)};

	if (repo_evaluate(l->a, &how, slim, v, why) < 0)
		return -1;
	if (v->available || v->installed)
		universe_reach(l, v->depends);
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

struct version *
candidate_of_repo(struct loader *l, const struct repo_package *p, int *rc)
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

struct version *
candidate_of_pin(struct loader *l, const struct universe_pin *pin, const struct repo_packages *in_repos,
		 int *rc)
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
		v = p ? candidate_of_repo(l, p, rc) : NULL;
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

int
candidate_recorded(struct store *s, struct arena *a, struct str name, const struct oid *id,
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

int
candidate_installed(struct loader *l, version_list *list, const struct universe_installed *in)
{
	struct version *v, *twin;
	size_t at = 0;

	while (at < list->n && !str_eq(list->v[at]->version, in->version))
		at++;
	twin = at < list->n ? list->v[at] : NULL;
	if (is_twin(in, twin)) {
		if (twin) {
			twin->installed = true;
			universe_reach(l, twin->depends);
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
	    candidate_recorded(l->s, l->a, in->name, &in->definition_id, &v->definition, l->e) < 0)
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
