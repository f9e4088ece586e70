/* spans.h - sets of versions as people write them: "ocaml >= 5.0", "b 1.2, 1.4 to 1.6". */
#ifndef SOLVER_SPANS_H
#define SOLVER_SPANS_H

#include "base/buf.h"
#include "solver/problem.h"

/* Adds the marked (by item) eligible versions of a name, neighbours merged; three spans at most. */
void spans_add(struct buf *b, const struct problem *p, uint32_t name, const bool *marked);

#endif
