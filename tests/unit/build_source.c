/* The build folder and what is installed from it: extra files, patches, templates, `.install`. */
#include "build_help.h"

static struct err e;

static struct record_extra
extra(const char *name, const char *text)
{
	struct record_extra x = {.name = str_of(name)};

	if (store_blob_write(help_root.store, str_of(text), &x.id, &e) < 0)
		printf("# %s\n", e.msg);
	x.sha256 = str_of(name);
	return x;
}

static int
build_extras(struct package *p, const struct record_extra *extras, size_t n)
{
	if (prepare(p, &e) < 0)
		return -1;
	p->job.extras = extras;
	p->job.extra_count = n;
	if (build_ids(&help_builder, &help_arena, &p->job, &p->ids, &e) < 0)
		return -1;
	return build_package(&help_builder, &help_arena, &p->job, &p->ids, NULL, &p->result, &e);
}

#define PATCH(name, from, to)                                                                                \
	"--- a/" name "\n+++ b/" name "\n@@ -1,3 +1,3 @@\n one\n-" from "\n+" to "\n three\n"

static void
patches(void)
{
	struct package p = {.name = "patched",
			    .source = "printf 'one\\ntwo\\nthree\\n' >f; echo x >g; mkdir empty",
			    .opam = "patches: [\"1.patch\" \"2.patch\" {os = \"win32\"} "
				    "\"3.patch\"]\nsubsts: [\"3.patch\" \"t\"]\n"
				    "install: [\"sh\" \"-c\" \"cat f >%{lib}%/f; cat t >%{lib}%/t; cat sub/x "
				    ">%{lib}%/x; test -d empty;"
				    " stat -c %%Y f g t >%{lib}%/times\"]"};
	struct record_extra extras[] = {
		extra("1.patch", PATCH("f", "two", "2")),
		extra("2.patch", PATCH("f", "2", "no")),
		extra("3.patch.in", PATCH("f", "2", "%{name}%")),
		extra("t.in", "%{prefix}% %{nothing}%.\n"),
		extra("sub/x", "extra\n"),
	};

	GOOD(build_extras(&p, extras, COUNT_OF(extras)), "a source with patches, templates and extra files");
	EQ_STR(content(&p, "lib/f"), "one\npatched\nthree\n",
	       "patches are applied in order, filtered, from templates");
	EQ_STR(content(&p, "lib/t"), BUILD_PREFIX " .\n", "a template is filled");
	EQ_STR(content(&p, "lib/x"), "extra\n", "an extra file is there");
	EQ_STR(content(&p, "lib/times"), "1000000001\n1000000000\n1000000001\n",
	       "what was patched or written is a second newer");
	extras[0] = extra("1.patch", "--- a/../../out\n+++ b/../../out\n@@ -0,0 +1 @@\n+x\n");
	p.name = "outside";
	FAILS(build_extras(&p, extras, COUNT_OF(extras)), ERR_BUILD, "1.patch",
	      "a patch cannot leave its folder");
	extras[0] = extra("1.patch", PATCH("f", "wrong", "x"));
	extras[2] = extra("3.patch.in", PATCH("g", "wrong", "x"));
	p.name = "rejects";
	FAILS(build_extras(&p, extras, COUNT_OF(extras)), ERR_BUILD, "1.patch, 3.patch",
	      "all rejects are named");
}

/* --- .install --- */

static struct package
installs(const char *name, const char *file, const char *make)
{
	return (struct package){
		.name = name,
		.source = arena_printf(&help_arena,
				       "printf '%%s\\n' '%s' >%s.install; echo a >a; echo b >b; %s", file,
				       name, make),
		.opam = "build: [\"true\"]"};
}

static void
install_files(void)
{
	struct package p = installs("inst",
				    "bin: [\"a\" {\"run\"} \"?none\"] lib: [\"b\" \"b\" {\"deep/er/b\"}] "
				    "man: [\"x.1\"] share_root: [\"a\"]",
				    "echo m >x.1; chmod 600 a");

	GOOD(build(&p, &e), "files of a .install");
	EQ_STR(listing(&p),
	       "bin/run 755 2\nlib/inst/b 644 2\nlib/inst/deep/er/b 644 2\nman/man1/x.1 644 2\n"
	       "share/a 644 2\n",
	       "are where opam puts them, with its modes");
	p = installs("gone", "bin: [\"a\" \"x\" \"y\"]", ":");
	FAILS(build(&p, &e), ERR_BUILD, "x, y", "all missing files are named");
	p = installs("up", "lib_root: [\"a\" {\"../../x\"}]", ":");
	FAILS(build(&p, &e), ERR_BUILD, "up.install", "a destination outside of the prefix is refused");
	p = installs("src", "lib: [\"l\"]", "ln -s ../../../../etc/passwd l");
	FAILS(build(&p, &e), ERR_BUILD, "out of its folder", "so is a source outside of the build folder");
	p = installs("abs", "lib: [\"l\" {\"abs\"}]", ":");
	p.opam = "build: [\"ln\" \"-s\" \"/build/a\" \"l\"]";
	GOOD(build(&p, &e), "a link by the build folder's own name");
	EQ_STR(content(&p, "lib/abs/abs"), "a\n", "is followed");
}

/* A link in the prefix that leads out of it must not be followed; one that stays in it is. */
static void
links(void)
{
	struct package p = installs("evil", "share_root: [\"a\" {\"d/a\"}]", ":"), dep, over, q;

	p.opam = arena_printf(&help_arena, "install: [\"ln\" \"-s\" \"%s\" \"%%{share}%%/d\"]", help_dir);
	FAILS(build(&p, &e), ERR_BUILD, "leads out of the prefix", "an absolute link out of the prefix");
	OK(sh("test ! -e a") == 0, "nothing was written there");
	p.opam = "install: [\"ln\" \"-s\" \"../../../..\" \"%{share}%/d\"]";
	FAILS(build(&p, &e), ERR_BUILD, "leads out of the prefix", "a relative link out of the prefix");
	p = installs("inner", "share_root: [\"a\" {\"d/a\"} \"b\" {\"p/b\"}]", ":");
	p.opam = "install: [[\"ln\" \"-s\" \"../lib\" \"%{share}%/d\"] [\"ln\" \"-s\" \"%{prefix}%/etc\" "
		 "\"%{share}%/p\"]]";
	GOOD(build(&p, &e), "links that stay in the prefix");
	EQ_STR(content(&p, "lib/a"), "a\n", "a relative one is followed");
	EQ_STR(content(&p, "etc/b"), "b\n", "and one by the prefix");
	dep = (struct package){.name = "linker",
			       .opam = "install: [\"ln\" \"-s\" \"../sbin\" \"%{share}%/s\"]"};
	GOOD(build(&dep, &e), "a dependency has a link");
	q = installs("through", "share_root: [\"a\" {\"s/a\"}]", ":");
	q.deps[0] = &dep;
	GOOD(build(&q, &e), "a package installs through it");
	EQ_STR(listing(&q), "sbin/a 644 2\n", "into the folder it names");
	dep.opam = arena_printf(&help_arena, "install: [\"ln\" \"-s\" \"%s\" \"%%{share}%%/t\"]", help_dir);
	dep.name = "aa";
	GOOD(build(&dep, &e), "a dependency has a link out of the prefix");
	over = (struct package){
		.name = "bb",
		.opam = "install: [\"sh\" \"-c\" \"mkdir %{share}%/t; echo x >%{share}%/t/x\"]"};
	GOOD(build(&over, &e), "another a folder of that name");
	q = (struct package){
		.name = "both", .deps = {&dep, &over}, .opam = "install: [\"cat\" \"%{share}%/t/x\"]"};
	GOOD(build(&q, &e), "who sees both sees the higher one");
	OK(sh("test ! -e x") == 0, "and nothing was written through the link");
	q = installs("over", "lib_root: [\"a\" {\"inst/b\"}]", ":");
	dep = installs("inst", "lib: [\"b\"]", ":");
	GOOD(build(&dep, &e), "a dependency has a file");
	q.deps[0] = &dep;
	FAILS(build(&q, &e), ERR_BUILD, "over.1 changes lib/inst/b, which belongs to inst.1",
	      "a package may not install over it");
}

static void
config(void)
{
	struct package p = {.name = "conf",
			    .source = "printf 'opam-version: \"2.0\"\\nvariables { dir: \"/x\" on: true"
				      " }\\n' >conf.config",
			    .opam = "build: [\"true\"]"};
	struct package q = {
		.name = "user",
		.deps = {&p},
		.opam = "install: [\"sh\" \"-c\" \"echo %{conf:dir}%"
			" %{conf:on?yes:no}% %{conf:installed}% %{other:installed}% >%{lib}%/v\"]"};

	GOOD(build(&p, &e), "a package with variables");
	EQ_INT(p.result.output.config.var_count, 2, "which are in its output");
	GOOD(build(&q, &e), "one that asks for them");
	EQ_STR(content(&q, "lib/v"), "/x yes true false\n", "gets them");
}

int
main(void)
{
	if (!help_begin(&e))
		return help_skip(&e);
	patches();
	install_files();
	links();
	config();
	help_builder.state->overlay.state = OVERLAY_NO;
	links();
	return help_end();
}
