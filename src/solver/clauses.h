/* clauses.h - from formulas to sets of items: ranges are worked out here, once and for all. */
#ifndef SOLVER_CLAUSES_H
#define SOLVER_CLAUSES_H

#include "solver/problem.h"

/* The eligible items that an atom admits. */
const struct clause *clauses_atom(struct problem *p, const struct opam_formula *atom);
/* Whether it admits any: the same without the set. */
bool clauses_any(const struct problem *p, const struct opam_formula *atom);
/* All of which must hold, added to out. -1: too many. */
int clauses_of(struct problem *p, const struct opam_formula *f, struct clause_list *out);
/* What a version's conflicts field strikes. */
void clauses_add_conflicts(struct problem *p, uint32_t item, const struct opam_formula *f);
/* The members of each conflict class exclude each other. */
void clauses_add_classes(struct problem *p);

#endif
