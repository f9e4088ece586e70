#include "solver/circles.h"

#include <string.h>

/* Whether f cannot hold without this name, which has to be there before. */
static bool
always_needs(const struct opam_formula *f, struct str name)
{
	if (f->kind == FORMULA_ATOM)
		return !f->post && !f->dev_setup && str_eq(f->name, name);
	for (size_t i = 0; f->kind == FORMULA_AND && i < f->n; i++)
		if (always_needs(f->kids[i], name))
			return true;
	return false;
}

static bool
item_needs(const struct problem *p, uint32_t item, uint32_t other)
{
	return always_needs(p->candidates[item].version->depends, p->candidates[other].version->name);
}

/* All versions that stand for the one at this place: only that one, when the way to it or from it hangs on
 * its version. */
static struct clause
widen(struct arena *a, const struct problem *p, const struct item_set *circle, size_t at)
{
	uint32_t item = circle->v[at], next = circle->v[(at + 1) % circle->n];
	uint32_t before = circle->v[(at + circle->n - 1) % circle->n];
	size_t package = p->candidates[item].package->index;
	uint32_t *set = NULL; /* cppcheck takes .set for it */
	size_t n = 0;

	if (!item_needs(p, item, next) || !item_needs(p, before, item))
		return (struct clause){.set = &circle->v[at], .n = 1};
	set = arena_array(a, uint32_t, p->first[package + 1] - p->first[package]);
	for (uint32_t i = p->first[package]; i < p->first[package + 1]; i++)
		if (p->in.items[i].eligible && item_needs(p, i, next))
			set[n++] = i;
	return (struct clause){.set = set, .n = n};
}

void
circles_encode(struct ladder *l, const struct problem *p)
{
	for (size_t i = 0; i < p->circles.n; i++) {
		const struct item_set *circle = &p->circles.v[i];
		struct clause *sets = arena_array(l->cnf->a, struct clause, circle->n);

		for (size_t k = 0; k < circle->n; k++)
			sets[k] = widen(l->cnf->a, p, circle, k);
		encode_not_all(l, sets, circle->n);
	}
}

bool
circles_repeat(const struct problem *p)
{
	const struct item_set *last = &p->circles.v[p->circles.n - 1];

	for (const struct item_set *c = p->circles.v; c < last; c++)
		if (c->n == last->n && memcmp(c->v, last->v, c->n * sizeof(*c->v)) == 0)
			return true;
	return false;
}
