#include "opam/range.h"

#include <string.h>

#include "base/buf.h"
#include "base/vec.h"
#include "opam/version.h"

const struct opam_range *
opam_range_rel(struct arena *a, enum opam_op op, struct str version)
{
	struct opam_range *r = arena_new(a, struct opam_range);

	r->kind = RANGE_REL;
	r->op = op;
	r->version = version;
	return r;
}

const struct opam_range *
opam_range_join(struct arena *a, bool conj, const struct opam_range *const *v, size_t n)
{
	struct opam_range *r;

	if (n == 1)
		return v[0];
	r = arena_new(a, struct opam_range);
	r->kind = conj ? RANGE_AND : RANGE_OR;
	r->left = opam_range_join(a, conj, v, n - n / 2);
	r->right = opam_range_join(a, conj, v + n - n / 2, n / 2);
	return r;
}

void
opam_formula_add(struct arena *a, struct opam_formula_list *list, bool conj, const struct opam_formula *f)
{
	if (!f)
		return;
	if (f->kind != (conj ? FORMULA_AND : FORMULA_OR)) {
		vec_push(a, list, f);
		return;
	}
	for (size_t i = 0; i < f->n; i++)
		vec_push(a, list, f->kids[i]);
}

const struct opam_formula *
opam_formula_join(struct arena *a, const struct opam_formula_list *list, bool conj)
{
	struct opam_formula *f;

	if (list->n < 2)
		return list->n ? list->v[0] : NULL;
	f = arena_new(a, struct opam_formula);
	f->kind = conj ? FORMULA_AND : FORMULA_OR;
	f->kids = list->v;
	f->n = list->n;
	f->at = list->v[0]->at;
	return f;
}

bool
opam_range_holds(const struct opam_range *range, struct str version)
{
	if (!range)
		return true;
	switch (range->kind) {
	case RANGE_REL:
		return opam_version_holds(version, range->op, range->version);
	case RANGE_AND:
		return opam_range_holds(range->left, version) && opam_range_holds(range->right, version);
	case RANGE_OR:
		return opam_range_holds(range->left, version) || opam_range_holds(range->right, version);
	}
	return false;
}

bool
opam_formula_holds(const struct opam_formula *f, struct str (*version_of)(void *ctx, struct str name),
		   void *ctx)
{
	struct str version;

	switch (f->kind) {
	case FORMULA_TRUE:
		return true;
	case FORMULA_ATOM:
		version = version_of(ctx, f->name);
		return version.n && opam_range_holds(f->range, version);
	case FORMULA_AND:
		for (size_t i = 0; i < f->n; i++)
			if (!opam_formula_holds(f->kids[i], version_of, ctx))
				return false;
		return true;
	case FORMULA_OR:
		for (size_t i = 0; i < f->n; i++)
			if (opam_formula_holds(f->kids[i], version_of, ctx))
				return true;
		return false;
	}
	return false;
}

bool
opam_formula_names(const struct opam_formula *f, struct str name)
{
	if (f->kind == FORMULA_ATOM)
		return str_eq(f->name, name);
	for (size_t i = 0; i < f->n; i++)
		if (opam_formula_names(f->kids[i], name))
			return true;
	return false;
}

static void
range_text(struct buf *b, const struct opam_range *r, bool in_and)
{
	bool parens = r->kind == RANGE_OR && in_and;

	if (r->kind == RANGE_REL) {
		buf_adds(b, opam_op_text(r->op));
		buf_addc(b, ' ');
		buf_str_add(b, r->version);
		return;
	}
	if (parens)
		buf_addc(b, '(');
	range_text(b, r->left, r->kind == RANGE_AND);
	buf_adds(b, r->kind == RANGE_AND ? " & " : " | ");
	range_text(b, r->right, r->kind == RANGE_AND);
	if (parens)
		buf_addc(b, ')');
}

struct str
opam_range_text(struct arena *a, const struct opam_range *range)
{
	struct buf b = buf_new(a);

	if (range)
		range_text(&b, range, false);
	return buf_str(&b);
}

static void
formula_text(struct buf *b, const struct opam_formula *f, bool inside)
{
	bool parens = inside && (f->kind == FORMULA_ATOM ? f->range && f->range->kind != RANGE_REL
							 : f->kind != FORMULA_TRUE);

	if (parens)
		buf_addc(b, '(');
	if (f->kind == FORMULA_ATOM) {
		buf_str_add(b, f->name);
		if (f->range) {
			buf_addc(b, ' ');
			range_text(b, f->range, false);
		}
	}
	for (size_t i = 0; i < f->n; i++) {
		if (i)
			buf_adds(b, f->kind == FORMULA_AND ? " & " : " | ");
		formula_text(b, f->kids[i], true);
	}
	if (parens)
		buf_addc(b, ')');
}

struct str
opam_formula_text(struct arena *a, const struct opam_formula *f)
{
	struct buf b = buf_new(a);

	formula_text(&b, f, false);
	return buf_str(&b);
}
