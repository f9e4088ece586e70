/* Input id and build key: what they depend on, and what they do not. */
#include "build_help.h"

static struct err e;

static struct package base = {
	.name = "base",
	.source = "echo one >a",
	.opam = "install: [\"cp\" \"a\" \"%{lib}%/a\"]\nsetenv: BASE = \"%{lib}%/x\"",
};
static const char app_opam[] =
	"build: [[\"make\" \"-j%{jobs}%\" \"a=%{arch}%\" \"t=%{base:lib}%\" {with-test}]]\n"
	"install: [\"cp\" \"f\" \"%{lib}%/f\"]";

static struct package
app(void)
{
	return (struct package){.name = "app", .source = "echo f >f", .opam = app_opam, .deps = {&base}};
}

static bool
same_input(const struct package *a, const struct package *b)
{
	return str_eq(a->ids.input_id, b->ids.input_id);
}

static bool
same_key(const struct package *a, const struct package *b)
{
	return str_eq(a->ids.key, b->ids.key);
}

/* Both ids change, or none. */
static void
changes(const struct package *old, struct package *now, bool input, bool key, const char *what)
{
	GOOD(prepare(now, &e), "ids of a package with %s", what);
	EQ_INT(!same_input(old, now), input, "%s: the input id %s", what, input ? "changes" : "stays");
	EQ_INT(!same_key(old, now), key, "%s: the key %s", what, key ? "changes" : "stays");
}

static void
own_parts(const struct package *old)
{
	struct package p = app();

	changes(old, &p, false, false, "nothing else");
	help_builder.jobs = 17;
	help_builder.timeout = 3;
	changes(old, &p, false, false, "another number of jobs");
	help_builder.jobs = 2;
	p.source = "echo g >f";
	changes(old, &p, true, true, "another source");
	p.source = "echo f >f; mkdir d";
	changes(old, &p, true, true, "an empty folder more");
	p = app();
	p.opam = arena_printf(&help_arena, "%s\nsynopsis: \"x\"\ndepends: [\"base\"]\nmaintainer: \"x\"",
			      app_opam);
	changes(old, &p, false, false, "other words about it");
	p.opam = arena_printf(&help_arena, "%s\nremove: [\"rm\"]\nmessages: \"x\"", app_opam);
	changes(old, &p, false, false, "commands that are not run");
	p.opam = arena_printf(&help_arena, "# %s\n%s", "hello", app_opam);
	changes(old, &p, false, false, "a comment");
	p.opam = arena_printf(&help_arena, "%s\nsetenv: X = \"1\"", app_opam);
	changes(old, &p, true, false, "setenv of its own, which only others see");
	p.opam = arena_printf(&help_arena, "%s\nbuild-env: X = \"1\"", app_opam);
	changes(old, &p, true, true, "build-env");
	p.opam = arena_printf(&help_arena, "%s\nrun-test: [\"make\" \"check\"]", app_opam);
	changes(old, &p, false, false, "tests that are not run");
	p.with_test = true;
	changes(old, &p, true, true, "tests that are");
	p = app();
	p.with_test = true;
	changes(old, &p, true, true, "a command that names with-test");
}

static void
world(const struct package *old)
{
	struct opam_strings toolchain = help_builder.toolchain,
			    other = {(struct str[]){STR("gcc=1=amd64")}, 1};
	struct str arch = help_platform.arch;
	struct package p = app();

	help_builder.toolchain = other;
	changes(old, &p, true, true, "another toolchain");
	help_builder.toolchain = toolchain;
	help_platform.arch = STR("other");
	changes(old, &p, true, true, "another architecture");
	help_platform.arch = arch;
	prepare(&p, &e);
	p.job.depexts = (struct opam_strings){(struct str[]){STR("libx=1")}, 1};
	build_ids(&help_builder, &help_arena, &p.job, &p.ids, &e);
	OK(!same_input(old, &p) && !same_key(old, &p), "a system package changes both");
}

static void
dependencies(const struct package *old)
{
	struct package p = app(), before = base, second = base;
	struct build_dep deps[2];

	/* The same output from another source: the key of what lies above stays. */
	base.source = "echo one >a; echo unused >b";
	GOOD(build(&base, &e), "the dependency has another source and the same output");
	changes(old, &p, true, false, "such a dependency");
	base.source = "echo two >a";
	GOOD(build(&base, &e), "the dependency has another output");
	changes(old, &p, true, true, "such a dependency");
	base = before;
	base.opam = "install: [\"cp\" \"a\" \"%{lib}%/a\"]\nsetenv: BASE = \"%{lib}%/y\"";
	GOOD(build(&base, &e), "the dependency has another setenv");
	changes(old, &p, true, true, "such a dependency");
	base = before;
	second.name = "aaa";
	GOOD(build(&second, &e), "a second dependency");
	GOOD(prepare(&p, &e), "one");
	deps[0] = base.dep;
	deps[1] = second.dep;
	p.job.deps = deps;
	p.job.dep_count = 2;
	build_ids(&help_builder, &help_arena, &p.job, &p.ids, &e);
	OK(!same_input(old, &p) && !same_key(old, &p), "two are more than one");
	before = p;
	deps[0] = second.dep;
	deps[1] = base.dep;
	build_ids(&help_builder, &help_arena, &p.job, &p.ids, &e);
	OK(same_input(&before, &p) && same_key(&before, &p), "in whatever order they are named");
}

static void
images(void)
{
	static const char opam[] = "x-images: [\"bin/i\"]\ninstall: [\"cp\" \"f\" \"%{bin}%/i\"]";
	struct package p = {.name = "image", .source = "echo f >f", .opam = opam, .deps = {&base}}, q = p;
	struct package before = base;

	GOOD(prepare(&p, &e), "a package with images");
	base.source = "echo one >a; echo unused >b";
	GOOD(build(&base, &e), "and a dependency with the same output");
	GOOD(prepare(&q, &e), "again");
	OK(!same_input(&p, &q) && !same_key(&p, &q), "its input id is part of its key");
	base = before;
}

static void
templates(void)
{
	struct package p = {.name = "template", .source = "echo %{arch}% >f.in", .opam = "substs: [\"f\"]"},
		       q = p;
	struct str arch = help_platform.version;

	GOOD(prepare(&p, &e), "a package with a template");
	help_platform.version = STR("99");
	GOOD(prepare(&q, &e), "on another version of the system");
	OK(same_input(&p, &q) && same_key(&p, &q), "which it does not name");
	q.source = p.source = "echo %{os-version}% >f.in";
	GOOD(prepare(&q, &e), "on another version of the system");
	help_platform.version = arch;
	GOOD(prepare(&p, &e), "and here");
	OK(!same_input(&p, &q) && !same_key(&p, &q), "which it names");
}

int
main(void)
{
	struct package old = app(), there = app();

	if (!help_begin(&e))
		return help_skip(&e);
	GOOD(build(&base, &e), "a dependency is built");
	GOOD(prepare(&old, &e), "ids of a package");
	EQ_INT(old.ids.input_id.n, 64, "an input id");
	EQ_INT(old.ids.key.n, 64, "a build key");
	own_parts(&old);
	world(&old);
	dependencies(&old);
	images();
	templates();
	root_close(&help_root);
	GOOD(open_root("another/place/root", &e), "another root");
	GOOD(build(&base, &e), "the dependency is built there");
	GOOD(prepare(&there, &e), "ids in another root");
	OK(same_input(&old, &there) && same_key(&old, &there), "are the same");
	return help_end();
}
