#include "build/build.h"

#include <sys/statvfs.h>
#include <time.h>

#include "base/path.h"
#include "build/cache.h"
#include "build/changes.h"
#include "build/libraries.h"
#include "build/run.h"
#include "build/source.h"
#include "build/state.h"
#include "build/toolchain.h"

/* Fewer free blocks than this: whatever failed, it failed for want of room. */
enum { DISK_FULL_BLOCKS = 16 };

int
builder_open(struct arena *a, struct builder *b, const char *search_path, struct err *e)
{
	struct sandbox *sandbox = arena_new(a, struct sandbox);
	struct build_state *state = arena_new(a, struct build_state);

	*state = (struct build_state){.a = a, .trees = map_new(a), .pending = map_new(a)};
	state->dpkg = b->base ? dpkg_open_in(a, b->base) : dpkg_open(a, b->root ? b->root->fd : -1);
	b->state = state;
	b->sandbox = sandbox;
	if (sandbox_probe_base(a, search_path, b->base, sandbox, e) < 0)
		return -1;
	if (!str_is(sandbox->level, "full"))
		report_text(b->report, REPORT_WARN, STR(""), "the sandbox of this machine is " STR_FMT,
			    STR_ARG(sandbox->level));
	if (!b->base)
		return toolchain_read(state->dpkg, a, &b->toolchain, e);
	b->toolchain = (struct opam_strings){arena_new(a, struct str), 1};
	b->toolchain.v[0] = str_printf(a, "base image sha256:" STR_FMT, STR_ARG(b->base_digest));
	return 0;
}

struct str
builder_level(const struct builder *b)
{
	return b->sandbox->level;
}

/* --- one build --- */

static long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static void
say(const struct builder *b, enum report_kind kind, struct str package, struct str text, long ms)
{
	report_event(b->report, &(struct report_event){kind, package, text, ms});
}

/* All steps; what they leave is the output. */
static int
run_steps(struct build_run *run, struct build_result *out, struct err *e)
{
	const struct opam_definition *d = run->job->definition;
	struct changes changes;
	bool any, tested = false;

	if (source_prepare(run, e) < 0 || run_field(run, STEP_BUILD, d->build, &any, e) < 0)
		return -1;
	if (run->job->with_test) {
		if (run_field(run, STEP_TEST, d->run_test, &any, e) < 0)
			return -1;
		tested = true;
	}
	if (run_field(run, STEP_INSTALL, d->install, &any, e) < 0 || run_install_files(run, e) < 0)
		return -1;
	if (changes_read(run->b->root->store, run->a, &run->view, run->package, d->x_images, &changes, e) < 0)
		return -1;
	out->output = changes.output;
	if (run_config(run, &out->output.config, e) < 0 ||
	    libraries_find(run, &changes, &out->libraries, &out->library_count, e) < 0 ||
	    output_write(run->b->root->store, run->a, &out->output, e) < 0)
		return -1;
	out->files = changes.files;
	out->file_count = changes.file_count;
	out->images = changes.images;
	out->image_count = changes.image_count;
	out->level = run->b->sandbox->level;
	out->tested = tested;
	return 0;
}

/* What an output needs of the system and nobody declared may be missing elsewhere. */
static void
warn_libraries(const struct build_run *run, const struct build_result *r)
{
	for (size_t i = 0; i < r->library_count && dpkg_present(run->b->state->dpkg); i++)
		if (!r->libraries[i].declared)
			report_text(run->b->report, REPORT_WARN, run->package,
				    "it needs " STR_FMT " of the system package " STR_FMT
				    ", which no depext declares",
				    STR_ARG(r->libraries[i].soname),
				    STR_ARG(r->libraries[i].package.n ? r->libraries[i].package : STR("?")));
}

/* A step that failed for want of room is the machine's failure, not the package's. */
static void
blame_disk(const struct build_run *run, struct err *e)
{
	struct statvfs fs;

	if (e->code == ERR_SYSTEM || fstatvfs(run->b->root->fd, &fs) < 0)
		return;
	if (fs.f_bavail >= DISK_FULL_BLOCKS && (!fs.f_files || fs.f_favail))
		return;
	e->code = ERR_SYSTEM;
	err_hint(e, "the disk of %s is full", run->b->root->path);
}

static void
explain(struct build_run *run, struct err *e)
{
	struct err why = {0};
	const char *path;

	if (e->code == ERR_INTERRUPTED)
		return;
	blame_disk(run, e);
	if (run_keep_log(run, &path, &why) == 0)
		err_hint(e, "the whole log: %s", path);
	say(run->b, REPORT_FAILED, run->package, str_of(e->msg), 0);
}

/* Out of build/, where any command would clear it away. */
static void
keep_folder(struct build_run *run, struct err *e)
{
	const struct root *root = run->b->root;
	const char *from = arena_printf(run->a, "%s/source", run->scratch);
	const char *to = arena_printf(run->a, "%s/kept/" STR_FMT, root->path, STR_ARG(run->package));
	struct err ignored;

	if (fs_mkdirs(root->fd, "kept", 0700, &ignored) == 0 && fs_remove(AT_FDCWD, to, &ignored) == 0 &&
	    fs_rename_new(AT_FDCWD, from, to, &ignored) == 0)
		err_hint(e, "the build folder: %s", to);
}

static int
build_in(struct build_run *run, const struct build_options *options, struct build_result *out, struct err *e)
{
	long start = now_ms();
	const char *path;
	int rc;

	rc = run_open(run, e);
	say(run->b, REPORT_BUILD, run->package, STR(""), 0);
	if (rc == 0)
		rc = run_steps(run, out, e);
	if (rc < 0) {
		if (options && options->keep)
			keep_folder(run, e);
		explain(run, e);
	}
	run_close(run);
	if (rc < 0)
		return -1;
	if (run_keep_log(run, &path, e) < 0)
		return -1;
	warn_libraries(run, out);
	out->ms = now_ms() - start;
	out->log = str_dup(run->a, run->ids->key);
	return 0;
}

/* For the holder of the key's lock. */
static int
build_locked(const struct builder *b, struct arena *a, const struct build_job *job,
	     const struct build_ids *ids, const struct build_options *options, struct build_result *out,
	     struct err *e)
{
	struct build_run run = {
		.b = b, .a = a, .job = job, .ids = ids, .failure = options ? options->failure : NULL};
	struct scratch scratch;
	int rc;

	if (root_scratch(b->root, a, &scratch, e) < 0)
		return -1;
	run.scratch = scratch.path;
	*out = (struct build_result){0};
	rc = build_in(&run, options, out, e);
	root_scratch_end(b->root, &scratch);
	if (rc < 0)
		return -1;
	if (cache_add(b, a, ids->key, out, e) < 0)
		return err_note(e, "while keeping what was built");
	say(b, REPORT_BUILT, run.package, STR(""), out->ms);
	return 0;
}

static int
find_built(const struct builder *b, struct arena *a, const struct build_job *job, const struct build_ids *ids,
	   const struct build_options *options, bool *found, struct build_result *out, struct err *e)
{
	*found = false;
	if (options && options->rebuild)
		return 0;
	if (cache_find(b, a, ids->key, found, out, e) < 0)
		return -1;
	if (*found && job->with_test && job->definition->run_test && !out->tested)
		*found = false;
	if (*found)
		say(b, REPORT_REUSED,
		    str_printf(a, STR_FMT "." STR_FMT, STR_ARG(job->name), STR_ARG(job->version)), STR(""),
		    0);
	return 0;
}

int
build_package(const struct builder *b, struct arena *a, const struct build_job *job,
	      const struct build_ids *ids, const struct build_options *options, struct build_result *out,
	      struct err *e)
{
	struct fs_lock lock = {-1};
	bool found;
	int rc;

	if (find_built(b, a, job, ids, options, &found, out, e) < 0)
		return -1;
	if (found)
		return 0;
	if (root_lock(b->root, a, arena_printf(a, "key-" STR_FMT, STR_ARG(ids->key)), &lock, e) < 0)
		return -1;
	/* Somebody else may have built it while we waited. */
	rc = find_built(b, a, job, ids, options, &found, out, e);
	if (rc == 0 && !found)
		rc = build_locked(b, a, job, ids, options, out, e);
	fs_unlock(&lock);
	return rc;
}
