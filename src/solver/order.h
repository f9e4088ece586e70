/* order.h - which name libsolv shall try first where several would do. */
#ifndef SOLVER_ORDER_H
#define SOLVER_ORDER_H

#include "solver/problem.h"

/* By package, a place: earlier alternatives of the packagers' `|` come first, else the alphabet. */
uint32_t *order_names(struct problem *p);

#endif
