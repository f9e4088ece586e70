/* plan.h - from what is chosen to a plan: order, roles of dependencies, actions and their causes. */
#ifndef SOLVER_PLAN_H
#define SOLVER_PLAN_H

#include "solver/problem.h"

/* -1: ERR_UNSAT, a cycle, which is printed. */
int plan_make(const struct problem *p, struct choice c, struct plan **out, struct err *e);

#endif
