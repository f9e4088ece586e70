#include "fuzz.h"
#include "opam/definition.h"
#include "opam/lint.h"
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

/* What cannot be read has an error, and what can be read is no reason for one of these. */
static void
lint_law(struct arena *a, struct str text, bool read)
{
	struct opam_findings found = {0};
	struct opam_definition d;
	bool refused = false, error = false;

	opam_lint(a, "x/x.1.0/opam", text, &found, &d);
	for (size_t i = 0; i < found.n; i++) {
		refused |= found.v[i].id == LINT_SYNTAX || found.v[i].id == LINT_FORMAT;
		error |= found.v[i].error;
		LAW(found.v[i].at.line > 0 && found.v[i].text.n > 0);
	}
	LAW(read ? !refused : error);
}

/* Only what was asked for changes, and what was set is there. */
static void
edit_law(struct arena *a, const struct opam_text *t)
{
	struct str set = opam_set_field(a, t, "zz", STR("[\"x\"]"));
	struct opam_text again;
	struct err e;

	LAW(opam_parse(a, "fuzz", set, &again, &e) == 0);
	LAW(str_eq(opam_print(a, &again), set));
	LAW(str_eq(opam_set_field(a, &again, "zz", STR("[\"x\"]")), set));
	opam_parse(a, "fuzz", opam_remove_field(a, t, "zz"), &again, &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct opam_definition d;
	struct arena a = {0};
	struct opam_text t;
	struct err e;
	bool read;

	if (opam_parse(&a, "fuzz", text, &t, &e) == 0) {
		LAW(str_eq(opam_print(&a, &t), text));
		items_law(&a, t.items, t.n);
		if (t.n && !(t.n == 2 && str_is(t.items[1].name, "#")))
			edit_law(&a, &t);
	} else {
		LAW(e.code == ERR_PARSE);
	}
	read = opam_definition(&a, "fuzz", text, &d, &e) == 0;
	if (!read)
		LAW(e.code == ERR_PARSE && e.at.line > 0);
	lint_law(&a, text, read);
	arena_free(&a);
	return 0;
}
