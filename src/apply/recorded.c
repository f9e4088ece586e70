#include "apply/recorded.h"

#include "base/map.h"
#include "ledger/parts.h"
#include "opam/version.h"
#include "solver/roles.h"

/* Depth first over the recorded dependencies, `post` ones apart: they have no order. */
struct order {
	const struct state *state;
	struct map at;   /* name -> place + 1, once placed */
	struct map open; /* names on the way down: a cycle */
	const struct record **records;
	size_t n;
};

static int
place(struct order *o, const struct record *r, struct err *e)
{
	if (map_has(&o->at, r->name))
		return 0;
	if (map_has(&o->open, r->name))
		return err_set(e, ERR_PARSE, "the recorded dependencies of %.*s form a cycle",
			       STR_ARG(r->name));
	map_set(&o->open, r->name, (void *)r);
	for (size_t i = 0; i < r->dep_count; i++) {
		const struct record *dep = state_record(o->state, r->deps[i].name);

		unsigned roles = roles_of(r->deps[i].roles);

		if (roles & EDGE_POST)
			continue;
		if (!dep && roles & EDGE_OWN)
			continue; /* was there for tests or documentation only */
		if (!dep)
			return err_set(e, ERR_PARSE, "%.*s needs %.*s, of which there is no record",
				       STR_ARG(r->name), STR_ARG(r->deps[i].name));
		if (place(o, dep, e) < 0)
			return -1;
	}
	o->records[o->n++] = r;
	map_set(&o->at, r->name, (void *)(uintptr_t)o->n);
	return 0;
}

static void
fill_edges(struct arena *a, const struct order *o, const struct record *r, struct plan_package *out)
{
	struct plan_edge *edges = arena_array(a, struct plan_edge, r->dep_count + 1);

	for (size_t i = 0; i < r->dep_count; i++) {
		uintptr_t at = (uintptr_t)map_get(&o->at, r->deps[i].name);

		if (at)
			edges[out->edge_count++] = (struct plan_edge){at - 1, roles_of(r->deps[i].roles)};
	}
	out->edges = edges;
}

static int
fill_step(struct session *s, struct arena *a, const struct record *r, struct step *step, struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);
	struct plan_package *p = (struct plan_package *)step->planned;
	struct version *v = (struct version *)p->version;
	struct str text;

	if (store_blob_read(s->ap->root->store, a, &r->definition, &text, e) < 0 ||
	    opam_definition(a, arena_printf(a, "packages/%.*s/opam", STR_ARG(r->name)), text, d, e) < 0)
		return err_note(e, "while reading the definition of %.*s", STR_ARG(r->name));
	v->definition = d;
	p->action = PLAN_KEEP;
	p->with_test = r->tested;
	p->with_doc = r->documented;
	step->old = state_record(&s->state, r->name);
	step->definition = d;
	step->definition_id = r->definition;
	step->repo_name = r->repo;
	step->source = r->source;
	step->has_source = true;
	step->extras = r->extras;
	step->extra_count = r->extra_count;
	step->has_extras = true;
	step->record = *r;
	return 0;
}

static int
plan_of(struct arena *a, struct order *o, struct plan **out, struct err *e)
{
	struct plan *plan = arena_new(a, struct plan);

	o->at = map_new(a);
	o->open = map_new(a);
	o->records = arena_array(a, const struct record *, o->state->record_count + 1);
	for (size_t i = 0; i < o->state->record_count; i++)
		if (place(o, &o->state->records[i], e) < 0)
			return -1;
	plan->packages = arena_array(a, struct plan_package, o->n + 1);
	plan->n = o->n;
	for (size_t i = 0; i < o->n; i++) {
		struct version *v = arena_new(a, struct version);

		*v = (struct version){.name = o->records[i]->name,
				      .version = o->records[i]->version,
				      .definition_id = o->records[i]->definition,
				      .available = true};
		fill_edges(a, o, o->records[i], &plan->packages[i]);
		plan->packages[i].version = v;
		plan->packages[i].root = opam_strings_have(&o->state->roots, o->records[i]->name);
	}
	*out = plan;
	return 0;
}

int
plan_recorded(struct arena *a, const struct state *state, const struct plan **out, struct err *e)
{
	struct order o = {.state = state};
	struct plan *plan;

	if (plan_of(a, &o, &plan, e) < 0)
		return -1;
	*out = plan;
	return 0;
}

int
steps_recorded(struct session *s, struct arena *a, const struct state *state, struct steps *out,
	       struct err *e)
{
	struct order o = {.state = state};
	struct plan *plan;

	if (plan_of(a, &o, &plan, e) < 0)
		return -1;
	*out = (struct steps){.plan = plan, .v = arena_array(a, struct step, o.n + 1), .n = o.n};
	for (size_t i = 0; i < o.n; i++) {
		out->v[i].pin = state_pin_of(state, o.records[i]->name);
		out->v[i].planned = &plan->packages[i];
		if (fill_step(s, a, o.records[i], &out->v[i], e) < 0)
			return -1;
	}
	return 0;
}

static void
add_removals(struct arena *a, const struct state *now, const struct state *wanted, struct plan *plan)
{
	plan->removals = arena_array(a, struct plan_removal, now->record_count + 1);
	for (size_t i = 0; i < now->record_count; i++)
		if (!state_record(wanted, now->records[i].name))
			plan->removals[plan->removal_count++] =
				(struct plan_removal){.name = now->records[i].name,
						      .version = now->records[i].version,
						      .cause = "not in the lock"};
}

/* Invariant, roots, pins and repositories, without the records. */
static bool
same_frame(struct arena *a, const struct state *x, const struct state *y)
{
	struct json one = json_new(a), two = json_new(a);
	struct state p = *x, q = *y;
	struct err e;

	p.toolchain = q.toolchain = (struct opam_strings){0};
	p.variable_count = q.variable_count = 0;
	json_object(&one);
	json_object(&two);
	if (state_put(a, &one, &p, &e) < 0 || state_put(a, &two, &q, &e) < 0)
		return false;
	json_end(&one);
	json_end(&two);
	return str_eq(json_done(&one), json_done(&two));
}

int
steps_towards(struct session *s, struct arena *a, const struct state *wanted, struct steps *out,
	      struct err *e)
{
	struct plan *plan;

	if (steps_recorded(s, a, wanted, out, e) < 0)
		return -1;
	plan = (struct plan *)out->plan;
	add_removals(a, &s->state, wanted, plan);
	for (size_t i = 0; i < out->n; i++) {
		struct step *step = &out->v[i];
		struct plan_package *p = &plan->packages[i];

		step->expected_id = step->record.input_id;
		step->touched = !step->old || !str_eq(step->old->input_id, step->record.input_id);
		if (!step->touched)
			continue;
		p->cause = "locked";
		p->action = step->old ? PLAN_REINSTALL : PLAN_INSTALL;
		if (step->old && !str_eq(step->old->version, step->record.version)) {
			p->was = step->old->version;
			p->action = opam_version_cmp(p->was, step->record.version) < 0 ? PLAN_UPGRADE
										       : PLAN_DOWNGRADE;
		}
		plan->changes = true;
	}
	plan->changes |= plan->removal_count != 0 || !same_frame(a, &s->state, wanted);
	out->changes = plan->changes;
	return 0;
}
