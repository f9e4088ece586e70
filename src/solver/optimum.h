/* optimum.h - the best choice by the ranking, proven: verdict, six levels, one set.
 *
 * All levels share one SAT solver. The verdict has the deadline alone for a limit; the levels have a
 * budget of steps, so that the answer does not depend on the machine. When that ends, the rest is
 * settled greedily: valid, and with the levels before proven.
 */
#ifndef SOLVER_OPTIMUM_H
#define SOLVER_OPTIMUM_H

#include "solver/pick.h"

enum optimum_answer { OPTIMUM_FOUND, OPTIMUM_NONE, OPTIMUM_LATE };
struct optimum {
	struct choice choice;
	struct rank rank;
	unsigned proven_levels; /* from the first on; RANK_LEVELS: all */
	long bound;             /* of the first level not proven: no valid choice has less */
	uint64_t steps;
};
enum optimum_answer optimum_find(struct problem *p, uint64_t deadline, struct optimum *out);

#endif
