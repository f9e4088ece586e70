#include "repo/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "store/transport.h"
#include "store/tree.h"

/* Of what has no time of its own: 1980-01-01, the oldest date that every archive format can hold. */
enum { SNAPSHOT_EPOCH = 315532800 };

const char *
repo_ref(struct arena *a, struct str name)
{
	return arena_printf(a, "refs/pkg/repo/" STR_FMT, STR_ARG(name));
}

/* --- addresses --- */

static int
absolute(struct arena *a, struct str path, struct str *out, struct err *e)
{
	const char *c_path = str_c(a, path);
	char *real = realpath(c_path, NULL);

	if (!real && errno == ENOENT)
		return err_set(e, ERR_FETCH, "there is no folder '%s'", c_path);
	if (!real)
		return err_sys(e, "looking at %s", c_path);
	*out = str_dup(a, str_of(real));
	free(real);
	return 0;
}

/* A bare Git repository is no package repository by itself: its commits hold one. */
static bool
is_bare_git(struct arena *a, struct str path)
{
	const char *dir = str_c(a, path);

	return fs_exists(AT_FDCWD, path_join(a, dir, "HEAD")) &&
	       fs_is_dir(AT_FDCWD, path_join(a, dir, "objects")) &&
	       !fs_is_dir(AT_FDCWD, path_join(a, dir, "packages"));
}

static int
git_address(struct arena *a, struct str url, struct str *normal, struct err *e)
{
	struct str rest = str_sub(url, strlen("git+"), url.n), path, ref;
	ptrdiff_t hash;

	if (memmem(rest.s, rest.n, "://", 3)) {
		*normal = url;
		return 0;
	}
	hash = str_chr(rest, '#');
	path = hash < 0 ? rest : str_sub(rest, 0, (size_t)hash);
	ref = hash < 0 ? STR("") : str_sub(rest, (size_t)hash, rest.n);
	if (absolute(a, path, &path, e) < 0)
		return -1;
	*normal = str_printf(a, "git+file://" STR_FMT STR_FMT, STR_ARG(path), STR_ARG(ref));
	return 0;
}

int
repo_address(struct arena *a, struct str url, enum repo_kind *kind, struct str *normal, struct err *e)
{
	*kind = REPO_GIT;
	*normal = url;
	if (!url.n)
		return err_set(e, ERR_USAGE, "the address of the repository is empty");
	if (str_starts(url, "git+"))
		return git_address(a, url, normal, e);
	if (str_starts(url, "git://"))
		return 0;
	if (str_starts(url, "http://") || str_starts(url, "https://")) {
		err_set(e, ERR_USAGE,
			"'" STR_FMT "' would be an opam HTTP repository, which pkg does not "
			"read yet",
			STR_ARG(url));
		return err_hint(e, "a Git repository is given as git+" STR_FMT, STR_ARG(url));
	}
	*kind = REPO_FOLDER;
	if (str_starts(url, "file://"))
		url = str_sub(url, strlen("file://"), url.n);
	if (memmem(url.s, url.n, "://", 3)) {
		err_set(e, ERR_USAGE, "'" STR_FMT "' cannot be a repository", STR_ARG(url));
		return err_hint(e, "a folder, or git+https://, git+http://, git+ssh://, git+file://, git://");
	}
	if (absolute(a, url, normal, e) < 0)
		return -1;
	if (!fs_is_dir(AT_FDCWD, str_c(a, *normal)))
		return err_set(e, ERR_USAGE, "'" STR_FMT "' is no folder", STR_ARG(url));
	if (is_bare_git(a, *normal)) {
		*kind = REPO_GIT;
		*normal = str_printf(a, "git+file://" STR_FMT, STR_ARG(*normal));
	}
	return 0;
}

/* --- a folder --- */

/* The files that belong to a work tree, and the folders that lead to them. */
struct wanted {
	struct map paths;
};

static struct wanted *
wanted_new(struct arena *a, const struct store_worktree *wt)
{
	struct wanted *w = arena_new(a, struct wanted);

	w->paths = map_new(a);
	for (size_t i = 0; i < wt->file_count; i++) {
		struct str path = wt->files[i];

		while (path.n && !map_has(&w->paths, path)) {
			ptrdiff_t slash = str_rchr(path, '/');

			map_set(&w->paths, path, w);
			path = str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
		}
	}
	return w;
}

static bool
unwanted(void *ctx, const char *path)
{
	const struct wanted *w = ctx;

	return !map_has(&w->paths, str_of(path));
}

/* The work tree around a folder. False: there is none that we trust, it is a plain folder. */
static int
find_worktree(struct arena *a, const struct repo *repo, const char *dir, const struct report *report,
	      struct store_worktree *wt, bool *found, struct err *e)
{
	struct err why = {0};
	struct stat st;

	*found = store_worktree(a, dir, true, wt, &why) == 0;
	if (!*found && why.code != ERR_NOTFOUND) {
		*e = why;
		return -1;
	}
	if (*found && stat(str_c(a, wt->top), &st) < 0)
		return err_sys(e, "looking at " STR_FMT, STR_ARG(wt->top));
	if (*found && st.st_uid != geteuid()) {
		*found = false;
		err_set(&why, ERR_NOTFOUND, "its work tree");
		err_note(&why, STR_FMT " belongs to another user, so it counts as a plain folder",
			 STR_ARG(wt->top));
	}
	if (!*found && *why.note) /* a plain folder needs no word, one of somebody else does */
		report_text(report, REPORT_NOTE, STR(""), "repository '" STR_FMT "': %s", STR_ARG(repo->name),
			    why.note);
	return 0;
}

static int
snapshot_folder(struct store *s, struct arena *a, const struct repo *repo, const char *dir,
		const struct report *report, struct oid *commit, struct err *e)
{
	struct store_import import = {.skip_git = true};
	struct store_worktree wt = {0};
	struct store_commit c = {0};
	bool in_git, clean;

	if (find_worktree(a, repo, dir, report, &wt, &in_git, e) < 0)
		return -1;
	if (in_git) {
		import.leave_out = unwanted;
		import.ctx = wanted_new(a, &wt);
	}
	if (store_tree_import(s, a, AT_FDCWD, dir, &import, e) < 0)
		return err_note(e, "while reading repository '" STR_FMT "' in %s", STR_ARG(repo->name), dir);
	clean = in_git && oid_is(&wt.head) && oid_is(&wt.subtree) && oid_eq(&wt.subtree, &import.tree);
	c.tree = import.tree;
	c.author = (struct store_sign){.name = STR("pkg"), .email = STR("pkg@localhost")};
	c.author.time = clean ? wt.head_time : SNAPSHOT_EPOCH;
	c.committer = c.author;
	if (clean)
		c.message = str_printf(a,
				       "snapshot of a package repository\n\nUpstream-Commit: %s\n"
				       "Upstream-Path: " STR_FMT "\n",
				       wt.head.hex, STR_ARG(wt.prefix.n ? wt.prefix : STR(".")));
	else
		c.message = STR("snapshot of a package repository\n\nDirty: 1\n");
	if (store_commit_write(s, &c, commit, e) < 0)
		return -1;
	return store_flush(s, e);
}

/* --- Git --- */

static int
snapshot_git(struct store *s, struct arena *a, const struct repo *repo, struct str url, struct oid *commit,
	     struct err *e)
{
	const char *keep = arena_printf(a, "refs/pkg/fetched/" STR_FMT, STR_ARG(repo->name));
	struct opam_url parts;

	if (opam_url(url, &parts, e) < 0)
		return -1;
	if (store_remote_fetch(s, a, str_c(a, opam_url_git(a, &parts)),
			       parts.has_ref ? str_c(a, parts.ref) : NULL, keep, commit, e) < 0)
		return err_note(e, "while fetching repository '" STR_FMT "'", STR_ARG(repo->name));
	return 0;
}

/* --- both --- */

/* A `repo` file that can be read, and a folder packages/. */
static int
check_tree(struct store *s, struct arena *a, const struct repo *repo, struct err *e)
{
	struct err why = {0};
	struct store_entry entry;
	struct opam_repofile file;
	struct str text;

	if (store_tree_find(s, a, &repo->tree, "packages", &entry, &why) < 0 || entry.mode != MODE_DIR) {
		err_set(e, ERR_PARSE, "'" STR_FMT "' is no package repository: it has no folder packages/",
			STR_ARG(repo->url));
		return -1;
	}
	if (store_tree_find(s, a, &repo->tree, "repo", &entry, &why) < 0)
		return 0;
	if (store_blob_read(s, a, &entry.id, &text, e) < 0 ||
	    opam_repofile(a, arena_printf(a, STR_FMT ":repo", STR_ARG(repo->name)), text, &file, e) < 0)
		return err_note(e, "while reading repository '" STR_FMT "'", STR_ARG(repo->name));
	return 0;
}

int
repo_snapshot(struct store *s, struct arena *a, const struct repo *repo, const struct report *report,
	      struct oid *commit, struct err *e)
{
	struct repo seen = *repo;
	enum repo_kind kind;
	struct str url;
	int rc;

	if (repo_address(a, repo->url, &kind, &url, e) < 0)
		return -1;
	if (kind == REPO_GIT)
		rc = snapshot_git(s, a, repo, url, commit, e);
	else
		rc = snapshot_folder(s, a, repo, str_c(a, url), report, commit, e);
	if (rc < 0 || repo_snapshot_read(s, a, commit, &seen, e) < 0)
		return -1;
	return check_tree(s, a, &seen, e);
}

int
repo_snapshot_read(struct store *s, struct arena *a, const struct oid *commit, struct repo *repo,
		   struct err *e)
{
	struct store_commit c;
	struct str upstream, path;

	if (store_commit_read(s, a, commit, &c, e) < 0)
		return -1;
	repo->commit = *commit;
	repo->tree = c.tree;
	repo->dirty = str_is(store_trailer(c.message, "Dirty"), "1");
	repo->upstream = (struct oid){{0}};
	repo->upstream_path = STR("");
	/* The trailers of a snapshot count, not those that somebody wrote into an upstream commit. */
	if (!str_starts(c.message, "snapshot of a package repository\n")) {
		repo->dirty = false;
		return 0;
	}
	upstream = store_trailer(c.message, "Upstream-Commit");
	path = store_trailer(c.message, "Upstream-Path");
	if (upstream.n && oid_of(upstream, &repo->upstream) && !str_is(path, "."))
		repo->upstream_path = str_dup(a, path);
	return 0;
}
