/* path.c - files and folders of this machine. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "fetch/backend.h"
#include "store/transport.h"
#include "store/tree.h"

int
path_get(const struct fetch *f, struct arena *a, struct fetch_get *g, struct err *e)
{
	const char *path = str_c(a, g->url->path);
	AUTO_FD from = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	AUTO_FD to = -1;
	struct stat st;

	(void)f;
	if (from < 0 || fstat(from, &st) < 0)
		return err_set(e, ERR_FETCH, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FETCH, "it is not a regular file");
	if ((uint64_t)st.st_size > FETCH_MAX_BYTES)
		return err_set(e, ERR_FETCH, "larger than %llu bytes", (unsigned long long)FETCH_MAX_BYTES);
	to = open(g->file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return err_sys(e, "%s", g->file);
	return fs_copy_fd(from, to, e);
}

/* The tracked files of a work tree, and the folders above them. */
static struct map
tracked_paths(struct arena *a, const struct store_worktree *w)
{
	struct map m = map_new(a);

	for (size_t i = 0; i < w->file_count; i++) {
		struct str path = w->files[i];
		ptrdiff_t slash;

		while (!map_has(&m, path)) {
			map_set(&m, path, &m);
			slash = str_rchr(path, '/');
			if (slash < 0)
				break;
			path = str_sub(path, 0, (size_t)slash);
		}
	}
	return m;
}

static bool
is_untracked(void *ctx, const char *path)
{
	return *path && !map_has(ctx, str_of(path));
}

static int
import_folder(const struct fetch *f, struct arena *a, const char *path, struct fetched *out, struct err *e)
{
	struct store_import io = {.max_bytes = FETCH_MAX_BYTES,
				  .max_entries = FETCH_MAX_ENTRIES,
				  .max_depth = FETCH_MAX_DEPTH,
				  .skip_git = true};
	struct store_worktree w = {0};
	struct err none = {0};
	struct map tracked;

	if (store_worktree(a, path, false, &w, &none) == 0) {
		tracked = tracked_paths(a, &w);
		io.leave_out = is_untracked;
		io.ctx = &tracked;
		out->untracked = w.untracked;
	} else if (none.code != ERR_NOTFOUND) {
		*e = none;
		return -1;
	}
	if (store_tree_import(f->store, a, AT_FDCWD, path, &io, e) < 0)
		return -1;
	out->tree = io.tree;
	out->empty_dirs = io.empty_dirs;
	out->empty_dir_count = io.empty_dir_count;
	return 0;
}

static int
local_folder(const struct fetch *f, struct arena *a, const struct fetch_request *r, const char *path,
	     struct fetched *out, struct err *e)
{
	if (!r->pinned) {
		err_set(e, ERR_FETCH, "the definition names a folder of this machine: %s", path);
		return err_hint(e, "folders are sources of pins only");
	}
	if (r->source->checksum_count)
		return err_set(e, ERR_FETCH, "%s is a folder, which cannot have a checksum", path);
	report_event(f->report, &(struct report_event){.kind = REPORT_FETCH,
						       .package = r->package,
						       .text = r->source->src.text});
	if (import_folder(f, a, path, out, e) < 0)
		return err_note(e, "while reading %s", path);
	if (out->untracked)
		report_text(f->report, REPORT_NOTE, r->package, "%zu untracked files of %s were left out",
			    out->untracked, path);
	out->class = SOURCE_LOCAL;
	return 0;
}

int
path_tree(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	  struct err *e)
{
	const char *path = str_c(a, r->source->src.path);

	if (fs_is_dir(AT_FDCWD, path))
		return local_folder(f, a, r, path, out, e);
	return archive_tree(f, a, r, out, e);
}
