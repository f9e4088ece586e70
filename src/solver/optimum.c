#include "solver/optimum.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/debug.h"
#include "solver/canonical.h"
#include "solver/circles.h"
#include "solver/passes.h"
#include "solver/softs.h"

enum {
	BUDGET = 2000000,  /* steps for the levels: six times what the hardest real request took */
	SETTLE = 50,       /* of which one soft literal may take a fiftieth when they have ended */
	MEMORY = 256 << 20 /* bytes of the SAT solver */
};

struct search {
	struct problem *p;
	struct arena *a; /* of the search alone */
	struct cnf cnf;
	struct ladder ladder;
	unsigned level;
	struct choice now;
	struct optimum *out;
};

/* The model is the best so far, or not. */
static long
seen(void *ctx)
{
	struct search *s = ctx;
	struct rank rank;

	ladder_read(&s->ladder, s->now);
	rank = pick_rank(s->p, s->now);
	if (pick_cmp(&rank, &s->out->rank) < 0) {
		memcpy(s->out->choice.of, s->now.of, s->p->u->n * sizeof(*s->now.of));
		s->out->rank = rank;
	}
	return s->out->rank.v[s->level];
}

/* --- what must hold --- */

/* What is installed is likely to stay. */
static void
lean_on_installed(struct search *s)
{
	for (uint32_t i = 0; i < s->p->in.names; i++) {
		uint32_t item = s->p->installed[i];

		for (uint32_t k = 0; item != NO_ITEM && s->ladder.place[item] != NO_PLACE; k++) {
			if (k > s->ladder.place[item])
				break;
			sat_phase(s->cnf.sat, ladder_rung(&s->ladder, i, k));
		}
	}
}

static void
encode(struct search *s)
{
	bool *kept = arena_array(s->a, bool, s->p->in.n);

	encode_reach(s->a, &s->p->in, 0, s->p->was_installed, kept);
	ladder_new(&s->ladder, &s->cnf, &s->p->in, kept);
	lean_on_installed(s);
	encode_items(&s->ladder);
	for (size_t i = 0; i < s->p->in.demands.n; i++)
		encode_demand(&s->ladder, s->p->in.demands.v[i]);
	circles_encode(&s->ladder, s->p);
}

/* The versions that are there are built again, if they can stay. */
static enum sat_answer
reinstall(struct search *s)
{
	VEC(int) same = {0};
	enum sat_answer answer;

	for (size_t i = 0; i < s->p->r->n; i++) {
		const struct package *package = universe_package(s->p->u, s->p->r->atoms[i]->name);
		uint32_t item = s->p->installed[package->index];

		if (item != NO_ITEM && s->ladder.place[item] != NO_PLACE)
			vec_push(s->a, &same,
				 ladder_run(&s->ladder, ladder_item(&s->ladder, item), LADDER_TO));
	}
	for (size_t i = 0; i < same.n; i++)
		sat_assume(s->cnf.sat, same.v[i]);
	answer = sat_solve(s->cnf.sat);
	if (answer == SAT_NO)
		return sat_solve(s->cnf.sat);
	if (answer == SAT_YES)
		seen(s);
	for (size_t i = 0; answer == SAT_YES && i < same.n; i++)
		cnf_unit(&s->cnf, same.v[i]);
	return answer == SAT_YES ? sat_solve(s->cnf.sat) : answer;
}

/* --- the levels --- */

static bool
prove_level(struct search *s, unsigned level)
{
	struct soft_list softs = {0};
	struct bounds bounds = {0};
	bool proven;

	s->level = level;
	bounds.high = s->out->rank.v[level];
	bounds.low = softs_of(&s->ladder, s->p, level, &softs);
	proven = levels_minimise(&s->cnf, &softs, &bounds, seen, s);
	s->out->bound = bounds.low;
	debug(DEBUG_SOLVER, "level %u: %ld to %ld, %zu literals, %llu steps", level, bounds.low, bounds.high,
	      softs.n, (unsigned long long)sat_limit(s->cnf.sat, UINT64_MAX));
	return proven;
}

/* --- when the budget has ended --- */

static int
heaviest_first(const void *left, const void *right)
{
	const struct soft *l = left, *r = right;

	if (l->weight != r->weight)
		return l->weight > r->weight ? -1 : 1;
	return abs(l->bad) < abs(r->bad) ? -1 : abs(l->bad) > abs(r->bad);
}

/* One literal after the other is made false where that is easy; values holds the last model. */
static bool
settle_level(struct search *s, unsigned level, uint64_t steps)
{
	struct soft_list softs = {0};
	bool *values;

	softs_of(&s->ladder, s->p, level, &softs);
	if (softs.n)
		qsort(softs.v, softs.n, sizeof(*softs.v), heaviest_first);
	values = arena_array(s->a, bool, softs.n);
	sat_limit(s->cnf.sat, steps * SETTLE / 4);
	if (sat_solve(s->cnf.sat) != SAT_YES)
		return false;
	seen(s);
	for (size_t i = 0; i < softs.n; i++)
		values[i] = sat_value(s->cnf.sat, softs.v[i].bad);
	for (size_t i = 0; i < softs.n; i++) {
		enum sat_answer answer = SAT_YES;

		if (values[i]) {
			sat_limit(s->cnf.sat, steps);
			sat_assume(s->cnf.sat, -softs.v[i].bad);
			answer = sat_solve(s->cnf.sat);
			if (answer == SAT_YES)
				seen(s);
			for (size_t k = i; answer == SAT_YES && k < softs.n; k++)
				values[k] = sat_value(s->cnf.sat, softs.v[k].bad);
		}
		if (answer == SAT_YES)
			cnf_unit(&s->cnf, -softs.v[i].bad);
	}
	return true;
}

static void
run_levels(struct search *s)
{
	uint64_t budget = (uint64_t)BUDGET * (s->p->r->effort ? s->p->r->effort : 1);
	unsigned level = 0;

	sat_limit(s->cnf.sat, budget);
	while (level < RANK_LEVELS && prove_level(s, level))
		s->out->proven_levels = ++level;
	if (level == RANK_LEVELS) {
		canonical_choice(&s->ladder, s->out->choice);
		s->out->rank = pick_rank(s->p, s->out->choice);
		return;
	}
	while (level < RANK_LEVELS && settle_level(s, level, budget / SETTLE / 4))
		level++;
}

/* --- the whole --- */

static enum optimum_answer
search(struct search *s, uint64_t deadline)
{
	enum sat_answer answer;
	struct choice greedy;

	encode(s);
	sat_limit(s->cnf.sat, BUDGET);
	answer = s->p->r->kind == REQUEST_REINSTALL ? reinstall(s) : sat_solve(s->cnf.sat);
	if (answer == SAT_UNKNOWN && passes_run(s->p, deadline, &greedy)) {
		*s->out = (struct optimum){.choice = greedy, .rank = pick_rank(s->p, greedy)};
		return OPTIMUM_FOUND;
	}
	if (answer == SAT_UNKNOWN) {
		sat_limit(s->cnf.sat, UINT64_MAX);
		answer = sat_solve(s->cnf.sat);
	}
	if (answer != SAT_YES)
		return answer == SAT_NO ? OPTIMUM_NONE : OPTIMUM_LATE;
	s->out->rank.v[0] = LONG_MAX;
	seen(s);
	run_levels(s);
	return OPTIMUM_FOUND;
}

enum optimum_answer
optimum_find(struct problem *p, uint64_t deadline, struct optimum *out)
{
	struct arena a = {0};
	AUTO_SAT sat = sat_new(MEMORY, deadline);
	struct search s = {.p = p, .a = &a, .out = out};
	enum optimum_answer answer;

	*out = (struct optimum){.choice = {arena_array(p->a, uint32_t, p->u->n)}};
	s.cnf = cnf_new(&a, sat);
	s.now.of = arena_array(&a, uint32_t, p->u->n);
	answer = search(&s, deadline);
	out->steps = sat_limit(sat, 0);
	arena_free(&a);
	return answer;
}
