/* forest.h - what depends on what in a plan, upwards or downwards. */
#ifndef SOLVER_FOREST_H
#define SOLVER_FOREST_H

#include "solver/solver.h"

struct forest {
	const struct plan *plan;
	struct forest_node {
		struct plan_edge *v; /* to: index into plan.packages; sorted by name */
		size_t n, room;
	} * nodes; /* by package of the plan */
};
/* up: an edge leads from what is needed to what needs it. */
void forest_make(struct arena *a, const struct plan *plan, bool up, struct forest *out);
/* The packages of a plan, by name. */
size_t *forest_by_name(struct arena *a, const struct plan *plan);
/* Index of a name, or plan->n. */
size_t forest_find(const struct forest *f, struct str name);
/* Where a drawing of the whole begins: what no edge leads to; and of a circle of post edges a root, or any.
 * Sorted by name. */
size_t *forest_tops(struct arena *a, const struct forest *f, size_t *n);

/* By package of the plan: whether the invariant (NULL: none) holds by it. */
bool *forest_base(struct arena *a, const struct plan *plan, const struct opam_formula *invariant);
/* The shortest way from each root of the plan, and each of the base, down to a package, the package itself
 * left out. The root comes first. */
struct chain {
	size_t *v;
	unsigned *roles; /* of the edge to the next */
	size_t n;
};
struct chains {
	struct chain *v;
	size_t n, room;
};
void forest_chains(struct arena *a, const struct plan *plan, const bool *base, size_t target,
		   struct chains *out);

#endif
