/* What the Git work tree around a folder says of it. Bytes are taken as they are: no filter or hook
 * runs, and no configuration but the repository's own is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "store/private.h"

static bool
mine(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == geteuid();
}

/* libgit2 refuses the repositories of others; asked first, the reason can be told. */
static int
open_around(const char *path, git_repository **out, struct err *e)
{
	git_buf found = {0};
	int rc = git_repository_discover(&found, path, 1, NULL);

	if (rc == GIT_ENOTFOUND)
		return err_set(e, ERR_NOTFOUND, "%s is in no Git work tree", path);
	if (rc < 0)
		return git_fail(e, rc, "looking for the Git work tree of %s", path);
	rc = git_repository_open_ext(out, found.ptr, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rc < 0) {
		git_fail(e, rc, "opening the Git repository %s", found.ptr);
		if (e->code == ERR_CONFIG || !mine(found.ptr)) {
			err_set(e, ERR_NOTFOUND, "%s is in no Git work tree of ours", path);
			err_note(e, "%s belongs to another user, so it counts as a plain folder", found.ptr);
		}
	}
	git_buf_dispose(&found);
	return rc < 0 ? -1 : 0;
}

/* Sets top and prefix from the two real paths. */
static int
place(struct arena *a, git_repository *git, const char *path, struct store_worktree *out, struct err *e)
{
	const char *top = git_repository_workdir(git);
	char *real = realpath(path, NULL), *real_top;
	struct str here;

	if (!real)
		return err_sys(e, "looking at %s", path);
	here = str_of(arena_strdup(a, real));
	free(real);
	if (!top)
		return err_set(e, ERR_NOTFOUND, "%s is in a Git repository without a work tree", path);
	real_top = realpath(top, NULL);
	if (!real_top)
		return err_sys(e, "looking at %s", top);
	out->top = str_of(arena_strdup(a, real_top));
	free(real_top);
	if (!path_under(here, out->top))
		return err_set(e, ERR_NOTFOUND, "%s is in no Git work tree", path);
	out->prefix = str_sub(here, out->top.n, here.n);
	while (str_starts(out->prefix, "/"))
		out->prefix = str_sub(out->prefix, 1, out->prefix.n);
	return 0;
}

static int
read_head(struct arena *a, git_repository *git, struct store_worktree *out, struct err *e)
{
	AUTO(git_object) head = NULL;
	AUTO(git_object) tree = NULL;
	const char *spec;
	git_oid id;
	int rc = git_reference_name_to_id(&id, git, "HEAD");

	if (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH)
		return 0;
	if (rc == 0)
		rc = git_object_lookup(&head, git, &id, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return git_fail(e, rc, "reading HEAD of " STR_FMT, STR_ARG(out->top));
	out->head = oid_from_git(&id);
	out->head_time = git_commit_time((const git_commit *)head);
	spec = out->prefix.n ? str_c(a, out->prefix) : NULL;
	rc = git_object_lookup(&tree, git, git_commit_tree_id((const git_commit *)head), GIT_OBJECT_TREE);
	if (rc < 0)
		return git_fail(e, rc, "reading the tree of %s", out->head.hex);
	if (!spec) {
		out->subtree = oid_from_git(git_object_id(tree));
	} else {
		git_tree_entry *entry = NULL;

		if (git_tree_entry_bypath(&entry, (const git_tree *)tree, spec) == 0 &&
		    git_tree_entry_type(entry) == GIT_OBJECT_TREE)
			out->subtree = oid_from_git(git_tree_entry_id(entry));
		git_tree_entry_free(entry);
	}
	return 0;
}

struct files {
	struct str *v;
	size_t n, room;
};

/* A path of the repository as one of the folder; false: it is elsewhere. */
static bool
relative(const struct store_worktree *w, const char *path, struct str *out)
{
	*out = str_of(path);
	if (!w->prefix.n)
		return true;
	if (!path_under(*out, w->prefix) || out->n == w->prefix.n)
		return false;
	*out = str_sub(*out, w->prefix.n + 1, out->n);
	return true;
}

/* A tracked file that is not on disk any more is none. Submodules are repositories of their own. */
static int
add_tracked(struct arena *a, git_repository *git, const struct store_worktree *w, struct files *files,
	    struct err *e)
{
	AUTO(git_index) index = NULL;
	const char *last = "";
	struct stat st;
	struct str path;
	int rc = git_repository_index(&index, git);

	if (rc < 0)
		return git_fail(e, rc, "reading the index of " STR_FMT, STR_ARG(w->top));
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		/* A file in conflict stands there up to three times. */
		if (entry->mode == MODE_COMMIT || strcmp(entry->path, last) == 0 ||
		    !relative(w, entry->path, &path))
			continue;
		last = entry->path;
		if (lstat(path_join(a, str_c(a, w->top), entry->path), &st) == 0 && !S_ISDIR(st.st_mode))
			vec_push(a, files, str_dup(a, path));
	}
	return 0;
}

static int
add_untracked(struct arena *a, git_repository *git, struct store_worktree *w, bool keep, struct files *files,
	      struct err *e)
{
	AUTO(git_status_list) list = NULL;
	char *spec = str_c(a, w->prefix);
	git_status_options options;
	struct str path;
	int rc;

	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
			GIT_STATUS_OPT_EXCLUDE_SUBMODULES | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	if (w->prefix.n)
		options.pathspec = (git_strarray){&spec, 1};
	rc = git_status_list_new(&list, git, &options);
	if (rc < 0)
		return git_fail(e, rc, "looking for untracked files in " STR_FMT, STR_ARG(w->top));
	for (size_t i = 0; i < git_status_list_entrycount(list); i++) {
		const git_status_entry *entry = git_status_byindex(list, i);

		/* A path that ends in a slash is a repository inside this one. */
		if (!(entry->status & GIT_STATUS_WT_NEW) ||
		    !relative(w, entry->index_to_workdir->new_file.path, &path) || str_ends(path, "/"))
			continue;
		w->untracked++;
		if (keep)
			vec_push(a, files, str_dup(a, path));
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int
describe(struct arena *a, const char *path, bool with_untracked, struct store_worktree *out, struct err *e)
{
	AUTO(git_repository) git = NULL;
	struct files files = {0};

	if (open_around(path, &git, e) < 0 || place(a, git, path, out, e) < 0 ||
	    read_head(a, git, out, e) < 0)
		return -1;
	if (add_tracked(a, git, out, &files, e) < 0 ||
	    add_untracked(a, git, out, with_untracked, &files, e) < 0)
		return -1;
	if (files.n)
		qsort(files.v, files.n, sizeof(*files.v), by_name);
	out->files = files.v;
	out->file_count = files.n;
	return 0;
}

int
store_worktree(struct arena *a, const char *path, bool with_untracked, struct store_worktree *out,
	       struct err *e)
{
	int rc;

	*out = (struct store_worktree){0};
	if (store_library(e) < 0)
		return -1;
	rc = describe(a, path, with_untracked, out, e);
	git_libgit2_shutdown();
	return rc;
}
