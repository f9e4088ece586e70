#include "opam/formula.h"

#include <string.h>

#include "base/buf.h"
#include "opam/parse.h"
#include "../tap.h"

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	(void)scope, (void)a;
	if (!package.n && str_is(name, "version"))
		*out = VAR_IS_STR(STR("1.5"));
	else if (!package.n && str_is(name, "os"))
		*out = VAR_IS_STR(STR("linux"));
}

static const struct opam_formula *
read(struct arena *a, struct str text, enum opam_formula_field field, const struct opam_dep_flags *flags)
{
	const struct opam_scope scope = {.get = get};
	const struct opam_formula *f;
	struct opam_value *v;
	struct opam_text t;
	struct err e;

	if (opam_parse_value(a, "f", text, &t, &v, &e) < 0 ||
	    opam_formula(a, &t, v, field, flags, &scope, &f, &e) < 0)
		return NULL;
	return f;
}

static const struct {
	const char *text, *want;
} cases[] = {
	{"[\"a\" {>= \"1\" & < \"2\"} \"b\" | \"c\"]", "(a >= 1 & < 2) & (b | c)"},
	{"[\"a\" {= version}]", "a = 1.5"},
	{"[\"a\" {= nowhere} \"b\"]", "b"},
	{"[\"a\" {= \"%{nowhere}%\"} \"b\"]", "b"},
	{"[\"a\" {os = \"win32\"} | \"b\"]", "b"},
	{"[\"a\" {!(>= \"1\" & os = \"linux\")}]", "a < 1"},
	{"[\"a\" {!(>= \"1\" & os = \"win32\")}]", "a"},
	{"[\"a\" {(< \"1\" | > \"2\") & != \"3\"}]", "a (< 1 | > 2) & != 3"},
	{"[\"a\" {>= \"0.4\" | \"os\" != \"win32\"}]", "a"},
	{"[\"a\" {\"2.4.4\" >= with-doc} \"b\"]", "b"},
	{"[(\"a\" | (\"b\" \"c\"))]", "a | (b & c)"},
	{"[\"a\" {() | >= \"2\"}]", "a"},
	{"[]", ""},
	{"[\"a\" {?build} \"b\" {!?build}]", "b"},
};

static void
test_texts(void)
{
	const struct opam_dep_flags flags = {.build = true, .post = true};
	struct arena a = {0};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct opam_formula *f = read(&a, str_of(cases[i].text), FORMULA_DEPENDS, &flags);

		EQ_STR(f ? str_c(&a, opam_formula_text(&a, f)) : NULL, cases[i].want, "%s", cases[i].text);
	}
	EQ_STR(str_c(&a, opam_formula_text(&a, read(&a, STR("[\"a\" & \"b\" (\"c\" \"d\")]"),
						    FORMULA_CONFLICTS, &flags))),
	       "a | b | c | d", "conflicts are alternatives");
	arena_free(&a);
}

static const struct {
	const char *text;
	const char *want; /* p: post, b: build, t: test, d: doc, -: it goes */
} literals[] = {
	{"\"a\"", ""},
	{"\"a\" {post}", "p"},
	{"\"a\" {build}", "b"},
	{"\"a\" {with-test}", "t"},
	{"\"a\" {with-doc & >= \"1\"}", "d"},
	{"\"a\" {with-test | with-doc}", ""},
	{"\"a\" {with-test & post}", "pt"},
	{"\"a\" {build | >= \"1\"}", ""},
	{"\"a\" {!build}", "-"},
	{"\"a\" {with-dev-setup}", "-"},
	{"\"a\" {?post}", "-"},
	{"\"a\" {\"%{post}%\"}", "p"},
	{"\"a\" {os = \"linux\" & post}", "p"},
};

static void
test_literals(void)
{
	const struct opam_dep_flags flags = {
		.build = true, .post = true, .with_test = true, .with_doc = true};
	struct arena a = {0};

	for (size_t i = 0; i < COUNT_OF(literals); i++) {
		const struct opam_formula *f = read(&a, str_of(literals[i].text), FORMULA_DEPENDS, &flags);

		EQ_STR(!f || f->kind != FORMULA_ATOM
			       ? "-"
			       : arena_printf(&a, "%s%s%s%s", f->post ? "p" : "", f->build ? "b" : "",
					      f->test ? "t" : "", f->doc ? "d" : ""),
		       literals[i].want, "%s", literals[i].text);
	}
	arena_free(&a);
}

static struct str
all_are_one(void *ctx, struct str name)
{
	(void)ctx, (void)name;
	return STR("1");
}

/* Long chains cost neither stack nor more than their length. */
static void
test_long(void)
{
	const struct opam_dep_flags flags = {.build = true};
	const struct opam_formula *f;
	struct arena a = {0};
	struct buf b = buf_new(&a);

	buf_adds(&b, "[\"a\" {");
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, ">= \"1\" & ");
	buf_adds(&b, "< \"2\"}");
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, " | \"b\" {build & !(false | build)}");
	buf_adds(&b, "]");
	f = read(&a, buf_str(&b), FORMULA_DEPENDS, &flags);
	OK(f && f->kind == FORMULA_ATOM, "a long formula, most of which goes");
	OK(f && opam_formula_holds(f, all_are_one, NULL), "it holds");
	arena_free(&a);
}

static const struct {
	const char *text, *want; /* NULL: an error */
} atoms[] = {
	{"zlib", "zlib"},
	{"zlib.1.2", "zlib = 1.2"},
	{"zlib>=1.2&<2", "zlib >= 1.2 & < 2"},
	{"zlib >= 1.2 & < 2 | = 3", "zlib >= 1.2 & < 2 | = 3"},
	{"g++!=1~rc", "g++ != 1~rc"},
	{"", NULL},
	{"zlib.", NULL},
	{"zlib>=", NULL},
	{"zlib>=1 2", NULL},
	{"zlib>=1&", NULL},
	{"1.2", NULL},
	{"a b", NULL},
	{"zlib.1>=2", NULL},
	{"a=>1", NULL},
};

static void
test_atoms(void)
{
	struct arena a = {0};

	for (size_t i = 0; i < COUNT_OF(atoms); i++) {
		const struct opam_formula *f;
		struct err e;
		int rc = opam_atom(&a, str_of(atoms[i].text), &f, &e);

		EQ_INT(rc, atoms[i].want ? 0 : -1, "'%s' is%s an atom", atoms[i].text,
		       atoms[i].want ? "" : " not");
		if (rc == 0)
			EQ_STR(str_c(&a, opam_formula_text(&a, f)), atoms[i].want, "its text");
	}
	arena_free(&a);
}

static const struct {
	const char *text, *want; /* NULL: an error */
} requests[] = {
	{"a | b", "a | b"},
	{"a|b.1&c", "a | (b = 1 & c)"},
	{"(a | b) & c", "(a | b) & c"},
	{"a, b | c", "a & (b | c)"},
	{"a>=1&<2|b", "(a >= 1 & < 2) | b"},
	{"a>=1|<0.5|b", "(a >= 1 | < 0.5) | b"},
	{"a >= 1 & b < 2 & < 3", "a >= 1 & (b < 2 & < 3)"},
	{"((a))", "a"},
	{"\"a\" {>= \"1\"} | \"b\"", "a >= 1 | b"},
	{"[\"a\" \"b\" {= \"2\"}]", "a & b = 2"},
	{"[\"a\" \"b\" {with-test}]", NULL}, /* not to lose b in silence */
	{"\"a\" {= version}", NULL},
	{"\"a\" {= \"%{v}%\"}", NULL},
	{"", NULL},
	{"a |", NULL},
	{"a b", NULL},
	{"(a", NULL},
	{"a)", NULL},
	{"\"a\" {", NULL},
	{"| a", NULL},
};

static void
test_requests(void)
{
	struct arena a = {0};
	struct buf deep = buf_new(&a);
	const struct opam_formula *f;
	struct err e;

	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		int rc = opam_request(&a, str_of(requests[i].text), &f, &e);

		EQ_INT(rc, requests[i].want ? 0 : -1, "'%s' is%s a request", requests[i].text,
		       requests[i].want ? "" : " not");
		if (rc == 0)
			EQ_STR(str_c(&a, opam_formula_text(&a, f)), requests[i].want, "its text");
	}
	for (int i = 0; i < 100000; i++)
		buf_addc(&deep, '(');
	EQ_INT(opam_request(&a, buf_str(&deep), &f, &e), -1, "no depth without a limit");
	arena_free(&a);
}

int
main(void)
{
	test_texts();
	test_requests();
	test_literals();
	test_long();
	test_atoms();
	return tap_done();
}
