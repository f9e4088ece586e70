/* encode.h - what must hold, as clauses over the ladders.
 *
 * Neighbouring versions that require the same are told once, as a run: (not rung from, rung past, the
 * required). A required set that is one run needs no variable either.
 */
#ifndef SOLVER_ENCODE_H
#define SOLVER_ENCODE_H

#include "solver/ladder.h"

/* Items that an answer may need: of the demands, of the names given, and of what those require. Leaving
 * out the others makes no answer worse. The first `optional` demands need not hold. Sets kept, by item. */
void encode_reach(struct arena *a, const struct engine_input *in, size_t optional, const bool *names,
		  bool *kept);
/* Requirements, conflicts and conflict classes. */
void encode_items(struct ladder *l);
void encode_demand(struct ladder *l, const struct clause *demand);
/* Not one of each of these sets. */
void encode_not_all(struct ladder *l, const struct clause *sets, size_t n);

#endif
