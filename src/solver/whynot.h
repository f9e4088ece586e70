/* whynot.h - why a package, or a newer version of it, is not installed: the question is solved. */
#ifndef SOLVER_WHYNOT_H
#define SOLVER_WHYNOT_H

#include "solver/solver.h"

struct why_not {
	enum why_not_answer {
		WHY_NOT_INSTALLED,   /* it is, and there is nothing newer */
		WHY_NOT_POSSIBLE,    /* nothing is against it: plan says what would change */
		WHY_NOT_PINNED,      /* another version is pinned */
		WHY_NOT_UNAVAILABLE, /* its filter is false on this platform: version->unavailable */
		WHY_NOT_UNSAT,       /* it cannot be beside what has to stay: explanation */
	} answer;
	const struct opam_formula *asked; /* the atom that was solved: that given, or newer than installed */
	const struct version *installed;  /* or NULL */
	const struct version *version;    /* the one of the plan; else the newest that was asked for */
	const struct plan *plan;
	struct explanation explanation;
	struct err why; /* of the solver: its message and notes */
};
/* r: the state, the invariant and the policy; its wish is replaced by the atom. A bare name of an installed
 * package asks for something newer. -1: ERR_NOTFOUND for what no repository has; ERR_SOLVER. */
int why_not(struct arena *a, const struct universe *u, const struct request *r,
	    const struct opam_formula *atom, struct why_not *out, struct err *e);
/* After an upgrade of names: one line for each name that is not as new as the request lets it be, why so, as
 * far as found by the deadline (of guard_time; 0: none). Empty list: they all are. */
struct opam_strings why_behind(struct arena *a, const struct universe *u, const struct request *r,
			       const struct plan *plan, uint64_t deadline);

#endif
