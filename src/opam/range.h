/* range.h - building ranges and formulas; internal to opam/. */
#ifndef OPAM_RANGE_H
#define OPAM_RANGE_H

#include "opam/formula.h"

struct opam_formula_list {
	const struct opam_formula **v;
	size_t n, room;
};

const struct opam_range *opam_range_rel(struct arena *a, enum opam_op op, struct str version);
/* A balanced tree over n >= 1 ranges, so that a long chain does not become a deep one. */
const struct opam_range *opam_range_join(struct arena *a, bool conj, const struct opam_range *const *v,
					 size_t n);
/* NULL, for what has gone, is left out; the parts of a list of the same operator are taken in. */
void opam_formula_add(struct arena *a, struct opam_formula_list *list, bool conj,
		      const struct opam_formula *f);
/* NULL for an empty list, the element itself for one. */
const struct opam_formula *opam_formula_join(struct arena *a, const struct opam_formula_list *list,
					     bool conj);

#endif
