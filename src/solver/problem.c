#include "solver/problem.h"

#include <string.h>

#include "opam/version.h"
#include "solver/clauses.h"
#include "solver/pick.h"

static bool
chooses(const struct opam_formula *f, const struct version *v)
{
	if (f->kind == FORMULA_ATOM)
		return str_eq(f->name, v->name) && opam_range_holds(f->range, v->version);
	for (size_t i = 0; i < f->n; i++)
		if (chooses(f->kids[i], v))
			return true;
	return false;
}

bool
request_names(const struct request *r, const struct version *v)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->atoms[i]->name, v->name))
			return true;
	for (size_t i = 0; i < r->formula_count; i++)
		if (chooses(r->formulas[i], v))
			return true;
	return false;
}

/* A package that the request means to build again uses the definition that is there now. */
static const struct version *
version_for(const struct request *r, const struct version *v)
{
	bool named = r->kind == REQUEST_UPGRADE && !r->n;

	if (!v->fresh || !v->fresh->available)
		return v;
	named |= request_names(r, v);
	return named && (v->pinned || r->kind == REQUEST_REINSTALL) ? v->fresh : v;
}

static void
number(struct problem *p)
{
	uint32_t n = 0;

	p->first = arena_array(p->a, uint32_t, p->u->n + 1);
	p->installed = arena_array(p->a, uint32_t, p->u->n);
	p->was_installed = arena_array(p->a, bool, p->u->n);
	for (size_t i = 0; i < p->u->n; i++) {
		p->first[i] = n;
		n += (uint32_t)p->u->packages[i]->n;
	}
	p->first[p->u->n] = p->in.n = n;
	p->in.names = (uint32_t)p->u->n;
	p->candidates = arena_array(p->a, struct candidate, n);
	p->in.items = arena_array(p->a, struct item, n);
	for (size_t i = 0; i < p->u->n; i++) {
		const struct package *package = p->u->packages[i];

		p->installed[i] = NO_ITEM;
		for (uint32_t k = 0; k < package->n; k++) {
			const struct version *v = package->versions[k];
			uint32_t item = p->first[i] + k;

			if (v->installed)
				p->installed[i] = item;
			p->candidates[item] = (struct candidate){version_for(p->r, v), package};
			p->in.items[item] = (struct item){.name = (uint32_t)i,
							  .newness = (uint32_t)package->n - k,
							  .eligible = v->available || v->installed,
							  .installed = v->installed};
		}
	}
	for (size_t i = 0; p->r->kind == REQUEST_REMOVE && i < p->r->n; i++) {
		size_t package = universe_package(p->u, p->r->atoms[i]->name)->index;

		for (uint32_t item = p->first[package]; item < p->first[package + 1]; item++)
			p->in.items[item].eligible = false;
	}
	for (size_t i = 0; i < p->r->installed_count; i++) {
		const struct package *package = universe_package(p->u, p->r->installed[i].name);

		if (package)
			p->was_installed[package->index] = true;
	}
}

/* How many newer versions one could have had; equal ones (1.0, 1.00) are not newer. */
static void
set_lags(struct problem *p)
{
	p->lag = arena_array(p->a, unsigned, p->in.n);
	for (size_t i = 0; i < p->u->n; i++) {
		unsigned newer = 0, equal = 0;

		for (uint32_t item = p->first[i]; item < p->first[i + 1]; item++) {
			const struct version *v = p->u->packages[i]->versions[item - p->first[i]];
			const struct version *last =
				item > p->first[i] ? p->u->packages[i]->versions[item - p->first[i] - 1]
						   : NULL;

			if (!last || opam_version_cmp(last->version, v->version) != 0) {
				newer += equal;
				equal = 0;
			}
			p->lag[item] = newer;
			equal += v->available && !v->avoid;
		}
	}
}

static void
add_formula(struct problem *p, const struct opam_formula *f, const struct opam_formula *wanted)
{
	struct clause_list clauses = {0};

	if (clauses_of(p, f, &clauses) < 0)
		clauses.n = 0; /* the checker still sees it */
	for (size_t i = 0; i < clauses.n; i++) {
		struct demand d = {.clause = clauses.v[i], .wanted = wanted};

		vec_push(p->a, &p->demands, d);
	}
}

static void
add_demands(struct problem *p)
{
	for (size_t i = 0; p->r->kind != REQUEST_REMOVE && i < p->r->n; i++) {
		const struct opam_formula *atom = p->r->atoms[i];
		struct demand d = {clauses_atom(p, atom), atom, atom};

		vec_push(p->a, &p->demands, d);
	}
	for (size_t i = 0; i < p->r->formula_count; i++)
		add_formula(p, p->r->formulas[i], p->r->formulas[i]);
	if (p->r->invariant)
		add_formula(p, p->r->invariant, NULL);
}

struct problem *
problem_new(struct arena *a, const struct universe *u, const struct request *r)
{
	struct problem *p = arena_new(a, struct problem);

	*p = (struct problem){.a = a,
			      .u = u,
			      .r = r,
			      .by_set = map_new(a),
			      .by_text = map_new(a),
			      .products = map_new(a),
			      .in.a = a};
	number(p);
	for (uint32_t i = 0; i < p->in.n; i++) {
		struct item *item = &p->in.items[i];

		if (!item->eligible)
			continue;
		if (clauses_of(p, p->candidates[i].version->depends, &item->requires) < 0) {
			item->requires.n = 0;
			item->eligible = false;
			continue;
		}
		clauses_add_conflicts(p, i, p->candidates[i].version->conflicts);
	}
	clauses_add_classes(p);
	p->literals = 0; /* what the definitions took is not at the cost of the request */
	add_demands(p);
	for (size_t i = 0; i < p->demands.n; i++)
		vec_push(a, &p->in.demands, p->demands.v[i].clause);
	set_lags(p);
	p->asked = pick_asked(p);
	return p;
}

struct choice
choice_copy(const struct problem *p, struct choice c)
{
	struct choice copy = {arena_array(p->a, uint32_t, p->u->n)};

	if (p->u->n)
		memcpy(copy.of, c.of, p->u->n * sizeof(*c.of));
	return copy;
}
