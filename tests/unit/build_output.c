/* Whole builds: what is installed, what a dependency must keep, what is refused, what is reused. */
#include "build_help.h"

static struct err e;

/* --- contents --- */

static void
contents(void)
{
	struct package hello = {
		.name = "hello",
		.source = "printf 'int main(void){return 0;}\\n' >main.c; printf 'doc\\n' >README",
		.opam = "build: [[\"cc\" \"-o\" \"hello\" \"main.c\"] [\"sh\" \"-c\" \"echo %{prefix}% "
			">where; date -u"
			" +%%Y >year\"]]\n"
			"install: [[\"install\" \"-D\" \"hello\" \"%{bin}%/hello\"]\n"
			" [\"install\" \"-D\" \"-m\" \"600\" \"README\" \"%{doc}%/hello/README\"]\n"
			" [\"cp\" \"where\" \"%{share}%/where\"]\n"
			" [\"sh\" \"-c\" \"mkdir -p %{share}%/empty/dir %{share}%/info; echo x "
			">%{share}%/info/dir;"
			" ln -s hello %{bin}%/hi; ln -s %{prefix}%/bin %{share}%/bins; rmdir %{man}%;"
			" stat -c %%Y /build/main.c >%{share}%/mtime; echo $SOURCE_DATE_EPOCH "
			">>%{share}%/mtime\"]]",
	};

	GOOD(build(&hello, &e), "a small C program is built and installed");
	OK(!hello.result.reused, "it was built");
	OK(strstr(listing(&hello), "bin/hello 755 "), "the program is executable");
	OK(strstr(listing(&hello), "doc/hello/README 644 4\n"), "mode 0600 became 0644");
	OK(strstr(listing(&hello), "bin/hi 0 5\n"), "a link is kept");
	OK(strstr(listing(&hello), "share/empty/dir/\n"), "an empty folder is recorded");
	OK(!strstr(listing(&hello), "share/info"), "share/info/dir is dropped");
	EQ_STR(content(&hello, "share/where"), BUILD_PREFIX "\n",
	       "a build sees its prefix at the build prefix");
	EQ_STR(content(&hello, "share/mtime"), "1000000000\n1000000000\n",
	       "files have the date of the source");
	OK(output_held(&hello.result.output, STR("share/where")) != NULL,
	   "a file that holds the prefix is known");
	OK(output_held(&hello.result.output, STR("share/bins")) != NULL, "so is a link");
	OK(output_held(&hello.result.output, STR("doc/hello/README")) == NULL, "others do not");
	EQ_INT(hello.result.library_count, 1, "the program needs one library");
	if (hello.result.library_count) {
		EQ_STR(hello.result.libraries[0].soname.s, "libc.so.6", "the C library");
		OK(hello.result.libraries[0].declared, "which the toolchain brings");
	}
	OK(strstr(help_events, "hello.1"), "events were reported");
}

/* --- dependencies --- */

static struct package base = {
	.name = "base",
	.source = "echo one >a; echo two >b",
	.opam = "install: [\"sh\" \"-c\" \"mkdir -p %{lib}%/base/sub; cp a b %{lib}%/base; cp a "
		"%{lib}%/base/sub\"]\n"
		"setenv: BASE_LIB = \"%{_:lib}%\"",
};

static struct package
above(const char *name, const char *install)
{
	return (struct package){
		.name = name,
		.deps = {&base},
		.opam = arena_printf(&help_arena, "install: [\"sh\" \"-ec\" \"\"\"%s\"\"\"]", install)};
}

static void
dependencies(void)
{
	struct package p;

	GOOD(build(&base, &e), "a dependency is built");
	p = above("user",
		  "cd %{lib}%; cat base/a base/b >u; echo $BASE_LIB %{base:lib}% %{base:version}% >v");
	GOOD(build(&p, &e), "a package sees its dependency");
	EQ_STR(content(&p, "lib/u"), "one\ntwo\n", "its files");
	EQ_STR(content(&p, "lib/v"), BUILD_PREFIX "/lib/base " BUILD_PREFIX "/lib/base 1\n",
	       "its setenv and its variables");
	EQ_INT(p.result.file_count, 2, "the output has only what is new");
	p = (struct package){.name = "blind", .opam = "install: [\"ls\" \"%{lib}%/base/a\"]"};
	FAILS(build(&p, &e), ERR_BUILD, "lib/base/a", "what is not declared is not there");

	p = above("same", "cd %{lib}%/base; cat a >t; rm a; mv t a; touch b; chmod 600 b; echo n >new");
	GOOD(build(&p, &e), "a file written again with the same bytes is no change");
	EQ_STR(listing(&p), "lib/base/new 644 2\n", "and no part of the output");
	p = above("edit", "echo more >>%{lib}%/base/a");
	FAILS(build(&p, &e), ERR_BUILD, "edit.1 changes lib/base/a, which belongs to base.1",
	      "a changed file of a dependency fails the package");
	p = above("mode", "chmod 755 %{lib}%/base/a");
	FAILS(build(&p, &e), ERR_BUILD, "changes lib/base/a", "so does one made executable");
	p = above("del", "rm %{lib}%/base/b");
	FAILS(build(&p, &e), ERR_BUILD, "del.1 deletes lib/base/b, which belongs to base.1",
	      "and a deleted one");
	p = above("deldir", "rm -r %{lib}%/base/sub");
	FAILS(build(&p, &e), ERR_BUILD, "deletes lib/base/sub", "and a deleted folder");
	p = above("anew", "cd %{lib}%/base; rm -r sub; mkdir sub; echo one >sub/a; echo x >sub/x");
	GOOD(build(&p, &e), "a folder made again with the same files is none");
	EQ_STR(listing(&p), "lib/base/sub/x 644 2\n", "beside what is new in it");
	p = above("opaque", "cd %{lib}%/base; rm -r sub; mkdir sub; echo x >sub/x");
	FAILS(build(&p, &e), ERR_BUILD, "deletes lib/base/sub/a", "without them it is a deletion");
	p = above("kind", "cd %{lib}%/base; rm a; mkdir a; echo x >a/x");
	FAILS(build(&p, &e), ERR_BUILD, "lib/base/a, which belongs to base.1",
	      "a folder in the place of a file");
	p = above("link", "cd %{lib}%/base; rm -r sub; ln -s . sub");
	FAILS(build(&p, &e), ERR_BUILD, "lib/base/sub, which belongs to base.1",
	      "a link in the place of a folder");
	p = above("skeleton", "rmdir %{doc}%; ln -s share %{doc}%");
	FAILS(build(&p, &e), ERR_BUILD, "every prefix has",
	      "a link in the place of a folder of every prefix");
	p = (struct package){.name = "ro", .deps = {&base}, .opam = "build: [\"touch\" \"%{lib}%/x\"]"};
	FAILS(build(&p, &e), ERR_BUILD, "Read-only", "build commands cannot write the prefix");
}

/* --- refusals --- */

static void
refusals(void)
{
	static const char *const images = "x-images: [\"share/i.elf\"]\n";
	struct package p = above("setuid", "cp /bin/true %{bin}%/t; chmod 4755 %{bin}%/t");

	FAILS(build(&p, &e), ERR_BUILD, "bin/t, and a setuid", "setuid is refused");
	p = above("fifo", "mkfifo %{lib}%/f");
	FAILS(build(&p, &e), ERR_BUILD, "a FIFO", "so is a FIFO");
	p = above("git", "mkdir %{lib}%/.git; touch %{lib}%/.git/x");
	FAILS(build(&p, &e), ERR_BUILD, "Git", "and a name that Git takes for its own");
	p = above("piece", "printf 'xx%.40s' %{prefix}% >%{lib}%/piece");
	p.opam = arena_printf(&help_arena, "install: [\"sh\" \"-c\" \"printf %%s %.*s >%%{lib}%%/piece\"]",
			      60, BUILD_PREFIX);
	FAILS(build(&p, &e), ERR_BUILD, "lib/piece", "a piece of the prefix cannot be moved");
	p = (struct package){
		.name = "image",
		.opam = arena_printf(&help_arena,
				     "%sinstall: [\"sh\" \"-c\" \"echo %%{prefix}%% >%%{share}%%/i.elf\"]",
				     images)};
	FAILS(build(&p, &e), ERR_BUILD, "the image share/i.elf", "an image may not hold the prefix");
	p.opam = arena_printf(&help_arena, "%sinstall: [\"true\"]", images);
	FAILS(build(&p, &e), ERR_BUILD, "does not install it", "an image must be there");
	p.opam = arena_printf(&help_arena,
			      "%sinstall: [[\"sh\" \"-c\" \"echo 'int main(){return 0;}' >m.c; cc "
			      "-Wl,--build-id=0x0123456789abcdef"
			      " -o %%{share}%%/i.elf m.c; echo $PKG_INPUT_ID >%%{share}%%/id\"]]",
			      images);
	GOOD(build(&p, &e), "an image is built");
	EQ_INT(p.result.image_count, 1, "and known");
	if (p.result.image_count)
		EQ_STR(p.result.images[0].build_id.s, "0123456789abcdef", "with its build-id");
	EQ_STR(content(&p, "share/id"), arena_printf(&help_arena, STR_FMT "\n", STR_ARG(p.ids.input_id)),
	       "its build knows its input id");
}

/* --- failures, logs, tests --- */

static void
failures(void)
{
	struct package p = {.name = "fail",
			    .source = "echo kept >f",
			    .opam = "build: [[\"sh\" \"-c\" \"echo out; echo err >&2; exit 3\"]]"};
	struct build_options keep = {.keep = true};
	struct str log;

	FAILS(build_with(&p, &keep, &e), ERR_BUILD, "failed with status 3: sh -c",
	      "a failure says command and status");
	FAILS(build(&p, &e), ERR_BUILD, "out\nerr", "the last lines");
	FAILS(build(&p, &e), ERR_BUILD, ".gz", "and where the log is");
	OK(sh("grep -q kept root/kept/fail.1/f") == 0, "the build folder is kept when asked");
	GOOD(gz_read(&help_arena, help_root.fd,
		     arena_printf(&help_arena, "log/" STR_FMT ".gz", STR_ARG(p.ids.key)), 1 << 20, &log, &e),
	     "the log is there");
	OK(memmem(log.s, log.n, "+ sh -c", 7) && memmem(log.s, log.n, "out\nerr\n", 8), "command and output");
	p = (struct package){.name = "patchy",
			     .source = "echo a >f",
			     .opam = "patches: [\"no.patch\"]\nbuild: [\"true\"]"};
	FAILS(build(&p, &e), ERR_BUILD, "no.patch", "a patch that does not apply fails the package");
	p = (struct package){
		.name = "t", .opam = "run-test: [\"false\"]\ninstall: [\"true\"]", .with_test = true};
	FAILS(build(&p, &e), ERR_TEST, "the test of t.1", "a failing test has a code of its own");
	p.with_test = false;
	GOOD(build(&p, &e), "without tests it is built");
	OK(!p.result.tested && !p.result.output.files.hex[0], "not tested, and nothing installed");
	OK(sh("test -z \"$(ls root/build)\"") == 0, "no scratch folder is left");
}

static void
times(void)
{
	struct package p = {.name = "slow", .opam = "build: [\"sleep\" \"100\"]"};

	help_builder.timeout = 1;
	FAILS(build(&p, &e), ERR_BUILD, "too long", "a build that takes too long ends");
	help_builder.timeout = 120;
	help_builder.silence = 1;
	FAILS(build(&p, &e), ERR_BUILD, "silent", "so does one that says nothing");
	p.opam = "build: [\"sh\" \"-c\" \"for i in 1 2 3 4; do echo $i; sleep 0.5; done\"]";
	GOOD(build(&p, &e), "one that speaks does not");
	help_builder.silence = 0;
}

/* --- reuse --- */

static void
reuse(void)
{
	struct package p = {.name = "again", .opam = "install: [\"sh\" \"-c\" \"echo x >%{lib}%/x\"]"}, q = p;
	struct build_options rebuild = {.rebuild = true};
	struct oid first;

	GOOD(build(&p, &e), "a package is built");
	first = p.result.output.id;
	GOOD(build(&q, &e), "and asked for again");
	OK(q.result.reused && oid_eq(&q.result.output.id, &first), "its output is reused");
	GOOD(build_cache_flush(&help_builder, &help_arena, &e), "what was built is kept");
	OK(sh("git --git-dir=root/store.git cat-file -e refs/pkg/builds:full/%.2s/%.2s/%s/meta.json ||"
	      "git --git-dir=root/store.git cat-file -e refs/pkg/builds:reduced/%.2s/%.2s/%s/meta.json",
	      p.ids.key.s, p.ids.key.s + 2, p.ids.key.s, p.ids.key.s, p.ids.key.s + 2, p.ids.key.s) == 0,
	   "in refs/pkg/builds");
	OK(sh("git --git-dir=root/store.git fsck --strict --no-dangling") == 0, "git fsck is content");
	root_close(&help_root);
	GOOD(open_root("root", &e), "the root is opened anew");
	GOOD(build(&q, &e), "and the package asked for");
	OK(q.result.reused && oid_eq(&q.result.output.id, &first), "it is reused");
	EQ_STR(listing(&q), "lib/x 644 2\n", "with all that is known of it");
	GOOD(build_with(&q, &rebuild, &e), "a rebuild builds");
	OK(!q.result.reused && oid_eq(&q.result.output.id, &first), "and gives the same output");
}

/* The same outputs when the view is a copy. */
static void
copies(void)
{
	struct package p = above("copied",
				 "cd %{lib}%; echo $PWD >pwd; ln -s pwd l; mkdir -p e/f; cat base/a >s"),
		       q = p;
	struct build_options rebuild = {.rebuild = true};

	help_builder.state->overlay.state = OVERLAY_UNKNOWN;
	GOOD(build_with(&p, &rebuild, &e), "a build over an overlay");
	printf("# overlay: %s\n", help_builder.state->overlay.state == OVERLAY_YES ? "yes" : "no");
	help_builder.state->overlay.state = OVERLAY_NO;
	GOOD(build_with(&q, &rebuild, &e), "a build in a copy");
	OK(oid_eq(&p.result.output.id, &q.result.output.id), "give the same output");
}

int
main(void)
{
	if (!help_begin(&e))
		return help_skip(&e);
	contents();
	dependencies();
	refusals();
	failures();
	times();
	copies();
	help_builder.state->overlay.state = OVERLAY_NO;
	help_options.rebuild = true;
	dependencies();
	help_options.rebuild = false;
	help_builder.state->overlay.state = OVERLAY_UNKNOWN;
	reuse();
	return help_end();
}
