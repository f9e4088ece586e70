#include "solver/subset.h"

#include "solver/encode.h"
#include "solver/levels.h"

enum { MEMORY = 256 << 20, STEPS = 2000000 };

struct subset {
	struct problem *p;
	struct arena a;
	struct cnf cnf;
	struct ladder ladder;
	int *wanted; /* by atom: it holds */
	long fewest; /* missing, of the models seen */
};

static long
count_missing(void *ctx)
{
	struct subset *s = ctx;
	long missing = 0;

	for (size_t i = 0; i < s->p->r->n; i++)
		missing += !sat_value(s->cnf.sat, s->wanted[i]);
	if (missing < s->fewest)
		s->fewest = missing;
	return s->fewest;
}

static void
encode(struct subset *s)
{
	bool *kept = arena_array(&s->a, bool, s->p->in.n);

	encode_reach(&s->a, &s->p->in, s->p->r->n, s->p->was_installed, kept);
	ladder_new(&s->ladder, &s->cnf, &s->p->in, kept);
	encode_items(&s->ladder);
	s->wanted = arena_array(&s->a, int, s->p->r->n);
	/* The demands of the atoms come first: problem_new(). */
	for (size_t i = 0; i < s->p->in.demands.n; i++) {
		const struct clause *clause = s->p->in.demands.v[i];

		if (i >= s->p->r->n) {
			encode_demand(&s->ladder, clause);
			continue;
		}
		s->wanted[i] = cnf_var(&s->cnf);
		cnf_implies(&s->cnf, s->wanted[i], ladder_clause(&s->ladder, clause, LADDER_TO));
	}
}

/* One after the other is insisted on, if it can be. */
static void
prefer_first(struct subset *s, bool *chosen)
{
	for (size_t i = 0; i < s->p->r->n; i++) {
		sat_assume(s->cnf.sat, s->wanted[i]);
		chosen[i] = sat_solve(s->cnf.sat) == SAT_YES;
		cnf_unit(&s->cnf, chosen[i] ? s->wanted[i] : -s->wanted[i]);
	}
}

static bool
find(struct subset *s, bool *chosen)
{
	struct soft_list softs = {0};
	struct bounds bounds = {0};

	encode(s);
	sat_limit(s->cnf.sat, UINT64_MAX);
	if (sat_solve(s->cnf.sat) != SAT_YES)
		return false;
	s->fewest = (long)s->p->r->n;
	bounds.high = count_missing(s);
	for (size_t i = 0; i < s->p->r->n; i++)
		vec_push(&s->a, &softs, ((struct soft){-s->wanted[i], 1}));
	sat_limit(s->cnf.sat, STEPS);
	levels_minimise(&s->cnf, &softs, &bounds, count_missing, s);
	sat_limit(s->cnf.sat, STEPS);
	prefer_first(s, chosen);
	return true;
}

bool
subset_find(struct problem *p, uint64_t deadline, bool *chosen)
{
	AUTO_SAT sat = sat_new(MEMORY, deadline);
	struct subset s = {.p = p};
	bool found;

	s.cnf = cnf_new(&s.a, sat);
	found = find(&s, chosen);
	arena_free(&s.a);
	return found;
}
