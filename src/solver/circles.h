/* circles.h - items that depend on each other in a circle cannot be put in order: no answer holds all.
 *
 * A circle shows only when a choice is put in order (plan.h), one set of versions at a time. Other versions
 * of these names that need the next name without any condition close the same circle: they are told at once.
 */
#ifndef SOLVER_CIRCLES_H
#define SOLVER_CIRCLES_H

#include "solver/encode.h"
#include "solver/problem.h"

/* Excludes all of p->circles. */
void circles_encode(struct ladder *l, const struct problem *p);
/* Whether the last one was known before: then looking on does not help. */
bool circles_repeat(const struct problem *p);

#endif
