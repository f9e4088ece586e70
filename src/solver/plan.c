#include "solver/plan.h"

#include <stdlib.h>

#include "opam/version.h"
#include "solver/graph.h"

struct making {
	const struct problem *p;
	struct choice c;
	struct graph g;
	size_t *place; /* by node: index in the plan */
	struct plan *plan;
	struct str lost; /* found: an optional dependency that goes */
};

static const struct universe_installed *
installed(const struct problem *p, struct str name)
{
	for (size_t i = 0; i < p->r->installed_count; i++)
		if (str_eq(p->r->installed[i].name, name))
			return &p->r->installed[i];
	return NULL;
}

static struct str
version_before(void *ctx, struct str name)
{
	const struct making *m = ctx;
	const struct universe_installed *in = installed(m->p, name);

	return in ? in->version : STR("");
}

/* --- actions --- */

static void
set_action(struct making *m, struct plan_package *out, uint32_t item)
{
	const struct candidate *c = &m->p->candidates[item];
	const struct universe_installed *in = installed(m->p, c->package->name);
	bool is_named = request_names(m->p->r, c->version);

	out->version = c->version;
	if (!in) {
		out->action = PLAN_INSTALL;
	} else if (!str_eq(in->version, c->version->version)) {
		out->was = in->version;
		out->action = opam_version_cmp(in->version, c->version->version) > 0 ? PLAN_DOWNGRADE
										     : PLAN_UPGRADE;
	} else if (is_named && m->p->r->kind == REQUEST_REINSTALL) {
		out->action = PLAN_REINSTALL;
		out->cause = "requested";
	} else if (c->version == c->package->versions[c->version->rank]->fresh) {
		out->action = PLAN_REINSTALL;
		out->cause = "its definition or source has changed";
	}
}

static void
set_marks(struct making *m, struct plan_package *out)
{
	const struct universe_installed *in = installed(m->p, out->version->name);
	bool is_named = request_names(m->p->r, out->version);
	bool becomes =
		is_named && (m->p->r->kind == REQUEST_INSTALL || (m->p->r->kind == REQUEST_UPGRADE && !in));

	out->root = becomes || (in && in->root);
	out->with_test = is_named && m->p->r->with_test;
	out->with_doc = is_named && m->p->r->with_doc;
	out->new_root = becomes && in && !in->root;
	m->plan->changes |= out->new_root;
}

static void
note_lost(void *ctx, const struct opam_formula *atom)
{
	struct making *m = ctx;
	const struct package *package = universe_package(m->p->u, atom->name);

	if (!package || m->c.of[package->index] == NO_ITEM)
		m->lost = atom->name;
}

/* What was built with something that changes is built again; so it goes on up. */
static void
spread(struct making *m)
{
	for (size_t i = 0; i < m->plan->n; i++) {
		struct plan_package *package = &m->plan->packages[i];

		for (size_t k = 0; package->action == PLAN_KEEP && k < package->edge_count; k++) {
			const struct plan_package *to = &m->plan->packages[package->edges[k].to];

			if ((package->edges[k].roles & (EDGE_POST | EDGE_BUILD | EDGE_OWN)) ||
			    to->action == PLAN_KEEP)
				continue;
			package->action = PLAN_REINSTALL;
			package->follows = true;
			package->cause = arena_printf(m->p->a, "uses " STR_FMT, STR_ARG(to->version->name));
		}
		m->lost = STR("");
		if (package->action == PLAN_KEEP)
			graph_atoms(package->version->depopts, version_before, m, note_lost, m);
		if (m->lost.n) {
			package->action = PLAN_REINSTALL;
			package->follows = true;
			package->cause = arena_printf(m->p->a, "used " STR_FMT, STR_ARG(m->lost));
		}
	}
}

/* --- causes --- */

/* What changes gives its cause on to what it needs. */
static void
hand_down(struct making *m, const struct plan_package *package)
{
	for (size_t k = 0; package->action != PLAN_KEEP && k < package->edge_count; k++) {
		struct plan_package *to = &m->plan->packages[package->edges[k].to];

		if (!to->cause && to->action != PLAN_KEEP)
			to->cause = arena_printf(m->p->a, "required by " STR_FMT,
						 STR_ARG(package->version->name));
	}
}

static void
set_causes(struct making *m)
{
	bool all = m->p->r->kind == REQUEST_UPGRADE && !m->p->r->n;

	for (size_t i = 0; i < m->plan->n; i++)
		if (!m->plan->packages[i].cause && request_names(m->p->r, m->plan->packages[i].version))
			m->plan->packages[i].cause = "requested";
	for (size_t i = m->plan->n; i-- > 0;)
		hand_down(m, &m->plan->packages[i]);
	for (size_t i = 0; i < m->plan->n; i++) {
		struct plan_package *package = &m->plan->packages[i];

		if (package->cause || package->action == PLAN_KEEP)
			continue;
		package->cause = all && package->action == PLAN_UPGRADE ? "newer" : "needed by the request";
	}
}

/* --- removals --- */

static struct str
version_after(void *ctx, struct str name)
{
	const struct making *m = ctx;
	const struct package *package = universe_package(m->p->u, name);
	uint32_t item = package ? m->c.of[package->index] : NO_ITEM;

	return item == NO_ITEM ? STR("") : m->p->candidates[item].version->version;
}

/* The name of an atom that is missing now, in a formula that does not hold any more. */
static struct str
missing(struct making *m, const struct opam_formula *f)
{
	if (f->kind == FORMULA_ATOM)
		return opam_formula_holds(f, version_after, m) ? STR("") : f->name;
	for (size_t i = 0; i < f->n; i++) {
		struct str name = missing(m, f->kids[i]);

		if (name.n && !opam_formula_holds(f, version_after, m))
			return name;
	}
	return STR("");
}

static bool
clashes(struct making *m, uint32_t item, uint32_t other)
{
	const struct clause_list *list = &m->p->in.items[item].conflicts;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i]->n && clause_has(list->v[i], other))
			return true;
	return false;
}

/* What -a removes beside what was named. */
static const char unneeded[] = "no longer needed";

static const char *
removal_cause(struct making *m, const struct universe_installed *in)
{
	const struct package *package = universe_package(m->p->u, in->name);
	uint32_t item = package ? m->p->installed[package->index] : NO_ITEM;
	struct str need;

	if (m->p->r->kind == REQUEST_REMOVE &&
	    request_names(m->p->r, &(struct version){.name = in->name, .version = in->version}))
		return "requested";
	if (item == NO_ITEM)
		return "no version of it can stay";
	need = missing(m, m->p->candidates[item].version->depends);
	if (need.n)
		return arena_printf(m->p->a, "requires " STR_FMT, STR_ARG(need));
	for (size_t i = 0; i < m->p->u->n; i++) {
		uint32_t other = m->c.of[i];

		if (other != NO_ITEM && (clashes(m, item, other) || clashes(m, other, item)))
			return arena_printf(m->p->a, "conflicts with " STR_FMT,
					    STR_ARG(m->p->u->packages[i]->name));
	}
	return m->p->r->kind == REQUEST_REMOVE ? unneeded : "in the way of the request";
}

static int
by_removal(const void *left, const void *right)
{
	return str_cmp(((const struct plan_removal *)left)->name, ((const struct plan_removal *)right)->name);
}

static void
set_removals(struct making *m)
{
	struct plan *plan = m->plan;

	plan->removals = arena_array(m->p->a, struct plan_removal, m->p->r->installed_count);
	for (size_t i = 0; i < m->p->r->installed_count; i++) {
		const struct universe_installed *in = &m->p->r->installed[i];

		const char *cause;

		if (version_after(m, in->name).n)
			continue;
		cause = removal_cause(m, in);
		plan->removals[plan->removal_count++] =
			(struct plan_removal){in->name, in->version, cause, cause == unneeded};
	}
	if (plan->removal_count)
		qsort(plan->removals, plan->removal_count, sizeof(*plan->removals), by_removal);
}

/* --- the whole --- */

static void
set_edges(struct making *m, struct plan_package *out, const struct graph_node *node)
{
	struct plan_edge *edges = arena_array(m->p->a, struct plan_edge, node->edges.n);

	for (size_t i = 0; i < node->edges.n; i++)
		edges[i] = (struct plan_edge){m->place[node->edges.v[i].to], node->edges.v[i].roles};
	out->edges = edges;
	out->edge_count = node->edges.n;
}

int
plan_make(struct problem *p, struct choice c, struct plan **out, struct err *e)
{
	struct making m = {.p = p, .c = c};

	if (graph_make(p, c, &m.g, e) < 0) {
		struct item_set circle = {m.g.circle.v, m.g.circle.n};

		vec_push(p->a, &p->circles, circle);
		return -1;
	}
	m.plan = arena_new(p->a, struct plan);
	m.plan->n = m.g.n;
	m.plan->packages = arena_array(p->a, struct plan_package, m.g.n);
	m.place = arena_array(p->a, size_t, m.g.n);
	for (size_t i = 0; i < m.g.n; i++)
		m.place[m.g.order[i]] = i;
	for (size_t i = 0; i < m.g.n; i++) {
		const struct graph_node *node = &m.g.nodes[m.g.order[i]];

		set_action(&m, &m.plan->packages[i], node->item);
		set_marks(&m, &m.plan->packages[i]);
		set_edges(&m, &m.plan->packages[i], node);
	}
	spread(&m);
	set_causes(&m);
	set_removals(&m);
	for (size_t i = 0; i < m.plan->n; i++)
		m.plan->changes |= m.plan->packages[i].action != PLAN_KEEP;
	m.plan->changes |= m.plan->removal_count > 0;
	*out = m.plan;
	return 0;
}
