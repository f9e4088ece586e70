/* Counting and minimising over random clauses, against a truth table. */
#include "solver/levels.h"
#include "solver/totalizer.h"

#include "../tap.h"

enum { VARS = 9, CLAUSES = 14, ROUNDS = 400, SOFTS = 12, TWO_LEVELS = 2 };

static uint64_t state = 11;

static int
roll(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

/* --- the totalizer --- */

/* With `on` of n inputs true: output k must be true exactly for k <= on. */
static int
count_faults(int n, int on, int k)
{
	struct arena a = {0};
	AUTO_SAT sat = sat_new(64 << 20, 0);
	struct cnf c = cnf_new(&a, sat);
	struct totalizer *t;
	int inputs[VARS], output, faults;

	for (int i = 0; i < n; i++)
		inputs[i] = cnf_var(&c);
	t = totalizer_new(&c, inputs, (size_t)n);
	output = totalizer_output(&c, t, (size_t)k);
	for (int i = 0; i < n; i++)
		cnf_unit(&c, i * 7 % n < on ? inputs[i] : -inputs[i]);
	sat_assume(sat, -output);
	faults = (sat_solve(sat) == SAT_YES) != (k > on);
	faults += totalizer_output(&c, t, (size_t)n + 1) != LIT_FALSE;
	arena_free(&a);
	return faults;
}

static void
test_totalizer(void)
{
	int faults = 0;

	for (int n = 1; n <= 6; n++) /* 7 is prime to them: each input once */
		for (int on = 0; on <= n; on++)
			for (int k = 1; k <= n; k++)
				faults += count_faults(n, on, k);
	EQ_INT(faults, 0, "a totalizer counts");
}

/* --- levels --- */

struct table {
	struct cnf *c;
	int clauses[CLAUSES][3], n;
	struct soft softs[TWO_LEVELS][SOFTS];
	int soft_count[TWO_LEVELS], level;
	long best;
	bool any;
};

static bool
holds(int literal, unsigned model)
{
	int var = literal < 0 ? -literal : literal;

	return ((model >> (var - 2)) & 1) == (literal > 0); /* variable 1 is the constant */
}

static int
literal(void)
{
	return (2 + roll(VARS)) * (roll(2) ? 1 : -1);
}

static long
weigh(const struct table *t, int level, unsigned model)
{
	long weight = 0;

	for (int i = 0; i < t->soft_count[level]; i++)
		weight += holds(t->softs[level][i].bad, model) ? t->softs[level][i].weight : 0;
	return weight;
}

static long
seen(void *ctx)
{
	struct table *t = ctx;
	unsigned model = 0;
	long weight;

	for (int i = 0; i < VARS; i++)
		model |= (unsigned)sat_value(t->c->sat, i + 2) << i;
	weight = weigh(t, t->level, model);
	if (!t->any || weight < t->best)
		t->best = weight;
	t->any = true;
	return t->best;
}

/* The smallest pair of weights; false: no model. */
static bool
smallest(const struct table *t, long *out)
{
	bool any = false;

	for (unsigned model = 0; model < 1u << VARS; model++) {
		long now[TWO_LEVELS] = {weigh(t, 0, model), weigh(t, 1, model)};
		bool good = true;

		for (int i = 0; i < t->n && good; i++)
			good = holds(t->clauses[i][0], model) || holds(t->clauses[i][1], model) ||
			       holds(t->clauses[i][2], model);
		if (!good || (any && (now[0] > out[0] || (now[0] == out[0] && now[1] >= out[1]))))
			continue;
		memcpy(out, now, sizeof(now));
		any = true;
	}
	return any;
}

static void
fill(struct table *t)
{
	t->n = 4 + roll(CLAUSES - 4);
	for (int i = 0; i < t->n; i++) {
		for (int k = 0; k < 3; k++)
			cnf_or(t->c, t->clauses[i][k] = literal());
		cnf_end(t->c);
	}
	for (int level = 0; level < TWO_LEVELS; level++) {
		t->soft_count[level] = roll(SOFTS);
		for (int i = 0; i < t->soft_count[level]; i++)
			t->softs[level][i] = (struct soft){literal(), 1 + roll(3)};
	}
}

static int
level_faults(void)
{
	struct arena a = {0};
	AUTO_SAT sat = sat_new(64 << 20, 0);
	struct cnf c = cnf_new(&a, sat);
	struct table t = {.c = &c};
	long want[TWO_LEVELS];
	int faults = 0;
	bool any;

	for (int i = 0; i < VARS; i++)
		cnf_var(&c);
	fill(&t);
	any = smallest(&t, want);
	faults += (sat_solve(sat) == SAT_YES) != any;
	for (t.level = 0; any && t.level < TWO_LEVELS; t.level++) {
		struct soft_list softs = {t.softs[t.level], (size_t)t.soft_count[t.level], SOFTS};
		struct bounds bounds = {0, 1000};

		t.any = false;
		faults += !levels_minimise(&c, &softs, &bounds, seen, &t) || bounds.low != want[t.level] ||
			  bounds.high != want[t.level];
		faults += sat_solve(sat) != SAT_YES;
	}
	arena_free(&a);
	return faults;
}

int
main(void)
{
	int faults = 0;

	test_totalizer();
	for (int i = 0; i < ROUNDS; i++)
		faults += level_faults();
	EQ_INT(faults, 0, "two levels of %d random tables", ROUNDS);
	return tap_done();
}
