/* graph.h - which chosen package depends on which, by which role, and an order to build them in. */
#ifndef SOLVER_GRAPH_H
#define SOLVER_GRAPH_H

#include "solver/problem.h"

struct graph_node {
	uint32_t package; /* index in the universe */
	uint32_t item;
	struct {
		struct plan_edge *v; /* to: index into graph.nodes */
		size_t n, room;
	} edges;
	int mark;
};
struct graph {
	struct arena *a;
	struct graph_node *nodes;
	size_t n;
	size_t *node_of; /* by package; SIZE_MAX: not chosen */
	size_t *order;   /* nodes, dependencies first */
	struct {
		uint32_t *v;
		size_t n, room;
	} circle; /* items that depend on each other, when there is no order */
};

/* -1: ERR_UNSAT, a cycle, which is printed and stands in out->circle. An optional dependency that would close
 * one is left out. */
int graph_make(const struct problem *p, struct choice c, struct graph *out, struct err *e);

/* Calls found() for each atom that holds, of the parts of the formula that hold. */
typedef struct str version_of_fn(void *ctx, struct str name);
typedef void atom_fn(void *ctx, const struct opam_formula *atom);
void graph_atoms(const struct opam_formula *f, version_of_fn *version_of, void *version_ctx, atom_fn *found,
		 void *ctx);

#endif
