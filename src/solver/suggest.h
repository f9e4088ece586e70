/* suggest.h - what could be asked for instead: each was solved before it is said. */
#ifndef SOLVER_SUGGEST_H
#define SOLVER_SUGGEST_H

#include "solver/solver.h"

/* Adds to what explains that r has no solution; three at most, the smallest changes first, as far as time
 * allows (CLOCK_MONOTONIC in ns; 0: no deadline). */
void suggest(struct arena *a, const struct universe *u, const struct request *r, uint64_t deadline,
	     struct explanation *x);

#endif
