/* ask.h - requests that are refused without a search: what they name is not there. */
#ifndef SOLVER_ASK_H
#define SOLVER_ASK_H

#include "solver/solver.h"

/* ERR_NOTFOUND: no such package (did you mean), no such version, none available (the filter with its
 * values), not installed. */
int ask_request(struct arena *a, const struct universe *u, const struct request *r, struct err *e);
int ask_atom(struct arena *a, const struct universe *u, const struct request *r,
	     const struct opam_formula *atom, struct err *e);

#endif
