#include "solver/forest.h"

#include <stdlib.h>

#include "base/vec.h"

static struct str
name_at(const struct plan *plan, size_t at)
{
	return plan->packages[at].version->name;
}

static int
by_name(const void *left, const void *right, void *plan)
{
	return str_cmp(name_at(plan, ((const struct plan_edge *)left)->to),
		       name_at(plan, ((const struct plan_edge *)right)->to));
}

void
forest_make(struct arena *a, const struct plan *plan, bool up, struct forest *out)
{
	*out = (struct forest){plan, arena_array(a, struct forest_node, plan->n + 1)};
	for (size_t i = 0; i < plan->n; i++)
		for (size_t k = 0; k < plan->packages[i].edge_count; k++) {
			struct plan_edge edge = plan->packages[i].edges[k];
			size_t from = up ? edge.to : i;

			edge.to = up ? i : edge.to;
			vec_push(a, &out->nodes[from], edge);
		}
	for (size_t i = 0; i < plan->n; i++)
		if (out->nodes[i].n)
			qsort_r(out->nodes[i].v, out->nodes[i].n, sizeof(*out->nodes[i].v), by_name,
				(void *)plan);
}

static int
place_by_name(const void *left, const void *right, void *plan)
{
	return str_cmp(name_at(plan, *(const size_t *)left), name_at(plan, *(const size_t *)right));
}

size_t *
forest_by_name(struct arena *a, const struct plan *plan)
{
	size_t *order = arena_array(a, size_t, plan->n + 1);

	for (size_t i = 0; i < plan->n; i++)
		order[i] = i;
	qsort_r(order, plan->n, sizeof(*order), place_by_name, (void *)plan);
	return order;
}

size_t
forest_find(const struct forest *f, struct str name)
{
	size_t i = 0;

	while (i < f->plan->n && !str_eq(name_at(f->plan, i), name))
		i++;
	return i;
}

/* --- tops --- */

static void
visit(const struct forest *f, size_t at, bool *seen)
{
	if (seen[at])
		return;
	seen[at] = true;
	for (size_t i = 0; i < f->nodes[at].n; i++)
		visit(f, f->nodes[at].v[i].to, seen);
}

size_t *
forest_tops(struct arena *a, const struct forest *f, size_t *n)
{
	size_t count = f->plan->n, *order = forest_by_name(a, f->plan);
	size_t *tops = arena_array(a, size_t, count + 1);
	bool *reached = arena_array(a, bool, count + 1), *seen = arena_array(a, bool, count + 1);

	*n = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < f->nodes[i].n; k++)
			reached[f->nodes[i].v[k].to] = true;
	/* What nothing needs; then, of circles, rather what was asked for. */
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < count; i++) {
			if (seen[order[i]] || (pass == 0 && reached[order[i]]) ||
			    (pass == 1 && !f->plan->packages[order[i]].root))
				continue;
			tops[(*n)++] = order[i];
			visit(f, order[i], seen);
		}
	qsort_r(tops, *n, sizeof(*tops), place_by_name, (void *)f->plan);
	return tops;
}

/* --- chains --- */

static struct str
version_in(void *plan, struct str name)
{
	const struct forest f = {.plan = plan};
	size_t at = forest_find(&f, name);

	return at < f.plan->n ? f.plan->packages[at].version->version : STR("");
}

/* Of a choice only the sides that hold. */
static void
mark_base(const struct plan *plan, const struct opam_formula *f, bool *base)
{
	const struct forest all = {.plan = plan};

	if (!opam_formula_holds(f, version_in, (void *)plan))
		return;
	if (f->kind == FORMULA_ATOM)
		base[forest_find(&all, f->name)] = true;
	for (size_t i = 0; i < f->n; i++)
		mark_base(plan, f->kids[i], base);
}

bool *
forest_base(struct arena *a, const struct plan *plan, const struct opam_formula *invariant)
{
	bool *base = arena_array(a, bool, plan->n + 1);

	if (invariant)
		mark_base(plan, invariant, base);
	return base;
}

/* Breadth first upwards from the target: next[] leads back down. */
struct climb {
	size_t *next;
	unsigned *roles;
	bool *seen;
	size_t *queue, n;
};

static struct climb
climb_from(struct arena *a, const struct forest *up, size_t target)
{
	size_t count = up->plan->n;
	struct climb c = {arena_array(a, size_t, count + 1), arena_array(a, unsigned, count + 1),
			  arena_array(a, bool, count + 1), arena_array(a, size_t, count + 1), 0};

	c.queue[c.n++] = target;
	c.seen[target] = true;
	for (size_t i = 0; i < c.n; i++) {
		const struct forest_node *node = &up->nodes[c.queue[i]];

		for (size_t k = 0; k < node->n; k++) {
			size_t above = node->v[k].to;

			if (c.seen[above])
				continue;
			c.seen[above] = true;
			c.next[above] = c.queue[i];
			c.roles[above] = node->v[k].roles;
			c.queue[c.n++] = above;
		}
	}
	return c;
}

void
forest_chains(struct arena *a, const struct plan *plan, const bool *base, size_t target, struct chains *out)
{
	struct forest up;
	struct climb c;
	size_t n;
	size_t *tops;

	*out = (struct chains){0};
	forest_make(a, plan, true, &up);
	c = climb_from(a, &up, target);
	tops = c.queue;
	n = c.n;
	if (n > 1)
		qsort_r(tops + 1, n - 1, sizeof(*tops), place_by_name, (void *)plan);
	for (size_t i = 1; i < n; i++) {
		struct chain chain = {arena_array(a, size_t, n), arena_array(a, unsigned, n), 0};

		if (!plan->packages[tops[i]].root && !base[tops[i]])
			continue;
		for (size_t at = tops[i];; at = c.next[at]) {
			chain.roles[chain.n] = c.roles[at];
			chain.v[chain.n++] = at;
			if (at == target)
				break;
		}
		vec_push(a, out, chain);
	}
}
