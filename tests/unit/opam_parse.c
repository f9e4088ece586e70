#include "opam/parse.h"

#include <string.h>

#include "base/buf.h"
#include "opam/print.h"
#include "../tap.h"

/* Errors say where, and show the line. */
static const struct {
	const char *text;
	unsigned line, col;
	const char *source, *msg;
} errors[] = {
	{"a: \"b\"\ndepends: => \"x\"\n", 2, 11, "depends: => \"x\"",
	 "expected a string, an identifier, an integer or a boolean"},
	{"a:\n  [ \"b\"\n", 3, 1, "", "expected ']', but the text ends here"},
	{"a: \"x\n", 1, 4, "a: \"x", "this string does not end"},
	{"a: \"x\\q\"", 1, 6, "a: \"x\\q\"", "illegal escape sequence in a string"},
	{"(* (* *)", 1, 1, "(* (* *)", "this comment does not end"},
	{"a: 4611686018427387904", 1, 4, "a: 4611686018427387904", "this is not an integer of 63 bits"},
	{"flags:conf", 1, 11, "flags:conf", "expected ':', a string or '{', but the text ends here"},
	{"a: b \x1b[1m c", 1, 6, "a: b ?[1m c", "this is not a valid token"},
	{"name: \"a\"\nopam-version: \"2.1\"\n", 2, 1, "opam-version: \"2.1\"",
	 "an opam-version above 2.0 must be the first field"},
	{"opam-version: \"2.1\"\r\nopam-version: \"2.0\"\r\n", 2, 1, "opam-version: \"2.0\"",
	 "opam-version may not be repeated"},
};

static void
test_errors(void)
{
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		struct arena a = {0};
		struct opam_text t;
		struct err e = {0};

		OK(opam_parse(&a, "f.opam", str_of(errors[i].text), &t, &e) < 0, "error %zu", i);
		EQ_INT(e.code, ERR_PARSE, "its code");
		EQ_STR(e.msg, errors[i].msg, "its message");
		EQ_INT(e.at.line, errors[i].line, "its line");
		EQ_INT(e.at.col, errors[i].col, "its column");
		EQ_STR(e.line, errors[i].source, "its source line");
		EQ_STR(e.at.file, "f.opam", "its file");
		arena_free(&a);
	}
}

static int
parse_value(struct arena *a, struct str text, struct opam_value **v)
{
	struct opam_text t;
	struct err e;

	return opam_parse_value(a, "v", text, &t, v, &e);
}

static struct str
repeated(struct arena *a, const char *before, size_t n, const char *middle, const char *after)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, before);
	buf_adds(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, after);
	return buf_str(&b);
}

/* Nesting has a limit; a chain has none, and is no nesting. */
static void
test_depth(void)
{
	static const struct {
		const char *before, *after;
	} nests[] = {
		{"[", "]"}, {"(", ")"}, {"!", ""}, {"?", ""}, {"", "{}"}, {"", "{x}"}, {"x{", "}"},
	};
	struct arena a = {0};
	struct opam_value *v;

	for (size_t i = 0; i < COUNT_OF(nests); i++) {
		const char *b = nests[i].before, *e = nests[i].after;

		EQ_INT(parse_value(&a, repeated(&a, b, 900, "x", e), &v), 0, "900 times %s%s", b, e);
		EQ_INT(parse_value(&a, repeated(&a, b, 1100, "x", e), &v), -1, "1,100 times %s%s", b, e);
		EQ_INT(parse_value(&a, repeated(&a, b, 300000, "x", e), &v), -1, "300,000 times %s%s", b, e);
	}
	EQ_INT(parse_value(&a, repeated(&a, "x & ", 200000, "x", ""), &v), 0, "a chain of 200,001");
	EQ_INT(opam_chain(v), 200001, "has as many operands");
	EQ_STR(opam_operand(v, 200000)->kind == OPAM_IDENT ? "ident" : "", "ident", "the last one");
	EQ_INT(v->n, 2, "and is binary as the grammar has it");
	OK(v->kids[0]->kind == OPAM_AND && v->kids[1]->kind == OPAM_IDENT, "to the left");
	EQ_INT(v->at.len, 200000 * 4 + 1, "its place is the whole");
	EQ_INT(parse_value(&a, repeated(&a, "x | y & ", 50000, "x", ""), &v), 0, "mixed chains");
	arena_free(&a);
}

static void
test_size(void)
{
	struct arena a = {0};
	size_t n = ((size_t)16 << 20) + 1;
	char *text = arena_alloc(&a, n);
	struct opam_text t;
	struct err e;

	memset(text, ' ', n);
	EQ_INT(opam_parse(&a, "f", (struct str){text, n - 1}, &t, &e), 0, "16 MiB are read");
	EQ_INT(opam_parse(&a, "f", (struct str){text, n}, &t, &e), -1, "more are not");
	EQ_STR(e.msg, "larger than 16 MiB", "and it is said");
	EQ_INT(opam_parse(&a, "f", (struct str){NULL, 0}, &t, &e), 0, "nothing is a file");
	EQ_INT(t.n, 0, "of no items");
	arena_free(&a);
}

static void
test_newer(void)
{
	struct arena a = {0};
	struct opam_text t;
	struct err e;

	EQ_INT(opam_parse(&a, "f", STR("opam-version: \"3.0\"\nwhat => ever"), &t, &e), 0, "a newer format");
	EQ_INT(t.n, 2, "its header and a mark");
	EQ_STR(str_c(&a, t.items[1].name), "#", "the mark");
	EQ_INT(opam_parse(&a, "f", STR("opam-version: \"2.2\"\nwhat => ever"), &t, &e), -1, "a known one");
	arena_free(&a);
}

/* A string without escapes is not copied. */
static void
test_borrowed(void)
{
	struct str text = STR("a: \"plain\" b: \"es\\caped\" c: \"\"\"x\"y\"\"\"");
	struct arena a = {0};
	struct opam_text t;
	struct err e;

	OK(opam_parse(&a, "f", text, &t, &e) < 0, "\\c is no escape");
	text = STR("a: \"plain\" b: \"es\\\\caped\" c: \"\"\"x\"y\"\"\"");
	EQ_INT(opam_parse(&a, "f", text, &t, &e), 0, "three strings");
	OK(t.items[0].value->s.s == text.s + 4, "the first lies in the text");
	EQ_STR(str_c(&a, t.items[1].value->s), "es\\caped", "the second not");
	EQ_STR(str_c(&a, t.items[2].value->s), "x\"y", "the third");
	arena_free(&a);
}

int
main(void)
{
	test_errors();
	test_depth();
	test_size();
	test_newer();
	test_borrowed();
	return tap_done();
}
