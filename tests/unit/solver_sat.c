/* The SAT solver behind its ten functions: against a truth table, and its limits. */
#include "solver/guard.h"
#include "solver/sat.h"

#include "../tap.h"

enum { VARS = 6, CLAUSES = 22, ROUNDS = 500, LITERALS = 3, HOLES = 11 };

static uint64_t state = 7;

static int
roll(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

struct table {
	int clauses[CLAUSES][LITERALS], assumed[2];
	int n;
};

static bool
holds(int literal, unsigned model)
{
	int var = literal < 0 ? -literal : literal;

	return ((model >> (var - 1)) & 1) == (literal > 0);
}

static bool
is_model(const struct table *t, unsigned model)
{
	for (int i = 0; i < t->n; i++) {
		bool any = false;

		for (int k = 0; k < LITERALS; k++)
			any |= holds(t->clauses[i][k], model);
		if (!any)
			return false;
	}
	return true;
}

static int
count_models(const struct table *t, bool assumed)
{
	int n = 0;

	for (unsigned model = 0; model < 1u << VARS; model++)
		n += is_model(t, model) &&
		     (!assumed || (holds(t->assumed[0], model) && holds(t->assumed[1], model)));
	return n;
}

static unsigned
read_model(struct sat *s)
{
	unsigned model = 0;

	for (int i = 1; i <= VARS; i++)
		model |= (unsigned)sat_value(s, i) << (i - 1);
	return model;
}

static int
literal(void)
{
	return (1 + roll(VARS)) * (roll(2) ? 1 : -1);
}

/* Faults of one random table: the answers, with and without assumptions, again after them. */
static int
one_table(void)
{
	struct table t = {.n = 4 + roll(CLAUSES - 4), .assumed = {literal(), literal()}};
	AUTO_SAT s = sat_new(64 << 20, 0);
	int faults = 0, fixed;

	for (int i = 0; i < t.n; i++) {
		for (int k = 0; k < LITERALS; k++)
			t.clauses[i][k] = literal();
		sat_add(s, t.clauses[i], LITERALS);
	}
	for (int round = 0; round < 3; round++) {
		bool assumed = round == 1, want = count_models(&t, assumed) > 0;
		enum sat_answer got;

		for (int i = 0; i < 2 && assumed; i++)
			sat_assume(s, t.assumed[i]);
		got = sat_solve(s);
		faults += got != (want ? SAT_YES : SAT_NO);
		if (got == SAT_YES)
			faults += !is_model(&t, read_model(s));
		else if (assumed && count_models(&t, false))
			faults += !sat_failed(s, t.assumed[0]) && !sat_failed(s, t.assumed[1]);
	}
	for (int i = 1; i <= VARS && count_models(&t, false); i++) {
		fixed = sat_fixed(s, i);
		for (unsigned model = 0; model < 1u << VARS; model++)
			faults += fixed && is_model(&t, model) && !holds(fixed * i, model);
	}
	return faults;
}

/* One pigeon more than holes: no solver of this kind can refute it soon. */
static void
add_pigeons(struct sat *s)
{
	int clause[HOLES];

	for (int p = 0; p <= HOLES; p++) {
		for (int h = 0; h < HOLES; h++)
			clause[h] = p * HOLES + h + 1;
		sat_add(s, clause, HOLES);
	}
	for (int h = 0; h < HOLES; h++)
		for (int p = 0; p <= HOLES; p++)
			for (int q = p + 1; q <= HOLES; q++) {
				int pair[] = {-(p * HOLES + h + 1), -(q * HOLES + h + 1)};

				sat_add(s, pair, 2);
			}
}

static void
test_limits(void)
{
	struct sat *s = sat_new(256 << 20, 0);
	uint64_t steps, start = guard_time(0);

	add_pigeons(s);
	sat_limit(s, 20000);
	OK(sat_solve(s) == SAT_UNKNOWN, "too few steps: no answer");
	steps = sat_limit(s, 20000);
	OK(steps >= 20000 && steps < 40000, "steps are counted");
	OK(sat_solve(s) == SAT_UNKNOWN && sat_limit(s, 0) >= steps + 20000, "a limit counts from now");
	sat_free(s);
	s = sat_new(256 << 20, guard_time(200));
	add_pigeons(s);
	OK(sat_solve(s) == SAT_UNKNOWN && guard_time(0) - start < 5000000000u, "the deadline ends it");
	OK(sat_solve(s) == SAT_UNKNOWN, "and all that follows");
	sat_free(s);
	s = sat_new(192 << 10, 0);
	add_pigeons(s);
	OK(sat_solve(s) == SAT_UNKNOWN, "so does the end of its memory");
	sat_free(s);
}

static void
test_phases(void)
{
	AUTO_SAT s = sat_new(64 << 20, 0);
	int clause[] = {1, 2, 3};

	sat_add(s, clause, 3);
	sat_phase(s, 2);
	OK(sat_solve(s) == SAT_YES && sat_value(s, 2) && !sat_value(s, 1) && !sat_value(s, 3),
	   "phases are tried first");
	OK(!sat_value(s, 99) && !sat_fixed(s, 99), "a variable never named");
}

int
main(void)
{
	int faults = 0;

	for (int i = 0; i < ROUNDS; i++)
		faults += one_table();
	EQ_INT(faults, 0, "%d random tables", ROUNDS);
	test_limits();
	test_phases();
	return tap_done();
}
