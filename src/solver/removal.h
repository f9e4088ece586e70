/* removal.h - what is particular to REQUEST_REMOVE: the rest is a request like any other, for an answer
 * without the names.
 */
#ifndef SOLVER_REMOVAL_H
#define SOLVER_REMOVAL_H

#include "solver/problem.h"

/* remove -a: takes out of the choice what neither a root nor the invariant needs. */
void removal_of_unneeded(struct problem *p, struct choice *c);
/* -1: the invariant forbids it; with the chain from it down to what was named. 0: it does not. */
int removal_forbidden(struct problem *p, struct err *e);

#endif
