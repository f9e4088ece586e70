#include "fuzz.h"
#include "opam/definition.h"
#include "opam/parse.h"
#include "opam/print.h"

/* What is written of a value is read as the same value. */
static void
value_law(struct arena *a, const struct opam_value *v)
{
	struct str text = opam_value_text(a, v);
	struct opam_value *again;
	struct opam_text t;
	struct err e;

	LAW(opam_parse_value(a, "value", text, &t, &again, &e) == 0);
	LAW(again->kind == v->kind && again->n == v->n);
	LAW(str_eq(opam_value_text(a, again), text));
}

static void
items_law(struct arena *a, const struct opam_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (items[i].value)
			value_law(a, items[i].value);
		else
			items_law(a, items[i].items, items[i].n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct opam_definition d;
	struct opam_text t, again;
	struct arena a = {0};
	struct err e;

	if (opam_parse(&a, "fuzz", text, &t, &e) == 0) {
		LAW(str_eq(opam_print(&a, &t), text));
		items_law(&a, t.items, t.n);
		if (t.n && !(t.n == 2 && str_is(t.items[1].name, "#"))) {
			struct str set = opam_set_field(&a, &t, "zz", STR("[\"x\"]"));

			LAW(opam_parse(&a, "fuzz", set, &again, &e) == 0);
			opam_parse(&a, "fuzz", opam_remove_field(&a, &t, "zz"), &again, &e);
		}
	} else {
		LAW(e.code == ERR_PARSE);
	}
	if (opam_definition(&a, "fuzz", text, &d, &e) < 0)
		LAW(e.code == ERR_PARSE && e.at.line > 0);
	arena_free(&a);
	return 0;
}
