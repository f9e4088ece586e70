#include "solver/order.h"

#include <stdlib.h>
#include <string.h>

/* "a" | "b" says that a is preferred. All such pairs are votes; a topological order of the names
 * follows them, by the alphabet where nothing is said and where the votes form a circle. */

struct pair {
	uint32_t before, after;
	uint32_t votes;
};
struct pairs {
	struct pair *v;
	size_t n, room;
};

static int
by_pair(const void *left, const void *right)
{
	const struct pair *l = left, *r = right;

	if (l->before != r->before)
		return l->before < r->before ? -1 : 1;
	return l->after < r->after ? -1 : l->after > r->after;
}

static void
collect(struct problem *p, struct pairs *out)
{
	for (size_t i = 0; i < p->in.clauses.n; i++) {
		const struct clause *c = p->in.clauses.v[i];
		const struct package *last = NULL;

		for (size_t k = 0; k < c->atom_count && c->atom_count > 1; k++) {
			const struct package *package = universe_package(p->u, c->atoms[k]->name);

			if (package && last && package != last) {
				struct pair pair = {(uint32_t)last->index, (uint32_t)package->index, 1};

				vec_push(p->a, out, pair);
			}
			if (package)
				last = package;
		}
	}
}

/* Sorts, and keeps of two opposite pairs the one with more votes. */
static void
merge(struct pairs *pairs)
{
	size_t kept = 0;

	if (!pairs->n)
		return;
	qsort(pairs->v, pairs->n, sizeof(*pairs->v), by_pair);
	for (size_t i = 0; i < pairs->n; i++) {
		if (kept && by_pair(&pairs->v[kept - 1], &pairs->v[i]) == 0)
			pairs->v[kept - 1].votes++;
		else
			pairs->v[kept++] = pairs->v[i];
	}
	pairs->n = kept;
	for (size_t i = 0; i < pairs->n; i++) {
		struct pair back = {pairs->v[i].after, pairs->v[i].before, 0};
		struct pair *other = bsearch(&back, pairs->v, pairs->n, sizeof(back), by_pair);

		if (other && (other->votes > pairs->v[i].votes ||
			      (other->votes == pairs->v[i].votes && back.before < back.after)))
			pairs->v[i].votes = 0;
	}
}

uint32_t *
order_names(struct problem *p)
{
	size_t n = p->u->n;
	uint32_t *place = arena_array(p->a, uint32_t, n), *waits = arena_array(p->a, uint32_t, n);
	bool *done = arena_array(p->a, bool, n);
	struct pairs pairs = {0};

	collect(p, &pairs);
	merge(&pairs);
	for (size_t i = 0; i < pairs.n; i++)
		waits[pairs.v[i].after] += pairs.v[i].votes > 0;
	for (uint32_t next = 0; next < n; next++) {
		size_t best = n;
		struct pair from = {0};

		for (size_t i = 0; i < n; i++)
			if (!done[i] && (best == n || (waits[best] && !waits[i])))
				best = i;
		done[best] = true;
		place[best] = next;
		from.before = (uint32_t)best;
		for (size_t i = 0; i < pairs.n; i++)
			if (pairs.v[i].before == from.before && pairs.v[i].votes)
				waits[pairs.v[i].after]--;
	}
	return place;
}
