/* What people type: NAME, NAME.VERSION, 'NAME>=1.2&<2', 'a | b>=2 & (c | d)'.
 *
 * `&` and `|` belong to a range as long as a relation follows them, else to the formula.
 */
#include <string.h>

#include "base/vec.h"
#include "opam/formula.h"
#include "opam/parse.h"
#include "opam/range.h"
#include "opam/text.h"
#include "opam/version.h"

enum { DEPTH_MAX = 64 };

struct argument {
	struct arena *a;
	struct str whole, rest;
	unsigned depth;
	struct err *e;
};

static struct str
skip_blanks(struct str s)
{
	while (s.n && (*s.s == ' ' || *s.s == '\t'))
		s = str_sub(s, 1, s.n);
	return s;
}

static bool
skip(struct str *rest, char wanted)
{
	*rest = skip_blanks(*rest);
	if (!rest->n || *rest->s != wanted)
		return false;
	*rest = skip_blanks(str_sub(*rest, 1, rest->n));
	return true;
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

/* --- ranges --- */

static bool
is_relation(struct str s)
{
	s = skip_blanks(s);
	return s.n && strchr("<>=!", *s.s);
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

/* `>= 1.2 & < 2 | = 5`, cut off *rest; NULL when it is none. */
static const struct opam_range *
take_ranges(struct arena *a, struct str *rest)
{
	struct range_list all = {0}, some = {0};
	const struct opam_range *r;

	for (;;) {
		bool more;

		r = take_relation(a, rest);
		if (!r)
			return NULL;
		vec_push(a, &some, r);
		more = rest->n && strchr("&|", *rest->s) && is_relation(str_sub(*rest, 1, rest->n));
		if (!more || *rest->s == '|') {
			vec_push(a, &all, opam_range_join(a, true, some.v, some.n));
			some.n = 0;
		}
		if (!more)
			return opam_range_join(a, false, all.v, all.n);
		*rest = str_sub(*rest, 1, rest->n);
	}
}

/* --- atoms and formulas --- */

static int
take_atom(struct argument *g, const struct opam_formula **out)
{
	struct opam_formula *f = arena_new(g->a, struct opam_formula);

	f->kind = FORMULA_ATOM;
	g->rest = skip_blanks(g->rest);
	f->name = take(&g->rest, false);
	if (!opam_name_valid(f->name))
		return opam_bad_text(g->e, "'%.*s' is not a package name", SHOWN(g->whole));
	if (g->rest.n && *g->rest.s == '.') {
		struct str tail = g->rest = str_sub(g->rest, 1, g->rest.n), version = take(&g->rest, true);

		if (!version.n)
			return opam_bad_text(g->e, "'%.*s' is not a version", SHOWN(tail));
		f->range = opam_range_rel(g->a, OP_EQ, version);
	} else if (is_relation(g->rest)) {
		f->range = take_ranges(g->a, &g->rest);
		if (!f->range)
			return opam_bad_text(g->e,
					     "'%.*s' is not of the form NAME, NAME.VERSION or NAME>=VERSION",
					     SHOWN(g->whole));
	}
	g->rest = skip_blanks(g->rest);
	*out = f;
	return 0;
}

/* What stands between commas, `|` or `&`: level 0, 1, 2; then atoms and parentheses. */
static int
take_formula(struct argument *g, unsigned level, const struct opam_formula **out)
{
	static const char separators[] = ",|&";
	struct opam_formula_list list = {0};
	const struct opam_formula *f = NULL;
	bool conj = separators[level] != '|';

	do {
		if (separators[level + 1]) {
			if (take_formula(g, level + 1, &f) < 0)
				return -1;
		} else if (skip(&g->rest, '(')) {
			if (++g->depth > DEPTH_MAX)
				return opam_bad_text(g->e, "'%.*s' has too many parentheses",
						     SHOWN(g->whole));
			if (take_formula(g, 0, &f) < 0)
				return -1;
			g->depth--;
			if (!skip(&g->rest, ')'))
				return opam_bad_text(g->e, "'%.*s' lacks a ')'", SHOWN(g->whole));
		} else if (take_atom(g, &f) < 0) {
			return -1;
		}
		opam_formula_add(g->a, &list, conj, f);
	} while (skip(&g->rest, separators[level]));
	*out = opam_formula_join(g->a, &list, conj);
	return 0;
}

static void
no_variable(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	    struct opam_var *out)
{
	(void)scope, (void)a, (void)package, (void)name, (void)out;
}

static void
see_variable(void *ctx, struct str package, struct str name)
{
	struct str *first = ctx;

	(void)package;
	if (!first->n)
		*first = name;
}

/* As it would stand in a definition: `"zlib" {>= "1.2"} | "zlib-ng"`. With a variable it would silently ask
 * for less: none is defined. */
static int
quoted(struct arena *a, struct str text, const struct opam_formula **out, struct err *e)
{
	static const struct opam_scope nothing = {.get = no_variable};
	struct opam_dep_flags flags = {.build = true, .post = true};
	struct opam_text *t = arena_new(a, struct opam_text);
	struct opam_value *value;
	struct str variable = {0};

	if (opam_parse_value(a, "formula", text, t, &value, e) < 0)
		return -1;
	opam_filter_variables(value, see_variable, &variable);
	if (variable.n)
		return opam_bad_text(e, "'%.*s': a request has no variables, and '%.*s' is one", SHOWN(text),
				     SHOWN(variable));
	return opam_formula(a, t, value, FORMULA_DEPENDS, &flags, &nothing, out, e);
}

int
opam_request(struct arena *a, struct str text, const struct opam_formula **out, struct err *e)
{
	struct argument g = {.a = a, .whole = text, .rest = str_trim(text), .e = e};

	if (str_chr(text, '"') >= 0)
		return quoted(a, text, out, e);
	if (take_formula(&g, 0, out) < 0)
		return -1;
	if (g.rest.n)
		return opam_bad_text(e, "'%.*s' is not of the form NAME, NAME.VERSION or NAME>=VERSION",
				     SHOWN(text));
	return 0;
}

int
opam_atom(struct arena *a, struct str text, const struct opam_formula **out, struct err *e)
{
	struct argument g = {.a = a, .whole = text, .rest = str_trim(text), .e = e};

	if (take_atom(&g, out) < 0)
		return -1;
	if (g.rest.n)
		return opam_bad_text(e, "'%.*s' is not of the form NAME, NAME.VERSION or NAME>=VERSION",
				     SHOWN(text));
	return 0;
}
