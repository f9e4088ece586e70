/* problem.h - a request in the form that a solver takes: numbered candidates and clauses over them.
 *
 * Every version of the universe has a number, ascending by name and then from the newest; a clause is
 * a sorted set of numbers (engine.h). Constraints are worked out here, by our own order of versions, so that
 * what comes after knows nothing of names, versions or ranges.
 */
#ifndef SOLVER_PROBLEM_H
#define SOLVER_PROBLEM_H

#include "solver/engine.h"
#include "solver/solver.h"

struct candidate {
	const struct version *version;
	const struct package *package;
};

/* Something the request demands: its clause must hold. */
struct demand {
	const struct clause *clause;
	const struct opam_formula *atom;   /* of the request; NULL: of a formula or the invariant */
	const struct opam_formula *wanted; /* the atom or formula of the request; NULL: the invariant */
};

/* Sets of items that depend on each other. */
struct circles {
	struct item_set {
		const uint32_t *v;
		size_t n;
	} * v;
	size_t n, room;
};

struct problem {
	struct arena *a;
	const struct universe *u;
	const struct request *r;
	struct engine_input in;       /* items: eligible are the available and the installed versions */
	struct candidate *candidates; /* by item */
	uint32_t *first;            /* by package: the item of its newest version; first[packages] == in.n */
	uint32_t *installed;        /* by package: the item of the installed version, or NO_ITEM */
	bool *was_installed;        /* by package: some version was, in the universe or not */
	unsigned *lag;              /* by item: newer eligible versions of its name, flagged ones aside */
	bool *asked;                /* by package: its lag counts as asked for */
	struct map by_set, by_text; /* clauses; the second of empty ones */
	struct map products;        /* what is known, by the text of a formula that was multiplied out */
	size_t literals;            /* of all those: what is beyond a bound is unusable */
	struct circles circles;     /* never all of one */
	struct {
		struct demand *v;
		size_t n, room;
	} demands;
};
/* Whether the request speaks of this package; of a formula's names those that it can choose. */
bool request_names(const struct request *r, const struct version *v);
/* Requests name known packages only: checked before. */
struct problem *problem_new(struct arena *a, const struct universe *u, const struct request *r);
/* Whether a candidate is a member. */
bool clause_has(const struct clause *c, uint32_t number);
/* "ocaml >= 4.14 | ocaml-variants" */
struct str clause_text(struct arena *a, const struct clause *c);

struct choice choice_copy(const struct problem *p, struct choice c);

#endif
