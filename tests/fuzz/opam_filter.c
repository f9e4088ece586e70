#include "fuzz.h"
#include "opam/definition.h"
#include "opam/parse.h"
#include "opam/subst.h"

static void
count(void *ctx, struct str package, struct str name)
{
	(void)package, (void)name;
	++*(size_t *)ctx;
}

/* The input as a filter, as commands, as a text with variables, and as a `.in` file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct opam_scope scope = {.get = fuzz_get};
	struct str text = {(const char *)data, size};
	struct opam_commands commands;
	struct opam_value *value;
	struct opam_var var;
	struct opam_text t;
	struct arena a = {0};
	struct err e;
	size_t n = 0;

	if (opam_parse_value(&a, "fuzz", text, &t, &value, &e) == 0) {
		int good = opam_filter_check(&t, value, &e);

		LAW(opam_filter(&a, &t, value, &scope, &var, &e) == good);
		LAW(good < 0 || var.kind != VAR_LIST);
		opam_filter_variables(value, count, &n);
		if (opam_commands(&a, &t, value, &scope, &commands, &e) == 0)
			for (size_t i = 0; i < commands.n; i++)
				LAW(commands.v[i].n > 0);
	}
	opam_text_variables(text, count, &n);
	opam_expand(&a, text, &scope);
	opam_subst(&a, text, &scope);
	arena_free(&a);
	return 0;
}
