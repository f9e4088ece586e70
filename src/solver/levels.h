/* levels.h - the smallest total weight of the literals that hold: one level of the ranking.
 *
 * Core-guided: assume that no bad literal holds; each refutation names some of which one must (a core),
 * which raises what is known to be unavoidable; a core's members are then counted by a totalizer, and
 * further ones among them are bad in turn. (OLL: Andres, Kaufmann, Matheis, Schaub, "Unsatisfiability-
 * based optimization in clasp", 2012; Morgado, Dodaro, Marques-Silva, "Core-guided MaxSAT with soft
 * cardinality constraints", 2014.) The cores of one round share no member.
 */
#ifndef SOLVER_LEVELS_H
#define SOLVER_LEVELS_H

#include "solver/cnf.h"

struct soft {
	int bad;
	long weight;
};
struct soft_list {
	struct soft *v;
	size_t n, room;
};
struct bounds {
	long low;  /* no model has less */
	long high; /* the best one known */
};
/* There is a model to look at; returns the weight of the best one seen so far. */
typedef long level_fn(void *ctx);

/* bounds: what is known before, low for what is not in the list. True: low == high, and the clauses now
 * admit only models of that weight. False: the solver gave up. */
bool levels_minimise(struct cnf *c, const struct soft_list *softs, struct bounds *bounds, level_fn *seen,
		     void *ctx);

#endif
