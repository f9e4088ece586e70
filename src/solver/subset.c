#include "solver/subset.h"

#include "solver/circles.h"
#include "solver/levels.h"

enum { MEMORY = 256 << 20, STEPS = 2000000 };

struct subset {
	struct problem *p;
	struct arena a;
	struct cnf cnf;
	struct ladder ladder;
	size_t n;    /* parts of the request */
	int *wanted; /* by part: it holds */
	long fewest; /* missing, of the models seen */
};

static long
count_missing(void *ctx)
{
	struct subset *s = ctx;
	long missing = 0;

	for (size_t i = 0; i < s->n; i++)
		missing += !sat_value(s->cnf.sat, s->wanted[i]);
	if (missing < s->fewest)
		s->fewest = missing;
	return s->fewest;
}

/* Each atom is one demand, a formula may be some. */
static size_t
part_of(const struct request *r, size_t demand, const struct demand *d)
{
	size_t i = 0;

	if (demand < r->n)
		return demand;
	while (r->formulas[i] != d->wanted)
		i++;
	return r->n + i;
}

static void
encode(struct subset *s)
{
	bool *kept = arena_array(&s->a, bool, s->p->in.n);
	size_t optional = 0;

	while (optional < s->p->demands.n && s->p->demands.v[optional].wanted)
		optional++; /* the invariant comes last: problem_new() */
	encode_reach(&s->a, &s->p->in, optional, s->p->was_installed, kept);
	ladder_new(&s->ladder, &s->cnf, &s->p->in, kept);
	encode_items(&s->ladder);
	circles_encode(&s->ladder, s->p);
	s->wanted = arena_array(&s->a, int, s->n);
	for (size_t i = 0; i < s->n; i++)
		s->wanted[i] = cnf_var(&s->cnf);
	for (size_t i = 0; i < s->p->demands.n; i++) {
		const struct demand *d = &s->p->demands.v[i];

		if (i < optional)
			cnf_implies(&s->cnf, s->wanted[part_of(s->p->r, i, d)],
				    ladder_clause(&s->ladder, d->clause, LADDER_TO));
		else
			encode_demand(&s->ladder, d->clause);
	}
}

/* One after the other is insisted on, if it can be. */
static void
prefer_first(struct subset *s, bool *chosen)
{
	for (size_t i = 0; i < s->n; i++) {
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
	s->fewest = (long)s->n;
	bounds.high = count_missing(s);
	for (size_t i = 0; i < s->n; i++)
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
	struct subset s = {.p = p, .n = p->r->n + p->r->formula_count};
	bool found;

	s.cnf = cnf_new(&s.a, sat);
	found = find(&s, chosen);
	arena_free(&s.a);
	return found;
}
