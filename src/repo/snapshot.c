#include "repo/snapshot.h"

#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "fetch/site.h"
#include "repo/taken.h"
#include "store/transport.h"
#include "store/tree.h"

/* Of what has no time of its own: 1980-01-01, the oldest date that every archive format can hold. */
enum { SNAPSHOT_EPOCH = 315532800 };

const char *
repo_ref(struct arena *a, struct str name)
{
	return arena_printf(a, "refs/pkg/repo/" STR_FMT, STR_ARG(name));
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
snapshot_git(const struct fetch *f, struct arena *a, const struct repo *repo, struct str url,
	     struct oid *commit, struct err *e)
{
	const char *keep = arena_printf(a, "refs/pkg/fetched/" STR_FMT, STR_ARG(repo->name));
	struct opam_url parts;

	if (opam_url(url, &parts, e) < 0)
		return -1;
	if (store_remote_fetch(f->store, a, str_c(a, opam_url_git(a, &parts)),
			       parts.has_ref ? str_c(a, parts.ref) : NULL, keep, commit, e) < 0)
		return err_note(e, "while fetching repository '" STR_FMT "'", STR_ARG(repo->name));
	return 0;
}

/* --- HTTP --- */

/* Asked with what the server said of the snapshot in use; when that is still there, it is the answer. */
static int
snapshot_http(const struct fetch *f, struct arena *a, const struct repo *repo, struct str url,
	      struct repo_taken *taken, struct err *e)
{
	struct repo_taken last = {0};
	struct err why = {0};
	struct fetch_site site = {.url = url};

	if (oid_is(&repo->commit) && repo_taken_last(f->store, a, repo->name, &last, &why) == 0 &&
	    oid_eq(&last.commit, &repo->commit) && str_eq(last.url, url)) {
		site.etag = last.etag;
		site.modified = last.modified;
	}
	if (fetch_site(f, a, &site, e) < 0) {
		err_note(e, "while fetching repository '" STR_FMT "'", STR_ARG(repo->name));
		return e->code == ERR_FETCH && !oid_is(&repo->commit)
			       ? err_hint(e, "if it is a Git repository: git+" STR_FMT, STR_ARG(url))
			       : -1;
	}
	taken->commit = site.same ? repo->commit : site.commit;
	taken->etag = site.etag;
	taken->modified = site.modified;
	return 0;
}

/* --- all --- */

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
repo_snapshot(const struct fetch *f, struct arena *a, const struct repo *repo, struct repo_taken *taken,
	      struct err *e)
{
	struct repo seen = *repo;
	enum repo_kind kind;
	int rc = -1;

	*taken = (struct repo_taken){0};
	if (repo_address(a, repo->url, &kind, &taken->url, e) < 0)
		return -1;
	switch (kind) {
	case REPO_GIT:
		rc = snapshot_git(f, a, repo, taken->url, &taken->commit, e);
		break;
	case REPO_HTTP:
		rc = snapshot_http(f, a, repo, taken->url, taken, e);
		break;
	case REPO_FOLDER:
		rc = snapshot_folder(f->store, a, repo, str_c(a, taken->url), f->report, &taken->commit, e);
		break;
	}
	if (rc < 0 || repo_snapshot_read(f->store, a, &taken->commit, &seen, e) < 0)
		return -1;
	return check_tree(f->store, a, &seen, e);
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
