#include "base/map.h"
#include "opam/machine.h"
#include "opam/rules.h"
#include "opam/text.h"
#include "opam/version.h"

/* --- walking --- */

typedef void visit(void *ctx, const struct opam_value *v);

/* Every node of a value, top down. */
static void
each_node(const struct opam_value *v, visit *found, void *ctx)
{
	size_t n = opam_chain(v);

	found(ctx, v);
	for (size_t i = 0; i < (n > 1 ? n : v->n); i++)
		each_node(n > 1 ? opam_operand(v, i) : v->kids[i], found, ctx);
}

/* Every `"name" {...}` of a formula. */
static void
each_atom(const struct opam_value *v, visit *found, void *ctx)
{
	size_t n = opam_chain(v);

	if (v->kind == OPAM_STRING || v->kind == OPAM_OPTION) {
		found(ctx, v);
		return;
	}
	for (size_t i = 0; i < (n > 1 ? n : v->n); i++)
		each_atom(n > 1 ? opam_operand(v, i) : v->kids[i], found, ctx);
}

/* What of a condition is a filter: not the constraints on versions. */
static void
each_filter(const struct opam_value *v, visit *found, void *ctx)
{
	size_t n = opam_chain(v);

	if (v->kind == OPAM_PREFIX_RELOP)
		return;
	if (v->kind != OPAM_AND && v->kind != OPAM_OR && v->kind != OPAM_GROUP && v->kind != OPAM_NOT) {
		found(ctx, v);
		return;
	}
	for (size_t i = 0; i < (n > 1 ? n : v->n); i++)
		each_filter(n > 1 ? opam_operand(v, i) : v->kids[i], found, ctx);
}

static void
each_condition(const struct opam_value *atom, visit *found, void *ctx)
{
	for (size_t i = 1; atom->kind == OPAM_OPTION && i < atom->n; i++)
		found(ctx, atom->kids[i]);
}

/* --- variables --- */

struct wanted {
	struct opam_lint *l;
	const struct opam_value *at;
	const char *name, *other; /* of bare variables */
	bool found, found_other;
};

static void
note_wanted(void *ctx, struct str package, struct str name)
{
	struct wanted *w = ctx;

	if (package.n)
		return;
	w->found |= w->name && str_is(name, w->name);
	w->found_other |= w->other && str_is(name, w->other);
}

static void
local_variable(void *ctx, struct str package, struct str name)
{
	struct wanted *w = ctx;

	if (package.n)
		opam_lint_found_at(w->l, w->at->at, "%.*s:%.*s", SHOWN(package), SHOWN(name));
}

static void
local_in_filter(void *ctx, const struct opam_value *filter)
{
	struct wanted w = {.l = ctx, .at = filter};

	opam_filter_variables(filter, local_variable, &w);
}

static void
local_in_condition(void *ctx, const struct opam_value *condition)
{
	each_filter(condition, local_in_filter, ctx);
}

static void
local_in_atom(void *ctx, const struct opam_value *atom)
{
	each_condition(atom, local_in_condition, ctx);
}

void
opam_lint_local_depends(struct opam_lint *l)
{
	const struct opam_value *formulas[] = {l->d->depends, l->d->depopts, l->d->conflicts};

	for (size_t i = 0; i < COUNT_OF(formulas); i++)
		if (formulas[i])
			each_atom(formulas[i], local_in_atom, l);
}

void
opam_lint_local_available(struct opam_lint *l)
{
	if (l->d->available)
		local_in_filter(l, l->d->available);
}

static const char *const filtered_fields[] = {"patches",   "messages",  "depexts",      "libraries",
					      "syntax",    "available", "depends",      "depopts",
					      "conflicts", "features",  "post-messages"};
static const char *const command_fields[] = {"build", "install", "remove", "run-test", "build-doc"};

/* Asks every value of the fields for its variables. */
static void
each_variable(const struct opam_lint *l, const char *const *fields, size_t n,
	      void (*found)(void *ctx, struct str package, struct str name), void *ctx)
{
	for (size_t i = 0; i < n; i++)
		opam_filter_variables(opam_field(l->d, fields[i]), found, ctx);
}

void
opam_lint_ocaml(struct opam_lint *l)
{
	struct wanted w = {.l = l, .name = "ocaml-version"};

	if (opam_field(l->d, "ocaml-version")) {
		opam_lint_found(l, "ocaml-version", NULL);
		return;
	}
	each_variable(l, command_fields, COUNT_OF(command_fields), note_wanted, &w);
	each_variable(l, filtered_fields, COUNT_OF(filtered_fields), note_wanted, &w);
	if (w.found)
		opam_lint_found(l, NULL, NULL);
}

void
opam_lint_old_tests(struct opam_lint *l)
{
	struct wanted w = {.l = l, .name = "test", .other = "doc"};

	each_variable(l, filtered_fields, COUNT_OF(filtered_fields), note_wanted, &w);
	if (w.found)
		opam_lint_found(l, NULL, "not test");
	if (w.found_other)
		opam_lint_found(l, NULL, "not doc");
}

/* --- names of packages --- */

static void
nothing(const struct opam_scope *scope UNUSED, struct arena *a UNUSED, struct str package UNUSED,
	struct str name UNUSED, struct opam_var *out UNUSED)
{
}

static void
add_names(const struct opam_formula *f, struct map *out)
{
	if (f->kind == FORMULA_ATOM)
		map_set(out, f->name, out);
	for (size_t i = 0; i < f->n; i++)
		add_names(f->kids[i], out);
}

/* Of the packages that a field names, with the filters that may be true. */
static void
names_of(struct opam_lint *l, const struct opam_value *v, enum opam_formula_field field, bool tests,
	 struct map *out)
{
	static const struct opam_scope scope = {.get = nothing};
	struct opam_dep_flags flags = {
		.build = true,
		.post = true,
		.dev = true,
		.with_test = tests,
		.with_doc = tests,
		.with_dev_setup = tests,
	};
	const struct opam_formula *f;
	struct err ignored;

	if (v && opam_formula(l->a, &l->d->text, v, field, &flags, &scope, &f, &ignored) == 0)
		add_names(f, out);
}

void
opam_lint_both(struct opam_lint *l)
{
	struct map depends = map_new(l->a), depopts = map_new(l->a);

	if (!l->d->depopts)
		return;
	names_of(l, l->d->depends, FORMULA_DEPENDS, false, &depends);
	names_of(l, l->d->depopts, FORMULA_DEPOPTS, true, &depopts);
	for (size_t i = 0; i < depopts.n; i++)
		if (map_has(&depends, depopts.entries[i].key))
			opam_lint_found(l, "depopts", "%.*s", SHOWN(depopts.entries[i].key));
}

struct mentioned {
	struct opam_lint *l;
	struct map known; /* dependencies, and what was reported */
};

static void
note_package(void *ctx, struct str package, struct str name)
{
	struct mentioned *m = ctx;

	if (!package.n || str_is(package, "_") || str_is(name, "installed") || map_has(&m->known, package))
		return;
	map_set(&m->known, package, m);
	opam_lint_found(m->l, NULL, "%.*s", SHOWN(package));
}

void
opam_lint_undeclared(struct opam_lint *l)
{
	struct mentioned m = {.l = l, .known = map_new(l->a)};
	struct str own = l->name.n ? l->name : l->d->name;

	names_of(l, l->d->depends, FORMULA_DEPENDS, true, &m.known);
	names_of(l, l->d->depopts, FORMULA_DEPOPTS, true, &m.known);
	if (own.n)
		map_set(&m.known, own, l);
	each_variable(l, command_fields, COUNT_OF(command_fields), note_package, &m);
	/* Without post-messages, the last. */
	each_variable(l, filtered_fields, COUNT_OF(filtered_fields) - 1, note_package, &m);
}

/* --- flags of dependencies --- */

static void
note_in_filter(void *ctx, const struct opam_value *filter)
{
	opam_filter_variables(filter, note_wanted, ctx);
}

static void
note_in_condition(void *ctx, const struct opam_value *condition)
{
	each_filter(condition, note_in_filter, ctx);
}

static void
post_and_build(void *ctx, const struct opam_value *atom)
{
	struct wanted w = {.l = ctx, .name = "post", .other = "build"};

	each_condition(atom, note_in_condition, &w);
	if (w.found && w.found_other)
		opam_lint_found_at(ctx, atom->at, NULL);
}

static void
post_alone(void *ctx, const struct opam_value *atom)
{
	struct wanted w = {.l = ctx, .name = "post"};

	each_condition(atom, note_in_condition, &w);
	if (w.found)
		opam_lint_found_at(ctx, atom->at, NULL);
}

void
opam_lint_post(struct opam_lint *l)
{
	if (l->d->depopts)
		each_atom(l->d->depopts, post_alone, l);
	if (l->d->depends)
		each_atom(l->d->depends, post_and_build, l);
}

/* Negations are pushed down to where they meet a variable. */
static void
negated(struct opam_lint *l, const struct opam_value *v, bool negative)
{
	size_t n = opam_chain(v);

	if (v->kind == OPAM_NOT)
		negative = !negative;
	if (v->kind == OPAM_IDENT && negative && (str_is(v->s, "build") || str_is(v->s, "post")))
		opam_lint_found_at(l, v->at, "!%.*s", SHOWN(v->s));
	if (v->kind != OPAM_AND && v->kind != OPAM_OR && v->kind != OPAM_GROUP && v->kind != OPAM_NOT)
		return;
	for (size_t i = 0; i < (n > 1 ? n : v->n); i++)
		negated(l, n > 1 ? opam_operand(v, i) : v->kids[i], negative);
}

static void
negated_condition(void *ctx, const struct opam_value *condition)
{
	negated(ctx, condition, false);
}

static void
negated_in_atom(void *ctx, const struct opam_value *atom)
{
	each_condition(atom, negated_condition, ctx);
}

void
opam_lint_negated(struct opam_lint *l)
{
	if (l->d->depends)
		each_atom(l->d->depends, negated_in_atom, l);
	if (l->d->depopts)
		each_atom(l->d->depopts, negated_in_atom, l);
}

/* --- texts in filters --- */

static void
normal(void *ctx, const struct opam_value *v)
{
	struct opam_lint *l = ctx;
	const struct opam_value *name, *text;
	struct str wanted;

	if (v->kind != OPAM_RELOP)
		return;
	name = v->kids[v->kids[0]->kind != OPAM_IDENT];
	text = v->kids[v->kids[0]->kind == OPAM_IDENT];
	if (name->kind != OPAM_IDENT || text->kind != OPAM_STRING)
		return;
	if (str_is(name->s, "os"))
		wanted = opam_os_name(l->a, text->s);
	else if (str_is(name->s, "arch"))
		wanted = opam_arch_name(l->a, text->s);
	else
		return;
	if (!str_eq(wanted, text->s))
		opam_lint_found_at(l, text->at, "\"%.*s\" is \"%.*s\"", SHOWN(text->s), SHOWN(wanted));
}

void
opam_lint_normal(struct opam_lint *l)
{
	for (size_t i = 0; i < COUNT_OF(filtered_fields); i++) {
		const struct opam_value *v = opam_field(l->d, filtered_fields[i]);

		if (v)
			each_node(v, normal, l);
	}
}

/* A text where a truth is asked for. */
static void
text_filter(void *ctx, const struct opam_value *v)
{
	if (v->kind == OPAM_DEFINED)
		each_filter(v->kids[0], text_filter, ctx);
	else if (v->kind == OPAM_STRING && !str_is(v->s, "true") && !str_is(v->s, "false") &&
		 !str_is(v->s, "%%") && !str_starts(v->s, "%{"))
		opam_lint_found_at(ctx, v->at, "\"%.*s\"", SHOWN(v->s));
}

static void
text_in_condition(void *ctx, const struct opam_value *condition)
{
	each_filter(condition, text_filter, ctx);
}

static void
text_in_atom(void *ctx, const struct opam_value *atom)
{
	each_condition(atom, text_in_condition, ctx);
}

void
opam_lint_text_filters(struct opam_lint *l)
{
	const struct opam_value *formulas[] = {l->d->depends, l->d->depopts, l->d->conflicts};

	for (size_t i = 0; i < COUNT_OF(formulas); i++)
		if (formulas[i])
			each_atom(formulas[i], text_in_atom, l);
}
