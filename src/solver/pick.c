#include "solver/pick.h"

#include <string.h>

#include "opam/version.h"

/* --- the ranking --- */

/* How many newer versions one could have had. */
static unsigned
lag(const struct problem *p, uint32_t item)
{
	const struct candidate *c = &p->candidates[item];
	unsigned n = 0;

	for (uint32_t k = 0; k < c->version->rank; k++) {
		const struct version *v = c->package->versions[k];

		n += v->available && !v->avoid && opam_version_cmp(v->version, c->version->version) > 0;
	}
	return n;
}

static bool
is_new(const struct problem *p, size_t package, uint32_t item)
{
	return item != NO_ITEM && p->installed[package] != item;
}

struct view {
	const struct problem *p;
	struct choice c;
	bool unchanged_only; /* what was installed before and stays */
	bool possible;	     /* what any eligible version would do */
};

static bool
holds(const struct view *view, const struct opam_formula *f)
{
	const struct package *package;
	bool any = f->kind == FORMULA_OR;

	if (f->kind == FORMULA_TRUE)
		return true;
	if (f->kind != FORMULA_ATOM) {
		for (size_t i = 0; i < f->n; i++)
			if (holds(view, f->kids[i]) == any)
				return any;
		return !any;
	}
	package = universe_package(view->p->u, f->name);
	if (!package)
		return false;
	for (uint32_t k = 0; k < package->n; k++) {
		uint32_t item = view->p->first[package->index] + k;

		if (view->possible ? !view->p->in.items[item].eligible : view->c.of[package->index] != item)
			continue;
		if (view->unchanged_only && view->p->installed[package->index] != item)
			continue;
		if (opam_range_holds(f->range, package->versions[k]->version))
			return true;
	}
	return false;
}

static unsigned alternative_cost(const struct view *view, const struct opam_formula *f);

/* Walks the alternatives of nested `or`s in order. True: the one that holds was found. */
static bool
pass_alternatives(const struct view *view, const struct opam_formula *f, unsigned *place, unsigned *cost)
{
	struct view possible = {.p = view->p, .possible = true};

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
		*place += holds(&possible, kid);
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
		rank.v[RANK_WHOLE] += all ? lag(p, item) : p->was_installed[i] && is_new(p, i, item);
		if (!is_new(p, i, item))
			continue;
		rank.v[RANK_FLAGGED] += p->candidates[item].version->avoid;
		rank.v[RANK_NEW] += lag(p, item) +
				    alternative_cost(&view, p->candidates[item].version->depends);
	}
	for (size_t i = 0; i < p->demands.n; i++) {
		const struct demand *d = &p->demands.v[i];
		const struct package *package = d->atom ? universe_package(p->u, d->atom->name) : NULL;

		if (package && c.of[package->index] != NO_ITEM && counts(p, d, package))
			rank.v[RANK_REQUESTED] += lag(p, c.of[package->index]);
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

/* --- steps --- */

struct search {
	const struct problem *p;
	struct engine *engine;
	const struct attempt *base;
	struct choice *best;
	struct rank rank;
	unsigned budget;
};

static void
favour_best(const struct search *s, struct attempt *attempt)
{
	uint32_t *set = arena_array(s->p->a, uint32_t, s->p->u->n);
	struct wish wish = {.kind = WISH_FAVOUR, .set = set};

	for (size_t i = 0; i < s->p->u->n; i++)
		if (s->best->of[i] != NO_ITEM)
			set[wish.n++] = s->best->of[i];
	vec_push(s->p->a, &attempt->wishes, wish);
}

static struct attempt
attempt_from(const struct search *s)
{
	struct attempt attempt = *s->base;

	attempt.wishes.v = NULL;
	attempt.wishes.n = attempt.wishes.room = 0;
	for (size_t i = 0; i < s->base->wishes.n; i++)
		vec_push(s->p->a, &attempt.wishes, s->base->wishes.v[i]);
	return attempt;
}

/* One more wish, everything else as it is as far as possible. True: that was better. */
static bool
try_wish(struct search *s, struct wish wish)
{
	struct attempt attempt = attempt_from(s);
	struct choice found;
	struct rank rank;

	if (!s->budget || !wish.n)
		return false;
	s->budget--;
	vec_push(s->p->a, &attempt.wishes, wish);
	favour_best(s, &attempt);
	if (!engine_solve(s->engine, &attempt, &found))
		return false;
	rank = pick_rank(s->p, found);
	if (pick_cmp(&rank, &s->rank) >= 0)
		return false;
	*s->best = found;
	s->rank = rank;
	return true;
}

/* Some version newer than the one chosen, flagged ones aside. */
static bool
try_newer(struct search *s, size_t package)
{
	uint32_t first = s->p->first[package], now = s->best->of[package];
	struct wish wish = {.kind = WISH_ONE_OF};
	uint32_t *set;

	if (now == NO_ITEM || !lag(s->p, now))
		return false;
	set = arena_array(s->p->a, uint32_t, now - first);
	for (uint32_t item = first; item < now; item++)
		if (s->p->in.items[item].eligible && !s->p->candidates[item].version->avoid)
			set[wish.n++] = item;
	wish.set = set;
	return try_wish(s, wish);
}

/* Without this flagged version. */
static bool
try_without(struct search *s, size_t package)
{
	return try_wish(s, (struct wish){WISH_NONE_OF, &s->best->of[package], 1});
}

void
pick_improve(const struct problem *p, struct engine *engine, const struct attempt *base, unsigned budget,
	     struct choice *best)
{
	struct search s = {p, engine, base, best, pick_rank(p, *best), budget};

	/* In the order of the ranking: first without flagged versions, then newer ones. */
	for (unsigned newer = 0; newer < 2; newer++)
		for (bool better = true; better && s.budget;) {
			better = false;
			for (size_t i = 0; i < p->u->n && s.budget; i++)
				if (is_new(p, i, best->of[i]) &&
				    p->candidates[best->of[i]].version->avoid == !newer)
					better |= newer ? try_newer(&s, i) : try_without(&s, i);
		}
}
