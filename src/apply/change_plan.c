#include "apply/change.h"

#include "apply/outlived.h"
#include "apply/question.h"
#include "solver/whynot.h"

/* Pins are looked at again when they are asked for, and by an upgrade of everything. */
static bool
asked_for(const void *ctx, struct str name)
{
	const struct change *c = ctx;

	if (c->kind == REQUEST_REMOVE)
		return false;
	return change_names(c, name) || (c->kind == REQUEST_UPGRADE && c->n == 0);
}

/* The repositories' definition of a kept package, when an upgrade finds that it is another now. */
static int
newer_definition(struct session *s, struct arena *a, struct step *step, struct err *e)
{
	struct store *store = s->ap->root->store;
	const struct version *version = step->planned->version;
	struct repo_packages found = {0};

	if (repo_versions(store, a, &s->ap->repos, version->name, &found, e) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++) {
		struct opam_definition *d;
		struct err broken;

		if (!str_eq(found.v[i].version, version->version))
			continue;
		step->repo = found.v[i].repo;
		step->folder = found.v[i].folder;
		if (oid_eq(&found.v[i].definition, &step->definition_id))
			return 0;
		d = arena_new(a, struct opam_definition);
		if (repo_definition(store, a, &found.v[i], d, &broken) < 0)
			return 0; /* the recorded one stays; lint tells of the other */
		step->definition = d;
		step->definition_id = found.v[i].definition;
		step->touched = true;
		step->why = "its definition changed";
		return 0;
	}
	return 0;
}

static bool
source_differs(const struct fetched *now, const struct fetched *was)
{
	return !oid_eq(&now->tree, &was->tree) || now->epoch != was->epoch || now->class != was->class;
}

int
step_definition(struct session *s, struct arena *a, struct step *step, struct err *e)
{
	if (step->definition)
		return 0;
	return universe_definition(s->ap->root->store, a, step->planned->version, &step->definition, e);
}

int
steps_definitions(struct session *s, struct arena *a, struct steps *steps, struct err *e)
{
	for (size_t i = 0; i < steps->n; i++)
		if (step_definition(s, a, &steps->v[i], e) < 0)
			return -1;
	return 0;
}

/* A kept package under an upgrade: its folder in a `repo:` source may have moved on. */
static int
look_again(struct session *s, struct arena *a, struct step *step, struct err *e)
{
	const struct opam_source *url;

	if (newer_definition(s, a, step, e) < 0 || step_definition(s, a, step, e) < 0)
		return -1;
	url = &step->definition->url;
	if (step->touched || !step->repo || !url->present || url->src.backend != URL_REPO)
		return 0;
	if (fetch_source(&s->ap->fetch, a,
			 &(struct fetch_request){.package = step->planned->version->name,
						 .source = url,
						 .repo_commit = step->repo->commit},
			 &step->source, e) < 0)
		return -1;
	step->has_source = true;
	if (source_differs(&step->source, &step->old->source)) {
		step->touched = true;
		step->why = "its source changed";
	} else {
		step->source = step->old->source;
	}
	return 0;
}

static void
take_pin(struct step *step, const struct pinned *pin)
{
	step->pin = pin->pin;
	step->source = pin->source;
	step->has_source = true;
	if (!step->old || step->touched || pin->from_record)
		return;
	if (!oid_eq(&pin->universe.definition_id, &step->old->definition)) {
		step->touched = true;
		step->why = "its pinned definition changed";
	} else if (!str_eq(step->old->source.url, pin->source.url) ||
		   source_differs(&pin->source, &step->old->source)) {
		step->touched = true;
		step->why = "its pinned source changed";
	}
	step->definition = pin->universe.definition;
	step->definition_id = pin->universe.definition_id;
}

/* Was pinned, and is not any more: the repositories' definition and source count again. */
static int
unpinned(struct session *s, struct arena *a, struct step *step, struct err *e)
{
	if (!step->old || step->pin || step->planned->action != PLAN_KEEP || !record_may_be_pinned(step->old))
		return 0;
	if (step_definition(s, a, step, e) < 0)
		return -1;
	if (record_has_own_source(step->old, step->definition))
		return 0;
	if (newer_definition(s, a, step, e) < 0)
		return -1;
	step->touched = step->repo != NULL;
	step->why = "it is not pinned any more";
	return 0;
}

/* Why a package that is planned to stay may have to be built again all the same. */
static int
reconsider(struct session *s, struct arena *a, const struct change *c, struct step *step, struct err *e)
{
	bool asked = asked_for(c, step->planned->version->name);

	if (c->with_test && step->planned->with_test && !step->old->tested) {
		step->touched = true;
		step->why = "its tests were not run yet";
	}
	if (c->with_doc && step->planned->with_doc && !step->old->documented) {
		step->touched = true;
		step->why = "its documentation was not built yet";
	}
	if (asked && c->kind == REQUEST_UPGRADE && !step->pin && look_again(s, a, step, e) < 0)
		return -1;
	return asked ? unpinned(s, a, step, e) : 0;
}

/* The same definition: its extra files are those of the record, and so is its source unless the user
 * asked for the package. The repository may have lost them. */
static void
take_record(struct step *step, bool asked)
{
	step->extras = step->old->extras;
	step->extra_count = step->old->extra_count;
	step->has_extras = true;
	step->repo_name = step->old->repo;
	if (!asked && !step->has_source) {
		step->source = step->old->source;
		step->has_source = true;
	}
}

static int
fill_step(struct session *s, struct arena *a, const struct change *c, const struct pinned *pins,
	  size_t pin_count, struct step *step, struct err *e)
{
	const struct version *version = step->planned->version;

	step->old = state_record(&s->state, version->name);
	step->definition = version->definition;
	step->definition_id = version->definition_id;
	step->folder = version->folder;
	step->repo = version->repo;
	step->touched = step->planned->action != PLAN_KEEP;
	for (size_t i = 0; i < pin_count; i++)
		if (str_eq(pins[i].universe.name, version->name))
			take_pin(step, &pins[i]);
	if (step->old && oid_eq(&step->definition_id, &step->old->definition))
		take_record(step, asked_for(c, version->name));
	if (step->touched || !step->old)
		return 0;
	if (reconsider(s, a, c, step, e) < 0)
		return -1;
	/* The recorded source counts, unless another one is to be fetched. */
	if (!step->has_source && !(step->touched && step->why && step->repo)) {
		step->source = step->old->source;
		step->has_source = true;
	}
	return 0;
}

int
change_plan(struct session *s, struct arena *a, const struct change *c, struct steps *out, struct err *e)
{
	struct opam_scope platform = platform_scope(&s->ap->platform);
	struct asking ask = {.s = s, .change = c, .platform = &platform, .look_again = asked_for};
	struct question q;
	uint64_t deadline;

	*out = (struct steps){0};
	if (question_make(a, &ask, &q, e) < 0)
		return -1;
	out->findings = q.u->findings;
	deadline = solver_deadline(&q.r);
	if (solver_solve(a, q.u, &q.r, &out->plan, e) < 0)
		return -1;
	if (c->kind == REQUEST_UPGRADE && c->n)
		out->behind = why_behind(a, q.u, &q.r, out->plan, deadline);
	out->n = out->plan->n;
	out->v = arena_array(a, struct step, out->n + 1);
	out->changes = out->plan->changes;
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].planned = &out->plan->packages[i];
		if (fill_step(s, a, c, q.pins, q.pin_count, &out->v[i], e) < 0)
			return -1;
		out->changes |= out->v[i].touched;
	}
	return 0;
}
