/* plan.h - from what is chosen to a plan: order, roles of dependencies, actions and their causes. */
#ifndef SOLVER_PLAN_H
#define SOLVER_PLAN_H

#include "solver/problem.h"

/* -1: ERR_UNSAT, a cycle, which is printed and added to p->circles: the next answer will not have it. */
int plan_make(struct problem *p, struct choice c, struct plan **out, struct err *e);

#endif
