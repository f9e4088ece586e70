/* subset.h - which parts of a request, its atoms and then its formulas, go together, when not all do.
 *
 * As many as possible, which is proven unless the budget ends; of equally many, rather those that stand
 * first. The invariant holds in any case, and known circles (p->circles) are no answer.
 */
#ifndef SOLVER_SUBSET_H
#define SOLVER_SUBSET_H

#include "solver/problem.h"

/* By part of the request, in chosen. False: not even the rest can hold, or the deadline came first. */
bool subset_find(struct problem *p, uint64_t deadline, bool *chosen);

#endif
