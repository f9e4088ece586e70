/* opam_text.c - texts that come from texts: environments, `.in` files, printing. */
#include "base/buf.h"
#include "opam/env.h"
#include "opam/parse.h"
#include "opam/print.h"
#include "opam/subst.h"
#include "../tap.h"

static const struct {
	const char *old, *op, *value, *want;
} updates[] = {
	{NULL, "=", "x", "V=x"},       {"a", "=", "", "V="},
	{"a:b", "=", "x", "V=x"},      {NULL, "+=", "x", "V=x"},
	{"", "+=", "x", "V=x"},        {"a:b", "+=", "x", "V=x:a:b"},
	{":", "+=", "x", "V=x:"},      {NULL, "=+", "x", "V=x"},
	{"a:b", "=+", "x", "V=a:b:x"}, {":", "=+", "x", "V=:x"},
	{NULL, ":=", "x", "V=x:"},     {"", ":=", "x", "V=x:"},
	{"a", ":=", "x", "V=x:a"},     {NULL, "=:", "x", "V=:x"},
	{"a", "=:", "x", "V=a:x"},     {NULL, "=+=", "x", "V=x"},
	{"a", "=+=", "x", "V=x:a"},    {"a", "+=", "", "V=a"},
	{NULL, ":=", "", ""},          {"a::b", "+=", "x:y", "V=x:y:a::b"},
};

static enum opam_env_op
op_of(const char *text)
{
	for (unsigned op = ENV_SET; op <= ENV_APPEND_SEP; op++)
		if (strcmp(opam_env_op_text((enum opam_env_op)op), text) == 0)
			return (enum opam_env_op)op;
	return ENV_SET;
}

static const char *
joined(struct arena *a, struct opam_strings list)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < list.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(list.v[i]));
	return b.s;
}

static void
test_env(void)
{
	for (size_t i = 0; i < COUNT_OF(updates); i++) {
		struct opam_env_update u = {STR("V"), str_of(updates[i].value), op_of(updates[i].op)};
		struct opam_env_updates list = {&u, 1};
		struct arena a = {0};
		struct str var = str_printf(&a, "V=%s", updates[i].old ? updates[i].old : "");
		struct opam_strings env = {&var, updates[i].old != NULL}, once, back;

		once = opam_env_apply(&a, env, NULL, list);
		EQ_STR(joined(&a, once), updates[i].want, "V=%s: V %s %s",
		       updates[i].old ? updates[i].old : "(none)", updates[i].op, updates[i].value);
		/* Again, with the first time reverted. A lone separator would be forgotten by that, as in
		 * opam. */
		if (updates[i].old && strcmp(updates[i].old, ":") == 0)
			once = env;
		back = opam_env_apply(&a, once, &list, list);
		EQ_STR(joined(&a, back), updates[i].want, "and again");
		arena_free(&a);
	}
}

static void
test_env_place(void)
{
	struct str vars[] = {STR("A=1"), STR("P=/mine:/old/bin:/usr/bin"), STR("E=x"), STR("odd")};
	struct opam_env_update last[] = {{STR("P"), STR("/old/bin"), ENV_SWAP},
					 {STR("E"), STR("x"), ENV_SET}};
	struct opam_env_update next[] = {{STR("P"), STR("/new/bin"), ENV_SWAP},
					 {STR("N"), STR("n"), ENV_APPEND}};
	struct opam_env_updates reverted = {last, 2}, list = {next, 2};
	struct opam_strings env = {vars, 4};
	struct arena a = {0};

	EQ_STR(joined(&a, opam_env_apply(&a, env, &reverted, list)), "A=1 P=/mine:/new/bin:/usr/bin N=n",
	       "=+= keeps the place, what was set goes");
	arena_free(&a);
}

static void
get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
    struct opam_var *out)
{
	(void)scope, (void)a, (void)package;
	if (str_is(name, "q"))
		*out = VAR_IS_STR(STR("a\"b\\c"));
}

static const struct {
	const char *text, *want;
} files[] = {
	{"x: \"<%{q}%>\"\n# %{q}%\n", "x: \"<a\\\"b\\\\c>\"\n# a\"b\\c\n"},
	{"x: \"\"\"\"%{q}%\"\"\"", "x: \"\"\"\"a\\\"b\\\\c\"\"\""},
	{"x: \"\\\"%{q}%\" y: \"\" z: \"%{q}%\"", "x: \"\\\"a\\\"b\\\\c\" y: \"\" z: \"a\\\"b\\\\c\""},
	{"let x = \"%{q}%\"\nlet y = %{none}%;;", "let x = \"a\"b\\c\"\nlet y = ;;\n"},
	{"%%{q}% %{q\n}%", "%{q}% %{q\n}%\n"},
	{"", ""},
};

static void
test_subst(void)
{
	static const struct opam_scope scope = {.get = get};
	struct arena a = {0};

	for (size_t i = 0; i < COUNT_OF(files); i++)
		EQ_STR(str_c(&a, opam_subst(&a, str_of(files[i].text), &scope)), files[i].want, "file %zu",
		       i);
	arena_free(&a);
}

static const char *const values[] = {
	"[\"a\" b -1 true (c d) {e}]",
	"a & b | !c & ?(d | e)",
	"! = \"1\"",
	"\"a\" {>= \"1\" & < \"2\"} {x y}",
	"(a | b) & c",
	"[A += \"x\" B =+= \"y\"]",
	"\"\\\\ \\\" \\n \\t \\x01 \xc3\xa9\"",
	"a:b != 3",
	"[]",
	"() {}",
	"(a & b) {c}",
};

static void
test_values(void)
{
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct arena a = {0};
		struct opam_value *v;
		struct opam_text t;
		struct err e;

		EQ_INT(opam_parse_value(&a, "v", str_of(values[i]), &t, &v, &e), 0, "%s", values[i]);
		EQ_STR(str_c(&a, opam_value_text(&a, v)), values[i], "is written as it is read");
		arena_free(&a);
	}
}

static void
test_edits(void)
{
	struct str text = STR("# top\nname: \"x\" # here\n  version:\t\"1\"  \nurl { src: \"u\" }");
	struct arena a = {0};
	struct opam_text t;
	struct err e;

	EQ_INT(opam_parse(&a, "f", text, &t, &e), 0, "a file");
	EQ_STR(str_c(&a, opam_print(&a, &t)), text.s, "is printed as it was");
	EQ_STR(str_c(&a, opam_set_field(&a, &t, "name", STR("\"y\""))),
	       "# top\nname: \"y\" # here\n  version:\t\"1\"  \nurl { src: \"u\" }", "one value changes");
	EQ_STR(str_c(&a, opam_set_field(&a, &t, "license", opam_quoted(&a, STR("a\"b")))),
	       "# top\nname: \"x\" # here\n  version:\t\"1\"  \nurl { src: \"u\" }\nlicense: \"a\\\"b\"\n",
	       "a field is added");
	EQ_STR(str_c(&a, opam_remove_field(&a, &t, "version")),
	       "# top\nname: \"x\" # here\nurl { src: \"u\" }", "a field goes with its line");
	EQ_STR(str_c(&a, opam_remove_field(&a, &t, "name")),
	       "# top\n # here\n  version:\t\"1\"  \nurl { src: \"u\" }", "or without its neighbours");
	arena_free(&a);
}

int
main(void)
{
	test_env();
	test_env_place();
	test_subst();
	test_values();
	test_edits();
	return tap_done();
}
