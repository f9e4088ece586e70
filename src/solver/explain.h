/* explain.h - why there is no answer, in a dozen lines. */
#ifndef SOLVER_EXPLAIN_H
#define SOLVER_EXPLAIN_H

#include "solver/problem.h"

/* ERR_UNSAT: msg says what cannot be, note has the chains from the request, out all of it. */
int explain(const struct problem *p, uint64_t deadline, struct explanation *out, struct err *e);
/* Sets the note of that error anew: so much of the chains as fits beside the suggestions. */
void explain_note(const struct explanation *x, struct err *e);

/* Facts without which it would work, each needed: rows of the explanation. */
struct core {
	struct facts facts;
	bool *demand; /* by problem.demands: needed */
};
void core_find(const struct problem *p, uint64_t deadline, struct core *out);

#endif
