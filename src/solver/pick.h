/* pick.h - how good a choice is, and making it better.
 *
 * The ranking is lexicographic, smaller is better: see RANK_*. libsolv decides greedily; improve()
 * tries single steps from its answer. It proves nothing.
 */
#ifndef SOLVER_PICK_H
#define SOLVER_PICK_H

#include "solver/problem.h"

enum {
	RANK_REMOVED,	/* installed packages that go */
	RANK_FLAGGED,	/* newly chosen avoid-version or deprecated ones */
	RANK_REQUESTED, /* lag of what was asked for */
	RANK_WHOLE,	/* upgrade of all: lag of everything; else: installed ones with another version */
	RANK_NEW,	/* lag and alternative cost of what is newly installed */
	RANK_SIZE,
	RANK_LEVELS
};
struct rank {
	unsigned v[RANK_LEVELS];
};
struct rank pick_rank(const struct problem *p, struct choice c);
/* <0: l is better. */
int pick_cmp(const struct rank *l, const struct rank *r);

/* Steps from *best while they make it better, at most `budget` runs of the engine. */
void pick_improve(const struct problem *p, struct engine *engine, const struct attempt *base, unsigned budget,
		  struct choice *best);

#endif
