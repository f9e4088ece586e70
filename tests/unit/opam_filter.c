#include "opam/filter.h"

#include "base/buf.h"
#include "opam/parse.h"
#include "../tap.h"

static struct str words[] = {{"a", 1}, {"b", 1}};

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	(void)scope, (void)a;
	if (str_is(package, "p") && str_is(name, "installed"))
		*out = VAR_IS_BOOL(true);
	else if (str_is(package, "g++") && str_is(name, "v"))
		*out = VAR_IS_STR(STR("plus"));
	else if (!package.n && str_is(name, "os"))
		*out = VAR_IS_STR(STR("linux"));
	else if (!package.n && str_is(name, "yes"))
		*out = VAR_IS_STR(STR("true"));
	else if (!package.n && str_is(name, "twice"))
		*out = VAR_IS_STR(STR("<%{os}%>"));
	else if (!package.n && str_is(name, "list"))
		*out = (struct opam_var){.kind = VAR_LIST, .list = words, .n = 2};
}

static const struct opam_scope scope = {.get = get};

static void
shown(void *ctx, struct str package, struct str name)
{
	buf_printf(ctx, STR_FMT ":" STR_FMT " ", STR_ARG(package), STR_ARG(name));
}

static const struct {
	const char *filter, *value; /* NULL: no filter; "?": undefined */
} cases[] = {
	{"os = \"linux\"", "true"},
	{"os = \"Linux\"", "false"},
	{"twice", "<linux>"},
	{"list", "a b"},
	{"u", "?"},
	{"u & false", "false"},
	{"u | true", "true"},
	{"u & \"false\"", "?"},
	{"!u", "?"},
	{"?u", "false"},
	{"?os", "true"},
	{"!()", "false"},
	{"()", NULL},
	{"(a b)", NULL},
	{"[a]", NULL},
	{"a {b}", NULL},
	{"(())", "true"},
	{"((()))", NULL},
	{">= \"1\"", NULL},
	{"u = u", "?"},
	{"p:enable", "enable"},
	{"q:enable", "disable"},
	{"p+q:installed", "?"},
	{"yes & true", "true"},
	{"9 < 10", "true"},
	{"\"%{a b:c}%\"", "?"},
};

static void
test_filters(void)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena a = {0};
		struct opam_value *v;
		struct opam_text t;
		struct opam_var var;
		struct err e;
		int rc;

		OK(opam_parse_value(&a, "f", str_of(cases[i].filter), &t, &v, &e) == 0, "%s",
		   cases[i].filter);
		rc = opam_filter(&a, &t, v, &scope, &var, &e);
		EQ_INT(rc, cases[i].value ? 0 : -1, "is%s a filter", cases[i].value ? "" : " not");
		if (rc == 0)
			EQ_STR(var.kind == VAR_UNDEFINED ? "?" : str_c(&a, opam_var_text(&a, var)),
			       cases[i].value, "its value");
		arena_free(&a);
	}
}

static const struct {
	const char *text, *want;
} texts[] = {
	{"%{os}%%{os}%", "linuxlinux"},
	{"%%{os}%", "%{os}%"},
	{"%%%{os}%", "%linux"},
	{"%{u}%|%{os", "|%{os"},
	{"%{a%{os}%b", "b"},
	{"%{os\n}%", "%{os\n}%"},
	{"%{u?x:y:z}%", "z"},
	{"%{yes?x:y:z}%", "x:y"},
	{"%{os}", "%{os}"},
	{"%{?g++:v:}%", "plus"},
	{"%{list}%", "a b"},
	{"%{}%", ""},
	{"100%", "100%"},
	{"%{twice}%", "<%{os}%>"},
	{"%{a}}% x", "%{a}}% x"},
};

static void
test_texts(void)
{
	struct arena a = {0};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		EQ_STR(str_c(&a, opam_expand(&a, str_of(texts[i].text), &scope)), texts[i].want, "%s",
		       texts[i].text);
	arena_free(&a);
}

static void
test_variables(void)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct opam_value *v;
	struct opam_text t;
	struct err e;

	opam_parse_value(
		&a, "f",
		STR("[make \"-j%{jobs}%\" {os = \"x\" & !?p:enable} \"%{a+_:v?x:y}%\" | A += \"%{n}%\"]"), &t,
		&v, &e);
	opam_filter_variables(v, shown, &b);
	EQ_STR(b.s, ":make :jobs :os p:installed a:v _:v :n ", "what is asked for, in order");
	OK(opam_truth(VAR_IS_STR(STR("true")), false) && !opam_truth(VAR_IS_STR(STR("yes")), false), "truth");
	arena_free(&a);
}

int
main(void)
{
	test_filters();
	test_texts();
	test_variables();
	return tap_done();
}
