#include "repo/evaluate.h"

#include <string.h>

#include "base/buf.h"

static void
own_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	struct opam_var *out)
{
	const struct own_scope *own = scope->ctx;

	if (package.n && !str_is(package, "_"))
		return;
	if (str_is(name, "name"))
		*out = VAR_IS_STR(own->name);
	else if (str_is(name, "version"))
		*out = VAR_IS_STR(own->version);
	else if (!package.n)
		own->platform->get(own->platform, a, package, name, out);
}

void
own_scope_set(struct own_scope *own, const struct opam_scope *platform, struct str name, struct str version)
{
	*own = (struct own_scope){{.get = own_get, .ctx = own}, platform, name, version};
}

int
repo_formulas(struct arena *a, const struct opam_dep_flags *flags, const struct opam_scope *scope,
	      const struct slim *slim, struct formulas *out, struct err *e)
{
	static const struct opam_dep_flags undefined;
	const struct opam_text *t = &slim->text;

	if (opam_formula(a, t, slim->depends, FORMULA_DEPENDS, flags, scope, &out->depends, e) < 0 ||
	    opam_formula(a, t, slim->depopts, FORMULA_DEPOPTS, flags, scope, &out->depopts, e) < 0)
		return -1;
	return opam_formula(a, t, slim->conflicts, FORMULA_CONFLICTS, &undefined, scope, &out->conflicts, e);
}

/* The variable `dev`: whether the source is a moving one. */
static bool
is_dev(const struct slim *slim, const struct version *v)
{
	struct opam_url pinned;
	struct err ignored;

	if (v->pin && v->pin->url.n)
		return opam_url(v->pin->url, &pinned, &ignored) < 0 || pinned.backend != URL_HTTP;
	return slim->moving;
}

/* --- available --- */

struct reason {
	struct arena *a;
	const struct opam_scope *scope;
	struct buf b;
	size_t n;
	struct {
		struct str *v;
		size_t n, room;
	} said;
};

static void
add_value(void *ctx, struct str package, struct str name)
{
	struct reason *r = ctx;
	struct opam_var value = {0};
	struct str text = str_printf(r->a, STR_FMT ":" STR_FMT, STR_ARG(package), STR_ARG(name));

	for (size_t i = 0; i < r->said.n; i++)
		if (str_eq(r->said.v[i], text))
			return;
	vec_push(r->a, &r->said, text);
	r->scope->get(r->scope, r->a, package, name, &value);
	buf_adds(&r->b, r->n++ ? ", " : " (");
	if (package.n)
		buf_printf(&r->b, STR_FMT ":", STR_ARG(package));
	text = value.kind == VAR_UNDEFINED ? STR("undefined") : opam_var_text(r->a, value);
	buf_printf(&r->b, STR_FMT " is " STR_FMT, STR_ARG(name), STR_ARG(text));
}

/* The filter as written, on one line, and what its variables are here. */
static struct str
why_unavailable(struct arena *a, const struct slim *slim, const struct opam_scope *scope)
{
	const struct opam_value *filter = slim->available;
	struct reason r = {.a = a, .scope = scope, .b = buf_new(a)};
	struct str text = str_sub(slim->text.text, filter->at.off, filter->at.len);
	bool blank = false;

	buf_adds(&r.b, "available: ");
	for (size_t i = 0; i < text.n; i++) {
		bool is_blank =
			text.s[i] == ' ' || text.s[i] == '\n' || text.s[i] == '\t' || text.s[i] == '\r';

		if (!is_blank || !blank)
			buf_addc(&r.b, is_blank ? ' ' : text.s[i]);
		blank = is_blank;
	}
	opam_filter_variables(filter, add_value, &r);
	if (r.n)
		buf_addc(&r.b, ')');
	return buf_str(&r.b);
}

static int
available(struct arena *a, const struct slim *slim, struct version *v, const struct opam_scope *scope,
	  struct err *e)
{
	struct opam_var value = {0};

	v->available = true;
	if (!slim->available)
		return 0;
	if (opam_filter(a, &slim->text, slim->available, scope, &value, e) < 0)
		return -1;
	v->available = opam_truth(value, false);
	if (!v->available)
		v->unavailable = why_unavailable(a, slim, scope);
	return 0;
}

int
repo_evaluate(struct arena *a, const struct evaluate *how, const struct slim *slim, struct version *v,
	      struct err *e)
{
	struct own_scope own;
	struct formulas formulas;
	struct opam_dep_flags flags = {.build = true,
				       .post = true,
				       .with_test = how->with_test,
				       .with_doc = how->with_doc,
				       .with_dev_setup = how->with_dev_setup,
				       .dev = is_dev(slim, v)};

	own_scope_set(&own, how->platform, v->name, v->version);
	v->avoid = slim->flags & (FLAG_AVOID_VERSION | FLAG_DEPRECATED);
	if (available(a, slim, v, &own.scope, e) < 0 ||
	    repo_formulas(a, &flags, &own.scope, slim, &formulas, e) < 0)
		return err_note(e, "while reading package " STR_FMT "." STR_FMT, STR_ARG(v->name),
				STR_ARG(v->version));
	v->depends = formulas.depends;
	v->depopts = formulas.depopts;
	v->conflicts = formulas.conflicts;
	v->conflict_class = (struct opam_strings){NULL, slim->conflict_class.n};
	if (slim->conflict_class.n) {
		v->conflict_class.v = arena_array(a, struct str, slim->conflict_class.n);
		memcpy(v->conflict_class.v, slim->conflict_class.v,
		       slim->conflict_class.n * sizeof(struct str));
	}
	return 0;
}
