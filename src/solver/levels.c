#include "solver/levels.h"

#include <string.h>

#include "solver/totalizer.h"

/* A literal that stands for output k of a totalizer. */
struct counter {
	struct totalizer *t;
	size_t k;
};
struct core {
	int *literals;
	size_t n;
	long weight;
};
struct level {
	struct cnf *c;
	struct bounds *bounds;
	level_fn *seen;
	void *ctx;
	VEC(int) active;         /* bad literals, some with no weight left */
	long *weight;            /* by literal: index() */
	struct counter *counter; /* by variable */
	bool *listed;            /* by literal: in active */
	size_t room;             /* variables for which there is room */
	VEC(struct core) cores;  /* not counted yet */
	bool *blocked;           /* by literal: member of one of them */
};

static size_t
place_of(int literal)
{
	return literal > 0 ? (size_t)literal * 2 : (size_t)-literal * 2 + 1;
}

static void *
larger(struct level *l, const void *old, size_t count, size_t now, size_t size)
{
	void *fresh = arena_calloc(l->c->a, now, size);

	if (count)
		memcpy(fresh, old, count * size);
	return fresh;
}

static void
make_room(struct level *l)
{
	size_t need = (size_t)l->c->vars + 1, room = need + need / 2, was = l->room;

	if (need <= was)
		return;
	l->weight = larger(l, l->weight, was * 2, room * 2, sizeof(*l->weight));
	l->listed = larger(l, l->listed, was * 2, room * 2, sizeof(*l->listed));
	l->blocked = larger(l, l->blocked, was * 2, room * 2, sizeof(*l->blocked));
	l->counter = larger(l, l->counter, was, room, sizeof(*l->counter));
	l->room = room;
}

/* One more weight on a literal. Of a literal and its opposite one holds whatever happens. */
static void
add_soft(struct level *l, int bad, long weight)
{
	size_t at, opposite;
	long both;

	if (bad == LIT_FALSE || !weight)
		return;
	if (bad == LIT_TRUE) {
		l->bounds->low += weight;
		return;
	}
	make_room(l);
	at = place_of(bad);
	opposite = place_of(-bad);
	l->weight[at] += weight;
	both = l->weight[at] < l->weight[opposite] ? l->weight[at] : l->weight[opposite];
	l->weight[at] -= both;
	l->weight[opposite] -= both;
	l->bounds->low += both;
	if (!l->listed[at]) {
		l->listed[at] = true;
		vec_push(l->c->a, &l->active, bad);
	}
}

/* An output that is paid for: the next one of its totalizer is bad in turn. */
static void
add_next(struct level *l, int literal, long weight)
{
	struct counter next = literal > 0 ? l->counter[literal] : (struct counter){0};
	int output;

	if (!next.t)
		return;
	next.k++;
	output = totalizer_output(l->c, next.t, next.k);
	if (output == LIT_FALSE)
		return;
	add_soft(l, output, weight);
	l->counter[output] = next;
}

/* What is decided already needs no search. */
static void
drop_fixed(struct level *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->active.n; i++) { /* grows */
		int bad = l->active.v[i];
		size_t at = place_of(bad);
		long weight = l->weight[at];
		int fixed = weight ? sat_fixed(l->c->sat, bad) : -1;

		if (!fixed) {
			l->active.v[kept++] = bad;
			continue;
		}
		l->weight[at] = 0;
		l->listed[at] = false;
		if (fixed > 0) {
			l->bounds->low += weight;
			add_next(l, bad, weight);
		}
	}
	l->active.n = kept;
}

/* --- cores --- */

static void
take_core(struct level *l)
{
	struct core core = {.literals = arena_array(l->c->a, int, l->active.n)};

	for (size_t i = 0; i < l->active.n; i++) {
		int bad = l->active.v[i];
		size_t at = place_of(bad);

		if (!l->weight[at] || l->blocked[at] || !sat_failed(l->c->sat, -bad))
			continue;
		if (!core.n || l->weight[at] < core.weight)
			core.weight = l->weight[at];
		core.literals[core.n++] = bad;
	}
	for (size_t i = 0; i < core.n; i++) {
		size_t at = place_of(core.literals[i]);

		l->weight[at] -= core.weight;
		l->blocked[at] = true;
	}
	l->bounds->low += core.weight;
	vec_push(l->c->a, &l->cores, core);
}

static void
count_core(struct level *l, const struct core *core)
{
	struct totalizer *t;

	for (size_t i = 0; i < core->n; i++) {
		l->blocked[place_of(core->literals[i])] = false;
		cnf_or(l->c, core->literals[i]);
	}
	cnf_end(l->c);
	for (size_t i = 0; i < core->n; i++)
		add_next(l, core->literals[i], core->weight);
	if (core->n < 2)
		return;
	t = totalizer_new(l->c, core->literals, core->n);
	add_soft(l, totalizer_output(l->c, t, 2), core->weight);
	l->counter[totalizer_output(l->c, t, 2)] = (struct counter){t, 2};
}

static void
count_cores(struct level *l)
{
	for (size_t i = 0; i < l->cores.n; i++)
		count_core(l, &l->cores.v[i]);
	l->cores.n = 0;
}

/* Disjoint cores until a model is found, or the best is. */
static enum sat_answer
round_of_cores(struct level *l)
{
	for (;;) {
		enum sat_answer answer;

		for (size_t i = 0; i < l->active.n; i++) {
			size_t at = place_of(l->active.v[i]);

			if (l->weight[at] && !l->blocked[at])
				sat_assume(l->c->sat, -l->active.v[i]);
		}
		answer = sat_solve(l->c->sat);
		if (answer == SAT_YES)
			l->bounds->high = l->seen(l->ctx);
		if (answer != SAT_NO)
			return answer;
		take_core(l);
		if (l->cores.v[l->cores.n - 1].n == 0)
			return SAT_NO; /* no model at all: the caller had one, so this does not happen */
		if (l->bounds->low >= l->bounds->high)
			return SAT_YES;
	}
}

bool
levels_minimise(struct cnf *c, const struct soft_list *softs, struct bounds *bounds, level_fn *seen,
		void *ctx)
{
	struct level l = {.c = c, .bounds = bounds, .seen = seen, .ctx = ctx};

	for (size_t i = 0; i < softs->n; i++)
		add_soft(&l, softs->v[i].bad, softs->v[i].weight);
	for (;;) {
		enum sat_answer answer;
		long before;

		drop_fixed(&l);
		if (bounds->low >= bounds->high)
			break;
		before = bounds->low;
		answer = round_of_cores(&l);
		count_cores(&l);
		if (answer != SAT_YES || (bounds->low == before && bounds->low < bounds->high))
			return false; /* or what seen() says is not what the literals say */
	}
	for (size_t i = 0; i < l.active.n; i++)
		if (l.weight[place_of(l.active.v[i])])
			cnf_unit(c, -l.active.v[i]);
	return bounds->low == bounds->high;
}
