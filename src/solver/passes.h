/* passes.h - the engine asked in the right order: first what the ranking likes best. */
#ifndef SOLVER_PASSES_H
#define SOLVER_PASSES_H

#include "solver/problem.h"

/* False: there is no valid choice at all. */
bool passes_run(struct problem *p, struct choice *out);
/* REQUEST_REMOVE: what stays. */
int passes_remove(struct problem *p, struct choice *out, struct err *e);

#endif
