/* ask.h - requests that are refused without a search: what they name is not there. */
#ifndef SOLVER_ASK_H
#define SOLVER_ASK_H

#include "solver/solver.h"

/* ERR_NOTFOUND: no such package (did you mean), no such version, none available (the filter with its
 * values), not installed. */
int ask_request(struct arena *a, const struct universe *u, const struct request *r, struct err *e);
int ask_atom(struct arena *a, const struct universe *u, const struct request *r,
	     const struct opam_formula *atom, struct err *e);
/* An atom, or a choice: of which one way has to be open; the first one's trouble is told. */
int ask_formula(struct arena *a, const struct universe *u, const struct request *r,
		const struct opam_formula *f, struct err *e);

#endif
