/* ladder.h - the choice of one version per name as literals (the order encoding).
 *
 * The candidates of a name stand newest first at places 0 .. n-1. Its rung i is true when a candidate at
 * place i or further is chosen: rung 0 says that the name is there, rung n is false, and each rung
 * implies the one before. That is all: at most one candidate is chosen, and a run of neighbours
 * [from, to] is chosen when rung `from` is true and rung `to + 1` is not. (The order encoding: Tamura,
 * Taga, Kitagawa, Banbara, "Compiling finite linear CSP into SAT", 2009.)
 */
#ifndef SOLVER_LADDER_H
#define SOLVER_LADDER_H

#include "solver/cnf.h"
#include "solver/engine.h"

enum { NO_PLACE = UINT32_MAX };

struct ladder_name {
	uint32_t n;
	const uint32_t *item; /* newest first */
	int first;            /* variable of rung 0; the others follow */
};
struct run {
	uint32_t name, from, to;
};
struct runs {
	struct run *v;
	size_t n, room;
};
struct ladder {
	struct cnf *cnf;
	const struct engine_input *in;
	struct ladder_name *names;
	uint32_t *place;              /* by item; NO_PLACE: not kept */
	struct ladder_run **by_start; /* by item: runs that have a literal */
	struct ladder_set **by_clause;
	size_t clause_room;
	struct runs scratch;
};
/* A literal may be needed in one direction only. */
enum ladder_way {
	LADDER_TO = 1 << 0,   /* literal -> chosen */
	LADDER_FROM = 1 << 1, /* chosen -> literal */
};

/* Only items that are kept can be chosen. */
void ladder_new(struct ladder *l, struct cnf *cnf, const struct engine_input *in, const bool *kept);
int ladder_rung(const struct ladder *l, uint32_t name, uint32_t place);
/* A literal for "one of this run is chosen". */
int ladder_run(struct ladder *l, struct run run, enum ladder_way way);
/* A literal for "some member is chosen". */
int ladder_clause(struct ladder *l, const struct clause *clause, enum ladder_way way);
/* The kept members as runs of neighbours; valid until the next call. */
const struct runs *ladder_runs(struct ladder *l, const struct clause *clause);
/* This one item. */
struct run ladder_item(const struct ladder *l, uint32_t item);
/* What the model chooses. */
void ladder_read(const struct ladder *l, struct choice out);

#endif
