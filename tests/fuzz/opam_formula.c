#include "fuzz.h"
#include "opam/formula.h"
#include "opam/parse.h"

static struct str
version_of(void *ctx, struct str name)
{
	(void)ctx;
	return name.n % 3 ? STR("1.0") : (struct str){0};
}

/* Kids of `and` and `or` are at least two, none of their own kind; what goes without a flag is marked. */
static void
shape_law(const struct opam_formula *f)
{
	if (f->kind == FORMULA_AND || f->kind == FORMULA_OR)
		LAW(f->n >= 2);
	else
		LAW(f->n == 0);
	for (size_t i = 0; i < f->n; i++) {
		LAW(f->kids[i]->kind != f->kind && f->kids[i]->kind != FORMULA_TRUE);
		shape_law(f->kids[i]);
	}
}

/* The first byte chooses field and flags. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct opam_scope scope = {.get = fuzz_get};
	const struct opam_formula *f;
	struct opam_dep_flags flags;
	struct opam_value *value;
	struct opam_text t;
	struct arena a = {0};
	struct err e;

	if (!size)
		return 0;
	flags = (struct opam_dep_flags){
		.build = *data & 1,
		.post = *data & 2,
		.with_test = *data & 4,
		.with_doc = *data & 8,
		.dev = *data & 16,
		.undefined_counts_as = *data & 32,
	};
	if (opam_parse_value(&a, "fuzz", (struct str){(const char *)data + 1, size - 1}, &t, &value, &e) ==
		    0 &&
	    opam_formula(&a, &t, value, (enum opam_formula_field)(*data >> 6) % 3, &flags, &scope, &f, &e) ==
		    0) {
		shape_law(f);
		opam_formula_holds(f, version_of, NULL);
		opam_formula_text(&a, f);
	}
	if (opam_atom(&a, (struct str){(const char *)data, size}, &f, &e) == 0) {
		struct str text = opam_formula_text(&a, f);

		LAW(opam_atom(&a, text, &f, &e) == 0);
		LAW(str_eq(opam_formula_text(&a, f), text));
	}
	if (opam_request(&a, (struct str){(const char *)data, size}, &f, &e) == 0 &&
	    f->kind != FORMULA_TRUE) {
		struct str text = opam_formula_text(&a, f);

		LAW(opam_request(&a, text, &f, &e) == 0);
		LAW(str_eq(opam_formula_text(&a, f), text));
	}
	arena_free(&a);
	return 0;
}
