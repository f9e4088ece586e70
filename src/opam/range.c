#include "opam/range.h"

#include <string.h>

#include "base/buf.h"
#include "base/vec.h"
#include "opam/text.h"
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

static struct str
skip_blanks(struct str s)
{
	while (s.n && (*s.s == ' ' || *s.s == '\t'))
		s = str_sub(s, 1, s.n);
	return s;
}

/* Cuts a run of bytes off *rest: those of versions, or of names, which hold no dot and no tilde. */
static struct str
take(struct str *rest, bool version)
{
	struct str word;
	size_t n = 0;

	while (n < rest->n && opam_version_valid(str_sub(*rest, n, 1)) &&
	       (version || (rest->s[n] != '.' && rest->s[n] != '~')))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return word;
}

/* `>= 1.2`, cut off *rest. */
static const struct opam_range *
take_relation(struct arena *a, struct str *rest)
{
	static const enum opam_op ops[] = {OP_GE, OP_LE, OP_NE, OP_EQ, OP_LT, OP_GT};
	struct str version;

	*rest = skip_blanks(*rest);
	for (size_t i = 0; i < COUNT_OF(ops); i++) {
		const char *text = opam_op_text(ops[i]);

		if (!str_starts(*rest, text))
			continue;
		*rest = skip_blanks(str_sub(*rest, strlen(text), rest->n));
		version = take(rest, true);
		*rest = skip_blanks(*rest);
		return version.n ? opam_range_rel(a, ops[i], version) : NULL;
	}
	return NULL;
}

struct range_list {
	const struct opam_range **v;
	size_t n, room;
};

/* `>= 1.2 & < 2 | = 5`; NULL when it is none. */
static const struct opam_range *
take_ranges(struct arena *a, struct str rest)
{
	struct range_list all = {0}, some = {0};
	const struct opam_range *r;

	for (;;) {
		r = take_relation(a, &rest);
		if (!r)
			return NULL;
		vec_push(a, &some, r);
		if (rest.n && *rest.s == '&') {
			rest = str_sub(rest, 1, rest.n);
			continue;
		}
		vec_push(a, &all, opam_range_join(a, true, some.v, some.n));
		some.n = 0;
		if (!rest.n)
			return opam_range_join(a, false, all.v, all.n);
		if (*rest.s != '|')
			return NULL;
		rest = str_sub(rest, 1, rest.n);
	}
}

int
opam_atom(struct arena *a, struct str text, const struct opam_formula **out, struct err *e)
{
	struct str rest = str_trim(text);
	struct opam_formula *f = arena_new(a, struct opam_formula);

	f->kind = FORMULA_ATOM;
	f->name = take(&rest, false);
	if (!opam_name_valid(f->name))
		return opam_bad_text(e, "'%.*s' is not a package name", SHOWN(text));
	if (rest.n && *rest.s == '.') {
		struct str version = str_sub(rest, 1, rest.n);

		if (!opam_version_valid(version))
			return opam_bad_text(e, "'%.*s' is not a version", SHOWN(version));
		f->range = opam_range_rel(a, OP_EQ, version);
	} else if (rest.n) {
		f->range = take_ranges(a, rest);
		if (!f->range)
			return opam_bad_text(e,
					     "'%.*s' is not of the form NAME, NAME.VERSION or NAME>=VERSION",
					     SHOWN(text));
	}
	*out = f;
	return 0;
}
