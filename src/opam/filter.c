#include "opam/filter.h"

#include <inttypes.h>

#include "opam/twice.h"
#include "opam/version.h"

static int check(const struct opam_text *t, const struct opam_value *v, struct err *e);

/* What stands in braces or in a group: one filter, or none, which is true. */
static int
check_only(const struct opam_text *t, const struct opam_value *const *v, size_t n, struct opam_span at,
	   struct err *e)
{
	if (n == 0)
		return 0;
	if (n > 1 || (v[0]->kind == OPAM_GROUP && v[0]->n != 1))
		return opam_err(e, t, at, "expected a single filter");
	return check(t, v[0]->kind == OPAM_GROUP ? v[0]->kids[0] : v[0], e);
}

static int
check(const struct opam_text *t, const struct opam_value *v, struct err *e)
{
	if (v->kind == OPAM_GROUP)
		return check_only(t, (const struct opam_value *const *)v->kids, v->n, v->at, e);
	if (v->kind == OPAM_NOT || v->kind == OPAM_DEFINED)
		return check(t, v->kids[0], e);
	if (v->kind == OPAM_AND || v->kind == OPAM_OR) {
		for (size_t i = 0; i < opam_chain(v); i++)
			if (check(t, opam_operand(v, i), e) < 0)
				return -1;
		return 0;
	}
	if (v->kind == OPAM_PREFIX_RELOP)
		return opam_err(e, t, v->at, "a version constraint is no filter");
	if (v->kind == OPAM_LIST || v->kind == OPAM_OPTION || v->kind == OPAM_ENV)
		return opam_err(e, t, v->at, "expected a filter");
	return 0; /* an atom, or a comparison, which has atoms on both sides by the grammar */
}

int
opam_filter_check(const struct opam_text *t, const struct opam_value *filter, struct err *e)
{
	return filter ? check_only(t, &filter, 1, filter->at, e) : 0;
}

static const struct opam_var undefined = {.kind = VAR_UNDEFINED};

static bool
is_defined(struct opam_var v)
{
	return v.kind != VAR_UNDEFINED;
}

static struct opam_twice
known(struct opam_var v)
{
	return (struct opam_twice){v, v};
}

/* A text, expanded once in each pass. */
static struct opam_twice
text(const struct opam_passes *p, struct str s)
{
	struct opam_twice out = {.first = undefined, .all = undefined};
	struct str expanded;

	if (str_chr(s, '%') < 0)
		return known(VAR_IS_STR(s));
	if (p->first && opam_expand_pass(p, PASS_FIRST, s, NULL, &expanded))
		return known(VAR_IS_STR(expanded));
	if (opam_expand_pass(p, PASS_ALL, s, NULL, &expanded))
		out.all = VAR_IS_STR(expanded);
	return out;
}

/* The value of an identifier; the text of a value is expanded once itself. */
static struct opam_twice
ident(const struct opam_passes *p, struct str s)
{
	struct opam_ref ref = opam_ref_cut(s, false);
	struct opam_var first = undefined, all;
	struct opam_twice out;

	if (p->first)
		first = opam_ref_value(p, PASS_FIRST, &ref);
	all = is_defined(first) ? first : opam_ref_value(p, PASS_ALL, &ref);
	if (all.kind == VAR_UNDEFINED || all.kind == VAR_BOOL) {
		out = known(all);
	} else {
		out = text(p, opam_var_text(p->a, all));
	}
	if (!is_defined(first))
		out.first = undefined;
	return out;
}

static struct opam_var
compare(const struct opam_passes *p, enum opam_op op, struct opam_var l, struct opam_var r)
{
	if (!is_defined(l) || !is_defined(r))
		return undefined;
	return VAR_IS_BOOL(opam_version_holds(opam_var_text(p->a, l), op, opam_var_text(p->a, r)));
}

/* 1, 0, or -1 for a text that is no boolean. */
static int
truth(struct opam_var v)
{
	if (v.kind == VAR_BOOL)
		return v.b;
	return str_is(v.s, "true") ? 1 : str_is(v.s, "false") ? 0 : -1;
}

/* `&` when absorbing is false, `|` when it is true. Only the boolean absorbs what is undefined. */
static struct opam_var
combine(bool absorbing, struct opam_var l, struct opam_var r)
{
	if ((l.kind == VAR_BOOL && l.b == absorbing) || (r.kind == VAR_BOOL && r.b == absorbing))
		return VAR_IS_BOOL(absorbing);
	if (!is_defined(l) || !is_defined(r) || truth(l) < 0 || truth(r) < 0)
		return undefined;
	return VAR_IS_BOOL(absorbing ? truth(l) || truth(r) : truth(l) && truth(r));
}

static struct opam_var
negate(struct opam_var v)
{
	return !is_defined(v) || truth(v) < 0 ? undefined : VAR_IS_BOOL(!truth(v));
}

static struct opam_twice
chain(const struct opam_passes *p, const struct opam_value *v)
{
	bool absorbing = v->kind == OPAM_OR;
	struct opam_twice out = opam_filter_twice(p, opam_operand(v, 0)), r;

	for (size_t i = 1; i < opam_chain(v); i++) {
		r = opam_filter_twice(p, opam_operand(v, i));
		out.first = combine(absorbing, out.first, r.first);
		out.all = is_defined(out.first) ? out.first : combine(absorbing, out.all, r.all);
	}
	return out;
}

struct opam_twice
opam_filter_twice(const struct opam_passes *p, const struct opam_value *v)
{
	struct opam_twice out, l, r;

	switch (v->kind) {
	case OPAM_BOOL:
		return known(VAR_IS_BOOL(v->b));
	case OPAM_INT:
		return known(VAR_IS_STR(str_printf(p->a, "%" PRId64, v->i)));
	case OPAM_STRING:
		return text(p, v->s);
	case OPAM_IDENT:
		return ident(p, v->s);
	case OPAM_GROUP:
		return v->n ? opam_filter_twice(p, v->kids[0]) : known(VAR_IS_BOOL(true));
	case OPAM_RELOP:
		l = opam_filter_twice(p, v->kids[0]);
		r = opam_filter_twice(p, v->kids[1]);
		out.first = compare(p, (enum opam_op)v->op, l.first, r.first);
		out.all = is_defined(out.first) ? out.first : compare(p, (enum opam_op)v->op, l.all, r.all);
		return out;
	case OPAM_NOT:
		l = opam_filter_twice(p, v->kids[0]);
		out.first = negate(l.first);
		out.all = is_defined(out.first) ? out.first : negate(l.all);
		return out;
	case OPAM_DEFINED:
		/* Asked in the first pass, where there are two. */
		l = opam_filter_twice(p, v->kids[0]);
		return known(VAR_IS_BOOL(is_defined(p->first ? l.first : l.all)));
	case OPAM_AND:
	case OPAM_OR:
		return chain(p, v);
	default:
		return known(undefined);
	}
}

int
opam_filter(struct arena *a, const struct opam_text *t, const struct opam_value *filter,
	    const struct opam_scope *scope, struct opam_var *out, struct err *e)
{
	struct opam_passes p = {.a = a, .last = scope};

	if (opam_filter_check(t, filter, e) < 0)
		return -1;
	*out = filter ? opam_filter_twice(&p, filter).all : VAR_IS_BOOL(true);
	return 0;
}

bool
opam_truth(struct opam_var v, bool when_undefined)
{
	int b = -1;

	if (v.kind == VAR_BOOL || v.kind == VAR_STRING)
		b = truth(v);
	else if (v.kind == VAR_LIST && v.n == 1)
		b = truth(VAR_IS_STR(v.list[0]));
	return b < 0 ? when_undefined : b == 1;
}

void
opam_filter_variables(const struct opam_value *v,
		      void (*found)(void *ctx, struct str package, struct str name), void *ctx)
{
	struct opam_ref ref;

	if (!v)
		return;
	switch (v->kind) {
	case OPAM_STRING:
		opam_text_variables(v->s, found, ctx);
		return;
	case OPAM_IDENT:
		ref = opam_ref_cut(v->s, false);
		opam_ref_each(&ref, found, ctx);
		return;
	case OPAM_AND:
	case OPAM_OR:
		for (size_t i = 0; i < opam_chain(v); i++)
			opam_filter_variables(opam_operand(v, i), found, ctx);
		return;
	default:
		/* The left side of an update is the name of an environment variable. */
		for (size_t i = v->kind == OPAM_ENV; i < v->n; i++)
			opam_filter_variables(v->kids[i], found, ctx);
	}
}
