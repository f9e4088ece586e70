/* passes.h - a valid answer by libsolv, asked in the right order: first what the ranking likes best.
 *
 * Greedy, and proves nothing: for a request whose exact search found no answer within its budget.
 */
#ifndef SOLVER_PASSES_H
#define SOLVER_PASSES_H

#include "solver/problem.h"

/* False: there is none, or none was found in time (CLOCK_MONOTONIC in ns; 0: no deadline). */
bool passes_run(struct problem *p, uint64_t deadline, struct choice *out);

#endif
