/* pick.h - how good a choice is: lexicographic, smaller is better, see RANK_*.
 *
 * Reads the definitions, not the clauses: it judges what the search over clauses found.
 */
#ifndef SOLVER_PICK_H
#define SOLVER_PICK_H

#include "solver/problem.h"

enum {
	RANK_REMOVED,   /* installed packages that go */
	RANK_FLAGGED,   /* newly chosen avoid-version or deprecated ones */
	RANK_REQUESTED, /* lag of what was asked for */
	RANK_WHOLE,     /* upgrade of all: lag of everything; else: installed ones with another version */
	RANK_NEW,       /* lag and alternative cost of what is newly installed */
	RANK_SIZE,
	RANK_LEVELS
};
struct rank {
	long v[RANK_LEVELS];
};
struct rank pick_rank(const struct problem *p, struct choice c);
/* <0: l is better. */
int pick_cmp(const struct rank *l, const struct rank *r);

/* By package: whether its lag counts as asked for. Not when what is installed does already. */
bool *pick_asked(const struct problem *p);
/* Whether some candidate could satisfy it, each part looked at by itself. */
bool pick_possible(const struct problem *p, const struct opam_formula *f);

#endif
