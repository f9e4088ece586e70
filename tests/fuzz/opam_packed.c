#include "fuzz.h"
#include "opam/formula.h"
#include "opam/packed.h"
#include "opam/parse.h"
#include "opam/print.h"

/* The bytes as a packed value: what is read can be used, and packed again to the same value. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct opam_scope scope = {.get = fuzz_get};
	static const struct opam_dep_flags flags = {.build = true, .post = true};
	struct opam_text t = {.path = "fuzz"};
	struct str rest = {(const char *)data, size};
	const struct opam_value *v, *again;
	const struct opam_formula *f;
	struct arena a = {0};
	struct opam_var var;
	struct err e;

	if (opam_unpack(&a, &rest, &v)) {
		struct buf b = buf_new(&a);

		opam_filter(&a, &t, v, &scope, &var, &e);
		opam_formula(&a, &t, v, FORMULA_DEPENDS, &flags, &scope, &f, &e);
		LAW(opam_pack(&b, v));
		rest = buf_str(&b);
		LAW(opam_unpack(&a, &rest, &again) && rest.n == 0);
		LAW(str_eq(opam_value_text(&a, v), opam_value_text(&a, again)));
	}
	arena_free(&a);
	return 0;
}
