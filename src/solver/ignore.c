/* --ignore-constraints-on: dependencies as if they said nothing of versions. */
#include "solver/solver.h"

/* The same formula, where nothing changes. */
static const struct opam_formula *
without_range(struct arena *a, const struct opam_formula *f, const struct opam_strings *names)
{
	struct opam_formula *copy = NULL;

	if (f->kind == FORMULA_ATOM && f->range && opam_strings_have(names, f->name)) {
		copy = arena_new(a, struct opam_formula);
		*copy = *f;
		copy->range = NULL;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct opam_formula *kid = without_range(a, f->kids[i], names);

		if (kid == f->kids[i])
			continue;
		if (!copy) {
			copy = arena_new(a, struct opam_formula);
			*copy = *f;
			copy->kids = arena_array(a, const struct opam_formula *, f->n);
			for (size_t k = 0; k < f->n; k++)
				copy->kids[k] = f->kids[k];
		}
		copy->kids[i] = kid;
	}
	return copy ? copy : f;
}

void
solver_ignore_constraints(struct arena *a, struct universe *u, const struct opam_strings *names)
{
	for (size_t i = 0; names->n && i < u->n; i++)
		for (size_t k = 0; k < u->packages[i]->n; k++) {
			struct version *v = u->packages[i]->versions[k];

			if (v->depends)
				v->depends = without_range(a, v->depends, names);
			if (v->fresh && v->fresh->depends)
				v->fresh->depends = without_range(a, v->fresh->depends, names);
		}
}
