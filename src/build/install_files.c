/* What a build leaves for its installer: `<name>.install` and `<name>.config` in the build folder.
 * They are read outside of the sandbox, so no name in them may lead anywhere else. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "build/beneath.h"
#include "build/run.h"

enum { FILE_MAX = 16 << 20 };

/* text.s stays NULL when there is no such file. */
static int
read_own(struct build_run *run, const char *name, struct str *text, struct err *e)
{
	struct err why = {0};
	AUTO_FD fd = beneath_open(run->a, run->source, BUILD_DIR, str_of(name), &why);

	*text = (struct str){0};
	if (fd < 0 && why.sys == ENOENT)
		return 0;
	if (fd < 0) {
		*e = why;
		return -1;
	}
	return fs_read_fd(run->a, fd, FILE_MAX, text, e);
}

static int
copy_file(struct build_run *run, int from, const struct opam_install_entry *entry, struct err *e)
{
	AUTO_FD upper = fs_open_dir(AT_FDCWD, run->view.upper, e);
	AUTO_FD to = -1;
	struct stat st;
	struct str path;

	if (upper < 0)
		return -1;
	if (fstat(from, &st) < 0)
		return err_sys(e, "reading " STR_FMT, STR_ARG(entry->src));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_BUILD, STR_FMT " is not a file", STR_ARG(entry->src));
	if (view_resolve(run->a, &run->view, entry->dst, &path, e) < 0)
		return -1;
	to = beneath_create(run->a, upper, path, entry->executable ? 0755 : 0644, e);
	return to < 0 ? -1 : fs_copy_fd(from, to, e);
}

/* False: an entry that must be there is missing. */
static int
install_entry(struct build_run *run, const struct opam_install_entry *entry, bool *there, struct err *e)
{
	struct err why = {0};
	AUTO_FD from = beneath_open(run->a, run->source, BUILD_DIR, entry->src, &why);

	*there = from >= 0 || entry->optional;
	if (from < 0) {
		if (why.sys == ENOENT || why.sys == ENOTDIR)
			return 0;
		*e = why;
		return -1;
	}
	buf_printf(&run->log, "+ install " STR_FMT " -> " STR_FMT "\n", STR_ARG(entry->src),
		   STR_ARG(entry->dst));
	return copy_file(run, from, entry, e);
}

int
run_install_files(struct build_run *run, struct err *e)
{
	const char *name = arena_printf(run->a, STR_FMT ".install", STR_ARG(run->job->name));
	struct buf missing = buf_new(run->a);
	struct opam_install list;
	struct str text;

	if (read_own(run, name, &text, e) < 0)
		goto bad;
	if (!text.s)
		return 0;
	if (opam_install(run->a, name, text, run->job->name, &list, e) < 0)
		goto bad;
	for (size_t i = 0; i < list.n; i++) {
		bool there;

		if (install_entry(run, &list.v[i], &there, e) < 0)
			goto bad;
		if (!there)
			buf_printf(&missing, "%s" STR_FMT, missing.n ? ", " : "", STR_ARG(list.v[i].src));
	}
	if (!missing.n)
		return 0;
	buf_printf(&run->log, "- not built: %s\n", missing.s);
	return err_set(e, ERR_BUILD, "%s of " STR_FMT " names files that were not built: %s", name,
		       STR_ARG(run->package), missing.s);
bad:
	/* A name that leads out of its folder is the package's fault, not the machine's. */
	e->code = e->code == ERR_PARSE || e->sys == EXDEV || e->sys == ELOOP ? ERR_BUILD : e->code;
	buf_printf(&run->log, "- %s: %s\n", name, e->msg);
	return err_note(e, "while installing the files of %s for " STR_FMT, name, STR_ARG(run->package));
}

int
run_config(struct build_run *run, struct opam_config *config, struct err *e)
{
	const char *name = arena_printf(run->a, STR_FMT ".config", STR_ARG(run->job->name));
	struct str text;

	if (read_own(run, name, &text, e) < 0)
		return -1;
	if (!text.s || opam_config(run->a, name, text, config, e) == 0)
		return 0;
	e->code = e->code == ERR_PARSE ? ERR_BUILD : e->code;
	return err_note(e, "while reading the variables of " STR_FMT, STR_ARG(run->package));
}
