#include "solver/canonical.h"

/* Candidates by how many of the models seen have them. */
struct census {
	struct ladder *l;
	unsigned models;
	unsigned *count; /* by item */
};

static void
count(struct census *c, struct choice choice)
{
	c->models++;
	for (uint32_t i = 0; i < c->l->in->names; i++)
		if (choice.of[i] != NO_ITEM)
			c->count[choice.of[i]]++;
}

static bool
open(struct ladder *l, uint32_t item)
{
	struct run run = ladder_item(l, item);

	if (run.from == NO_PLACE)
		return false;
	return sat_fixed(l->cnf->sat, ladder_rung(l, run.name, run.from)) >= 0 &&
	       (run.to + 1 == l->names[run.name].n ||
		sat_fixed(l->cnf->sat, ladder_rung(l, run.name, run.to + 1)) <= 0);
}

/* A model with a candidate that none had before. */
static enum sat_answer
another(struct census *c, struct choice found)
{
	struct cnf *cnf = c->l->cnf;
	VEC(int) fresh = {0};
	enum sat_answer answer;
	int here;

	for (uint32_t i = 0; i < c->l->in->n; i++)
		if (!c->count[i] && open(c->l, i))
			vec_push(cnf->a, &fresh, ladder_run(c->l, ladder_item(c->l, i), LADDER_TO));
	if (!fresh.n)
		return SAT_NO;
	here = cnf_var(cnf);
	cnf_or(cnf, -here);
	for (size_t i = 0; i < fresh.n; i++)
		cnf_or(cnf, fresh.v[i]);
	cnf_end(cnf);
	sat_assume(cnf->sat, here);
	answer = sat_solve(cnf->sat);
	if (answer == SAT_YES) {
		ladder_read(c->l, found);
		count(c, found);
	}
	cnf_unit(cnf, -here);
	return answer;
}

/* Makes the candidate certain, if it can be. */
static enum sat_answer
insist(struct census *c, uint32_t item, struct choice best)
{
	struct cnf *cnf = c->l->cnf;
	int literal = ladder_run(c->l, ladder_item(c->l, item), LADDER_TO);
	enum sat_answer answer = SAT_YES;

	if (best.of[c->l->in->items[item].name] != item) {
		sat_assume(cnf->sat, literal);
		answer = sat_solve(cnf->sat);
		if (answer == SAT_YES)
			ladder_read(c->l, best);
	}
	if (answer == SAT_YES)
		cnf_unit(cnf, literal);
	return answer;
}

bool
canonical_choice(struct ladder *l, struct choice best)
{
	struct census c = {.l = l, .count = arena_array(l->cnf->a, unsigned, l->in->n)};
	struct choice found = {arena_array(l->cnf->a, uint32_t, l->in->names)};
	enum sat_answer answer = SAT_YES;

	count(&c, best);
	while (answer == SAT_YES)
		answer = another(&c, found);
	for (uint32_t i = 0; i < l->in->n && answer != SAT_UNKNOWN && c.models > 1; i++)
		if (c.count[i])
			answer = insist(&c, i, best);
	return answer != SAT_UNKNOWN;
}
