/* canonical.h - of all equally good choices the same one, whatever the solver likes. */
#ifndef SOLVER_CANONICAL_H
#define SOLVER_CANONICAL_H

#include "solver/ladder.h"

/* The clauses admit only the best; best is one of them. Candidates that some of these choices have
 * are taken in order (by name, newest first) as far as they go together. False: the solver
 * gave up, and best is one of several. */
bool canonical_choice(struct ladder *l, struct choice best);

#endif
