/* softs.h - the six levels of the ranking as weighted literals; pick_rank() says the same of a choice. */
#ifndef SOLVER_SOFTS_H
#define SOLVER_SOFTS_H

#include "solver/ladder.h"
#include "solver/levels.h"
#include "solver/pick.h"

/* Adds to out what a level counts; returns what no choice can avoid. */
long softs_of(struct ladder *l, struct problem *p, unsigned level, struct soft_list *out);
/* A weight for each candidate of a name, by place: as few literals as possible, of which those of the
 * chosen one's runs hold and add up to its weight. */
void softs_weights(struct ladder *l, uint32_t name, const long *weights, struct soft_list *out);
/* The order that packagers wrote: one for each alternative passed over by a newly chosen candidate. */
void softs_alternatives(struct ladder *l, struct problem *p, struct soft_list *out);

#endif
