/* Values as bytes: what comes back is what the parser gave, and hostile bytes are refused. */
#include "opam/packed.h"

#include <stdlib.h>
#include <string.h>

#include "opam/formula.h"
#include "opam/parse.h"
#include "opam/print.h"

#include "../tap.h"

static const char *const texts[] = {
	"\"a\"",
	"[]",
	"[\"a\" \"b\" {>= \"1.0\" & < \"2\" & !(os = \"win32\")} \"c\" {with-test | dev}]",
	"\"a\" | \"b\" | \"c\" {= version} | (\"d\" & \"e\" & \"f\") | ()",
	"os != \"linux\" & (arch = \"x86_64\" | ?cataladevmode & cataladevmode)",
	"[\"a\" {} {build}]",
	"[-4611686018427387904 0 12345678901 true false]",
	"!a:installed {x}",
	"[PATH += \"x\" Y := \"\"]",
	"\"tab\\there \\\"quoted\\\"\"",
};

static struct opam_value *
parse(struct arena *a, struct str text)
{
	struct opam_value *value = NULL;
	struct opam_text t;
	struct err e;

	return opam_parse_value(a, "test", text, &t, &value, &e) < 0 ? NULL : value;
}

static void
test_round_trip(void)
{
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct arena a = {0};
		struct opam_value *v = parse(&a, str_of(texts[i]));
		const struct opam_value *back = NULL;
		struct buf b = buf_new(&a);
		struct str rest;

		OK(v && opam_pack(&b, v), "%s is packed", texts[i]);
		if (!v)
			continue;
		rest = buf_str(&b);
		OK(opam_unpack(&a, &rest, &back) && rest.n == 0, "into %zu bytes, all of which are read",
		   b.n);
		EQ_STR(str_c(&a, opam_value_text(&a, back)), str_c(&a, opam_value_text(&a, v)),
		       "and it is the same");
		arena_free(&a);
	}
}

static void
ignore(void *ctx, struct str package, struct str name)
{
	(void)ctx, (void)package, (void)name;
}

static void
nothing(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	struct opam_var *out)
{
	(void)scope, (void)a, (void)package, (void)name, (void)out;
}

/* Nothing to compare with: it must only end, and never look beyond its bytes (ASan sees that). */
static void
use(struct arena *a, struct str bytes)
{
	static const struct opam_dep_flags flags = {.build = true};
	struct opam_text t = {.path = "test"};
	static const struct opam_scope scope = {.get = nothing};
	const struct opam_value *v;
	const struct opam_formula *f;
	struct opam_var var;
	struct err e;

	if (!opam_unpack(a, &bytes, &v))
		return;
	opam_value_text(a, v);
	opam_filter_variables(v, ignore, NULL);
	opam_filter(a, &t, v, &scope, &var, &e);
	opam_formula(a, &t, v, FORMULA_DEPENDS, &flags, &scope, &f, &e);
}

static void
test_hostile(void)
{
	size_t tried = 0;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct arena keep = {0};
		struct buf b = buf_new(&keep);

		opam_pack(&b, parse(&keep, str_of(texts[i])));
		for (size_t at = 0; at < b.n; at++) {
			for (int bit = 0; bit < 8; bit++) {
				struct arena a = {0};
				char *copy = malloc(b.n);

				memcpy(copy, b.s, b.n);
				copy[at] = (char)(copy[at] ^ 1 << bit);
				use(&a, (struct str){copy, b.n});
				use(&a, (struct str){copy, at});
				free(copy);
				arena_free(&a);
				tried++;
			}
		}
		arena_free(&keep);
	}
	OK(tried > 1000, "%zu changed bits, and as many cut ends", tried);
}

static void
test_bombs(void)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	const struct opam_value *v;
	struct str rest;

	for (int i = 0; i < 100000; i++)
		buf_addc(&b, OPAM_NOT);
	rest = buf_str(&b);
	OK(!opam_unpack(&a, &rest, &v), "100,000 negations are too deep");
	buf_cut(&b, 0);
	for (int i = 0; i < 900; i++) {
		buf_addc(&b, OPAM_LIST);
		pack_number(&b, 1000000);
	}
	while (b.n < 2000000)
		buf_addc(&b, OPAM_BOOL);
	rest = buf_str(&b);
	OK(!opam_unpack(&a, &rest, &v), "lists that promise more than all bytes can hold");
	arena_free(&a);
}

int
main(void)
{
	test_round_trip();
	test_hostile();
	test_bombs();
	return tap_done();
}
