/* cnf.h - clauses on their way to the SAT solver: new variables, and constants that vanish. */
#ifndef SOLVER_CNF_H
#define SOLVER_CNF_H

#include "base/vec.h"
#include "solver/sat.h"

/* The constants, as literals. */
enum { LIT_TRUE = 1, LIT_FALSE = -1 };

struct cnf {
	struct arena *a;
	struct sat *sat;
	int vars;        /* the last one given out */
	VEC(int) clause; /* under construction */
};
struct cnf cnf_new(struct arena *a, struct sat *sat);
int cnf_var(struct cnf *c);
/* One literal after the other, then the end. */
void cnf_or(struct cnf *c, int literal);
void cnf_end(struct cnf *c);
void cnf_unit(struct cnf *c, int literal);
/* from -> to */
void cnf_implies(struct cnf *c, int from, int to);

#endif
