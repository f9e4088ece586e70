#include "build/source.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "build/beneath.h"
#include "build/run.h"
#include "opam/subst.h"
#include "store/tree.h"

static const int64_t NO_DATE = 315532800; /* 1980-01-01: of what has no date of its own */
enum { TEMPLATE_MAX = 64 << 20 };

int64_t
source_epoch(const struct build_job *job)
{
	return job->source && job->source->class != SOURCE_NONE && job->source->epoch ? job->source->epoch
										      : NO_DATE;
}

int
source_template(const struct builder *b, struct arena *a, const struct build_job *job, struct str name,
		struct str *text, bool *there, struct err *e)
{
	struct str file = str_printf(a, STR_FMT ".in", STR_ARG(name));
	struct store_entry entry;
	struct err why = {0};

	*there = true;
	for (size_t i = job->extra_count; i-- > 0;)
		if (str_eq(job->extras[i].name, file))
			return store_blob_read(b->root->store, a, &job->extras[i].id, text, e);
	*there = false;
	if (!job->source || !oid_is(&job->source->tree) || job->source->class == SOURCE_NONE)
		return 0;
	if (store_tree_find(b->root->store, a, &job->source->tree, file.s, &entry, &why) < 0) {
		if (why.code == ERR_NOTFOUND)
			return 0;
		*e = why;
		return -1;
	}
	*there = entry.mode == MODE_FILE || entry.mode == MODE_EXEC;
	return *there ? store_blob_read(b->root->store, a, &entry.id, text, e) : 0;
}

/* --- source and extra files --- */

static int
write_source(struct build_run *run, struct err *e)
{
	const struct fetched *source = run->job->source;
	const char *dir = arena_printf(run->a, "%s/source", run->scratch);

	if (!source || source->class == SOURCE_NONE || !oid_is(&source->tree))
		return 0;
	if (store_tree_export(run->b->root->store, &source->tree, AT_FDCWD, dir, source_epoch(run->job), e) <
	    0)
		return -1;
	for (size_t i = 0; i < source->empty_dir_count; i++)
		if (path_is_plain(source->empty_dirs[i]) &&
		    fs_mkdirs(run->source, str_c(run->a, source->empty_dirs[i]), 0755, e) < 0)
			return -1;
	return 0;
}

static int
write_extras(struct build_run *run, struct err *e)
{
	for (size_t i = 0; i < run->job->extra_count; i++) {
		const struct record_extra *extra = &run->job->extras[i];
		struct str bytes;

		if (store_blob_read(run->b->root->store, run->a, &extra->id, &bytes, e) < 0 ||
		    beneath_write(run->a, run->source, extra->name, bytes, 0644, e) < 0)
			return err_note(e, "while adding the file " STR_FMT, STR_ARG(extra->name));
	}
	return 0;
}

/* --- templates --- */

static int
write_template(struct build_run *run, struct str name, struct err *e)
{
	struct str file = str_printf(run->a, STR_FMT ".in", STR_ARG(name)), text, done;
	AUTO_FD fd = beneath_open(run->a, run->source, BUILD_DIR, file, e);
	struct stat st;

	if (fd < 0) {
		e->code = ERR_BUILD;
		return err_note(e, "while writing " STR_FMT " from its template", STR_ARG(name));
	}
	if (fstat(fd, &st) < 0)
		return err_sys(e, "reading " STR_FMT, STR_ARG(file));
	if (fs_read_fd(run->a, fd, TEMPLATE_MAX, &text, e) < 0)
		return -1;
	done = opam_subst(run->a, text, &run->scope->scope);
	return beneath_write(run->a, run->source, name, done, st.st_mode & 0100 ? 0755 : 0644, e);
}

static bool
is_patch(const struct build_run *run, struct str name)
{
	const struct opam_filtereds *patches = &run->job->definition->patches;

	for (size_t i = 0; i < patches->n; i++)
		if (str_eq(patches->v[i].s, name))
			return true;
	return false;
}

static int
write_templates(struct build_run *run, bool patches, struct err *e)
{
	struct opam_strings substs = run->job->definition->substs;

	for (size_t i = 0; i < substs.n; i++)
		if (is_patch(run, substs.v[i]) == patches && write_template(run, substs.v[i], e) < 0)
			return -1;
	return 0;
}

/* --- patches --- */

/* Git is needed anyway and refuses to write outside; -C1 lets the outer lines of a context differ, as
 * patch(1) does. It runs inside, where no repository surrounds it. */
static int
apply_patches(struct build_run *run, struct err *e)
{
	const struct opam_definition *d = run->job->definition;
	struct buf failed = buf_new(run->a);
	struct opam_strings patches;

	if (opam_filtered_strings(run->a, &d->text, d->patches, &run->scope->scope, &patches, e) < 0)
		return -1;
	for (size_t i = 0; i < patches.n; i++) {
		struct str args[] = {
			STR("git"), STR("apply"), STR("-p1"), STR("-C1"), STR("--whitespace=nowarn"),
			STR("--"),  patches.v[i]};
		struct err why = {0};

		if (run_command(run, STEP_PATCH, (struct opam_strings){args, COUNT_OF(args)}, &why) == 0)
			continue;
		if (why.code != ERR_BUILD) {
			*e = why;
			return -1;
		}
		if (!failed.n)
			*e = why;
		buf_printf(&failed, "%s" STR_FMT, failed.n ? ", " : "", STR_ARG(patches.v[i]));
	}
	return failed.n ? err_note(e, "these patches do not apply: %s", failed.s) : 0;
}

/* --- times --- */

struct dating {
	int64_t epoch;
};

static int
set_time(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	const struct dating *dating = ctx;
	struct timespec times[2] = {{.tv_sec = dating->epoch}, {.tv_sec = dating->epoch}};

	if (st->st_mtim.tv_sec == dating->epoch)
		return 0;
	if (!S_ISDIR(st->st_mode))
		times[0].tv_sec = times[1].tv_sec = dating->epoch + 1;
	if (utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "setting the time of %s", path);
	return 0;
}

int
source_prepare(struct build_run *run, struct err *e)
{
	struct dating dating = {source_epoch(run->job)};

	if (write_source(run, e) < 0 || write_extras(run, e) < 0 || write_templates(run, true, e) < 0 ||
	    apply_patches(run, e) < 0 || write_templates(run, false, e) < 0)
		return err_note(e, "while preparing the source of " STR_FMT, STR_ARG(run->package));
	return fs_walk(AT_FDCWD, arena_printf(run->a, "%s/source", run->scratch), set_time, &dating, e);
}
