/* repo.c - repo:PATH, a folder of the package repository's own snapshot. */
#include "base/path.h"
#include "fetch/backend.h"

static int
find_folder(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct str path,
	    struct fetched *out, struct err *e)
{
	struct store_commit c;

	if (store_commit_read(f->store, a, &r->repo_commit, &c, e) < 0)
		return -1;
	out->tree = c.tree;
	return fetch_descend(f, a, path, out, e);
}

int
repo_tree(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
	  struct err *e)
{
	struct str path, text = r->source->src.text;

	if (!oid_is(&r->repo_commit))
		return err_set(e, ERR_FETCH, STR_FMT " has no meaning outside a package repository",
			       STR_ARG(text));
	if (r->source->checksum_count)
		return err_set(e, ERR_FETCH,
			       STR_FMT " cannot have a checksum: the repository's commit holds it",
			       STR_ARG(text));
	if (!path_normalise(a, r->source->src.path, &path) || !path_is_plain(path))
		return err_set(e, ERR_FETCH, STR_FMT " is no folder inside the repository", STR_ARG(text));
	if (find_folder(f, a, r, path, out, e) < 0)
		return err_note(e, "while looking into commit %s of the repository", r->repo_commit.hex);
	out->class = SOURCE_REPO;
	out->repo_commit = r->repo_commit;
	return 0;
}
