#include "solver/cnf.h"

struct cnf
cnf_new(struct arena *a, struct sat *sat)
{
	struct cnf c = {.a = a, .sat = sat, .vars = LIT_TRUE};
	int unit = LIT_TRUE;

	sat_add(sat, &unit, 1);
	return c;
}

int
cnf_var(struct cnf *c)
{
	return ++c->vars;
}

void
cnf_or(struct cnf *c, int literal)
{
	if (literal != LIT_FALSE)
		vec_push(c->a, &c->clause, literal);
}

void
cnf_end(struct cnf *c)
{
	bool holds = false;

	for (size_t i = 0; i < c->clause.n; i++)
		holds |= c->clause.v[i] == LIT_TRUE;
	if (!holds)
		sat_add(c->sat, c->clause.v, c->clause.n);
	c->clause.n = 0;
}

void
cnf_unit(struct cnf *c, int literal)
{
	cnf_or(c, literal);
	cnf_end(c);
}

void
cnf_implies(struct cnf *c, int from, int to)
{
	cnf_or(c, -from);
	cnf_or(c, to);
	cnf_end(c);
}
