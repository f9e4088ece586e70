/* build_help.h - what the tests of builds share: a root, tiny sources, and one call that builds. */
#ifndef TESTS_BUILD_HELP_H
#define TESTS_BUILD_HELP_H

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/gz.h"
#include "build/build.h"
#include "build/state.h"
#include "store/tree.h"
#include "tests/tap.h"

static char help_dir[64];
static struct arena help_arena;
static struct root help_root;
static struct platform help_platform;
static struct builder help_builder;
static char help_events[1 << 16];
static struct build_options help_options; /* of build() */

__attribute__((format(printf, 1, 2), unused)) static int
sh(const char *fmt, ...)
{
	char command[8192];
	va_list args;
	int n, status;

	n = snprintf(command, sizeof(command), "cd %s && { ", help_dir);
	va_start(args, fmt);
	n += vsnprintf(command + n, sizeof(command) - (size_t)n, fmt, args);
	va_end(args);
	snprintf(command + n, sizeof(command) - (size_t)n, "\n} >out 2>&1");
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void
note_event(void *ctx, const struct report_event *event)
{
	size_t n = strlen(help_events);

	(void)ctx;
	snprintf(help_events + n, sizeof(help_events) - n, "%d %.*s %.*s\n", (int)event->kind,
		 STR_ARG(event->package), STR_ARG(event->text));
}

/* Opens the root DIR/<name> and a builder over it. */
static int
open_root(const char *name, struct err *e)
{
	static const struct report report = {note_event, NULL};

	if (root_open(&help_arena, arena_printf(&help_arena, "%s/%s", help_dir, name), true, &report,
		      &help_root, e) < 0 ||
	    platform_detect(&help_arena, &help_platform, e) < 0)
		return -1;
	help_builder = (struct builder){
		.root = &help_root, .platform = &help_platform, .jobs = 2, .timeout = 120, .report = &report};
	return builder_open(&help_arena, &help_builder, "/usr/local/bin:/usr/bin:/bin", e);
}

/* False, with a reason for the skip, where there can be no sandbox. */
__attribute__((unused)) static bool
help_begin(struct err *e)
{
	strcpy(help_dir, "/tmp/build-test-XXXXXX");
	if (!mkdtemp(help_dir)) {
		perror(help_dir);
		exit(99);
	}
	if (open_root("root", e) == 0)
		return true;
	if (e->code != ERR_SANDBOX)
		printf("# %s\n", e->msg);
	return false;
}

__attribute__((unused)) static int
help_skip(const struct err *e)
{
	struct err ignored;

	tap_skip_all(e->msg);
	root_close(&help_root);
	fs_remove(AT_FDCWD, help_dir, &ignored);
	arena_free(&help_arena);
	return e->code != ERR_SANDBOX;
}

__attribute__((unused)) static int
help_end(void)
{
	struct err e = {0};

	root_close(&help_root);
	fs_remove(AT_FDCWD, help_dir, &e);
	arena_free(&help_arena);
	return tap_done();
}

/* One package of a test. */
struct package {
	const char *name, *opam; /* the fields after opam-version */
	const char *source;      /* shell commands that fill the source folder; NULL: no source */
	const struct package *deps[8];
	bool with_test;
	/* filled by build() */
	struct fetched fetched;
	struct build_dep dep;
	struct build_job job;
	struct build_ids ids;
	struct build_result result;
};

/* The job of a package whose dependencies are built. */
static int
prepare(struct package *p, struct err *e)
{
	struct arena *a = &help_arena;
	struct opam_definition *d = arena_new(a, struct opam_definition);
	struct build_dep *deps = arena_array(a, struct build_dep, COUNT_OF(p->deps));
	struct store_import io = {0};
	size_t n = 0;

	if (opam_definition(a, p->name, str_printf(a, "opam-version: \"2.0\"\n%s\n", p->opam), d, e) < 0)
		return -1;
	p->fetched = (struct fetched){.class = SOURCE_NONE, .epoch = 315532800};
	if (p->source) {
		if (sh("rm -rf source; mkdir source; cd source; %s", p->source) != 0)
			return err_set(e, ERR_BUG, "the source of %s could not be made", p->name);
		if (store_tree_import(help_root.store, a, AT_FDCWD, arena_printf(a, "%s/source", help_dir),
				      &io, e) < 0)
			return -1;
		p->fetched = (struct fetched){.class = SOURCE_ARCHIVE,
					      .tree = io.tree,
					      .epoch = 1000000000,
					      .empty_dirs = io.empty_dirs,
					      .empty_dir_count = io.empty_dir_count};
		if (store_tree_sha256(help_root.store, a, &io.tree, p->fetched.tree_sha256, e) < 0)
			return -1;
	}
	for (; n < COUNT_OF(p->deps) && p->deps[n]; n++)
		deps[n] = p->deps[n]->dep;
	p->job = (struct build_job){.name = str_of(p->name),
				    .version = STR("1"),
				    .definition = d,
				    .source = &p->fetched,
				    .deps = deps,
				    .dep_count = n,
				    .with_test = p->with_test};
	return build_ids(&help_builder, a, &p->job, &p->ids, e);
}

static int
build_with(struct package *p, const struct build_options *options, struct err *e)
{
	if (prepare(p, e) < 0)
		return -1;
	if (build_package(&help_builder, &help_arena, &p->job, &p->ids, options, &p->result, e) < 0)
		return -1;
	p->dep = (struct build_dep){.name = str_of(p->name),
				    .version = STR("1"),
				    .definition = p->job.definition,
				    .input_id = p->ids.input_id,
				    .output = p->result.output,
				    .direct = true};
	return 0;
}

__attribute__((unused)) static int
build(struct package *p, struct err *e)
{
	return build_with(p, &help_options, e);
}

/* "path mode size" of all files, one a line, then the empty folders. */
__attribute__((unused)) static const char *
listing(const struct package *p)
{
	struct buf b = buf_new(&help_arena);

	for (size_t i = 0; i < p->result.file_count; i++)
		buf_printf(&b, STR_FMT " %o %lld\n", STR_ARG(p->result.files[i].path),
			   p->result.files[i].mode & 07777, (long long)p->result.files[i].size);
	for (size_t i = 0; i < p->result.output.empty_dir_count; i++)
		buf_printf(&b, STR_FMT "/\n", STR_ARG(p->result.output.empty_dirs[i]));
	return b.n ? b.s : "";
}

/* Content of an installed file. */
__attribute__((unused)) static const char *
content(const struct package *p, const char *path)
{
	struct store_entry entry;
	struct str text;
	struct err e = {0};

	if (store_tree_find(help_root.store, &help_arena, &p->result.output.files, path, &entry, &e) < 0 ||
	    store_blob_read(help_root.store, &help_arena, &entry.id, &text, &e) < 0)
		return "(missing)";
	return str_c(&help_arena, text);
}

#define GOOD(call, ...)                                                                                      \
	do {                                                                                                 \
		if (!tap_ok((call) == 0, __VA_ARGS__))                                                       \
			printf("# %s:%d: %s\n# %s\n", __FILE__, __LINE__, e.msg, e.note);                    \
		e = (struct err){0};                                                                         \
	} while (0)

/* Fails with this code, and message, note or hint hold the text. */
#define FAILS(call, want, text, ...)                                                                         \
	do {                                                                                                 \
		int rc_ = (call);                                                                            \
		if (!tap_ok(rc_ < 0 && e.code == (want) &&                                                   \
				    (strstr(e.msg, text) || strstr(e.note, text) || strstr(e.hint, text)),   \
			    __VA_ARGS__))                                                                    \
			printf("# %s:%d: %d code %d: %s\n# %s\n", __FILE__, __LINE__, rc_, (int)e.code,      \
			       e.msg, e.note);                                                               \
		e = (struct err){0};                                                                         \
	} while (0)

#endif
