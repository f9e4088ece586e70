#include <stdlib.h>

#include "solver/solver.h"

enum { SIMILAR_DISTANCE = 2, SIMILAR_MAX = 5 };

struct near {
	struct str name;
	unsigned distance;
};

static int
by_distance(const void *left, const void *right)
{
	const struct near *l = left, *r = right;

	if (l->distance != r->distance)
		return l->distance < r->distance ? -1 : 1;
	return str_cmp(l->name, r->name);
}

/* "yaml" for "ocaml-yaml", "ocamlyaml": what people leave out or put before. */
static bool
is_prefixed(struct str name, struct str wanted)
{
	return wanted.n >= 3 && name.n > wanted.n &&
	       (name.s[name.n - wanted.n - 1] == '-' || name.s[name.n - wanted.n - 1] == '_') &&
	       str_eq(str_sub(name, name.n - wanted.n, wanted.n), wanted);
}

int
solver_similar(struct arena *a, const struct opam_strings *names, struct str name, struct opam_strings *out)
{
	unsigned limit = name.n <= 3 ? 1 : SIMILAR_DISTANCE;
	VEC(struct near) found = {0};

	for (size_t i = 0; i < names->n; i++) {
		struct near near = {names->v[i], str_distance(name, names->v[i], limit)};

		if (near.distance > limit && is_prefixed(near.name, name))
			near.distance = limit;
		if (near.distance <= limit && near.distance)
			vec_push(a, &found, near);
	}
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), by_distance);
	out->n = found.n < SIMILAR_MAX ? found.n : SIMILAR_MAX;
	out->v = arena_array(a, struct str, out->n);
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = found.v[i].name;
	return 0;
}
