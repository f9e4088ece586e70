/* subset.h - which atoms of a request go together, when not all do.
 *
 * As many as possible, which is proven unless the budget ends; of equally many, rather those that stand
 * first. The formulas and the invariant hold in any case.
 */
#ifndef SOLVER_SUBSET_H
#define SOLVER_SUBSET_H

#include "solver/problem.h"

/* By atom of the request, in chosen. False: not even the rest can hold, or the deadline came first. */
bool subset_find(struct problem *p, uint64_t deadline, bool *chosen);

#endif
