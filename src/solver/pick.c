#include "solver/pick.h"

#include "solver/clauses.h"

/* --- the ranking --- */

static bool
is_new(const struct problem *p, size_t package, uint32_t item)
{
	return item != NO_ITEM && p->installed[package] != item;
}

struct view {
	const struct problem *p;
	struct choice c;
	bool unchanged_only; /* what was installed before and stays */
	bool possible;       /* what any eligible version would do */
};

static bool
holds(const struct view *view, const struct opam_formula *f)
{
	const struct package *package;
	bool any = f->kind == FORMULA_OR;
	uint32_t item;

	if (f->kind == FORMULA_TRUE)
		return true;
	if (f->kind != FORMULA_ATOM) {
		for (size_t i = 0; i < f->n; i++)
			if (holds(view, f->kids[i]) == any)
				return any;
		return !any;
	}
	if (view->possible)
		return clauses_any(view->p, f);
	package = universe_package(view->p->u, f->name);
	item = package ? view->c.of[package->index] : NO_ITEM;
	if (item == NO_ITEM || (view->unchanged_only && view->p->installed[package->index] != item))
		return false;
	return opam_range_holds(f->range, package->versions[item - view->p->first[package->index]]->version);
}

bool
pick_possible(const struct problem *p, const struct opam_formula *f)
{
	struct view possible = {.p = p, .possible = true};

	return holds(&possible, f);
}

static unsigned alternative_cost(const struct view *view, const struct opam_formula *f);

/* Walks the alternatives of nested `or`s in order. True: the one that holds was found. */
static bool
pass_alternatives(const struct view *view, const struct opam_formula *f, unsigned *place, unsigned *cost)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct opam_formula *kid = f->kids[i];

		if (kid->kind == FORMULA_OR) {
			if (pass_alternatives(view, kid, place, cost))
				return true;
			continue;
		}
		if (holds(view, kid)) {
			*cost = *place + alternative_cost(view, kid);
			return true;
		}
		*place += pick_possible(view->p, kid);
	}
	return false;
}

static unsigned
alternative_cost(const struct view *view, const struct opam_formula *f)
{
	struct view unchanged = *view;
	unsigned cost = 0, place = 0;

	if (f->kind == FORMULA_AND)
		for (size_t i = 0; i < f->n; i++)
			cost += alternative_cost(view, f->kids[i]);
	if (f->kind != FORMULA_OR)
		return cost;
	unchanged.unchanged_only = true;
	if (!holds(&unchanged, f))
		pass_alternatives(view, f, &place, &cost);
	return cost;
}

/* Whether an atom's name counts as asked for: not when what is installed does already. */
static bool
counts(const struct problem *p, const struct demand *d, const struct package *package)
{
	uint32_t installed = p->installed[package->index];

	if (p->r->kind == REQUEST_UPGRADE || p->r->kind == REQUEST_REINSTALL)
		return p->r->kind == REQUEST_UPGRADE;
	return installed == NO_ITEM || !clause_has(d->clause, installed);
}

/* All names of a choice that what is installed does not meet already. */
static void
ask_formula(const struct problem *p, const struct opam_formula *f, bool *asked)
{
	const struct package *package;

	for (size_t i = 0; i < f->n; i++)
		ask_formula(p, f->kids[i], asked);
	package = f->kind == FORMULA_ATOM ? universe_package(p->u, f->name) : NULL;
	if (package)
		asked[package->index] = true;
}

bool *
pick_asked(const struct problem *p)
{
	bool *asked = arena_array(p->a, bool, p->u->n);
	struct view before = {.p = p, .c = {p->installed}};

	for (size_t i = 0; i < p->r->formula_count; i++)
		if (!holds(&before, p->r->formulas[i]))
			ask_formula(p, p->r->formulas[i], asked);

	for (size_t i = 0; i < p->demands.n; i++) {
		const struct demand *d = &p->demands.v[i];
		const struct package *package = d->atom ? universe_package(p->u, d->atom->name) : NULL;

		if (package && counts(p, d, package))
			asked[package->index] = true;
	}
	return asked;
}

struct rank
pick_rank(const struct problem *p, struct choice c)
{
	struct view view = {.p = p, .c = c};
	struct rank rank = {{0}};
	bool all = p->r->kind == REQUEST_UPGRADE && !p->r->n;

	for (size_t i = 0; i < p->u->n; i++) {
		uint32_t item = c.of[i];

		rank.v[RANK_REMOVED] += p->was_installed[i] && item == NO_ITEM;
		if (item == NO_ITEM)
			continue;
		rank.v[RANK_SIZE]++;
		rank.v[RANK_REQUESTED] += p->asked[i] ? p->lag[item] : 0;
		rank.v[RANK_WHOLE] += all ? p->lag[item] : p->was_installed[i] && is_new(p, i, item);
		if (!is_new(p, i, item))
			continue;
		rank.v[RANK_FLAGGED] += p->candidates[item].version->avoid;
		rank.v[RANK_NEW] +=
			p->lag[item] + alternative_cost(&view, p->candidates[item].version->depends);
	}
	return rank;
}

int
pick_cmp(const struct rank *l, const struct rank *r)
{
	for (size_t i = 0; i < RANK_LEVELS; i++)
		if (l->v[i] != r->v[i])
			return l->v[i] < r->v[i] ? -1 : 1;
	return 0;
}
