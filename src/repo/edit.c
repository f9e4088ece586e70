/* edit.c - the list of repositories in the root's config, changed together with their refs. */
#include "repo/config.h"
#include "repo/snapshot.h"

/* Letters, digits, - _ +; the name is part of a ref and of paths. */
static bool
name_is_valid(struct str name)
{
	if (!name.n || name.n > 100 || name.s[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '+')
			return false;
	}
	return true;
}

/* The same list with one more at the given place. */
static struct repos
with_repo(struct arena *a, const struct repos *repos, const struct repo *repo, size_t at)
{
	struct repos more = {0};

	for (size_t i = 0; i <= repos->n; i++) {
		if (i == at)
			vec_push(a, &more, *repo);
		if (i < repos->n)
			vec_push(a, &more, repos->v[i]);
	}
	return more;
}

static struct repos
without(struct arena *a, const struct repos *repos, const struct repo *gone)
{
	struct repos fewer = {0};

	for (size_t i = 0; i < repos->n; i++)
		if (&repos->v[i] != gone)
			vec_push(a, &fewer, repos->v[i]);
	return fewer;
}

/* The refs of a repository. */
static int
forget(struct store *s, struct arena *a, struct str name, struct err *e)
{
	const char *refs[] = {arena_printf(a, "refs/pkg/fetched/" STR_FMT, STR_ARG(name)), repo_ref(a, name)};
	struct err why = {0};

	for (size_t i = 0; i < COUNT_OF(refs); i++)
		if (store_ref_delete(s, refs[i], &why) < 0 && why.code != ERR_NOTFOUND)
			return *e = why, -1;
	return repo_taken_forget(s, a, name, e);
}

/* Snapshot, ref, history of snapshots; what a failure leaves behind is overwritten by the next try. */
static int
take_first(const struct fetch *f, struct arena *a, const struct repo *repo, struct err *e)
{
	struct repo_taken taken;

	if (repo_snapshot(f, a, repo, &taken, e) < 0 ||
	    store_ref_set(f->store, repo_ref(a, repo->name), &taken.commit, NULL, "repository added", e) < 0)
		return -1;
	return repo_taken_note(f->store, a, repo->name, &taken, e);
}

int
repo_add(const struct fetch *f, struct arena *a, const char *root, struct str name, struct str url,
	 size_t rank, struct err *e)
{
	struct repo repo = {.name = name};
	const struct repo *same;
	struct repos repos, more;
	struct err ignored = {0};
	enum repo_kind kind;

	if (!name_is_valid(name))
		return err_set(e, ERR_USAGE,
			       "'" STR_FMT "' cannot name a repository: letters, digits, - _ + only",
			       STR_ARG(name));
	if (repo_config_read(a, root, &repos, e) < 0)
		return -1;
	same = repo_find(&repos, name, &ignored);
	if (same) {
		err_set(e, ERR_USAGE, "there is a repository '" STR_FMT "' already, at " STR_FMT,
			STR_ARG(name), STR_ARG(same->url));
		return err_hint(e, "pkg repo set-url changes its address; or choose another name");
	}
	if (repo_address(a, url, &kind, &repo.url, e) < 0 || take_first(f, a, &repo, e) < 0)
		return -1;
	more = with_repo(a, &repos, &repo, rank > repos.n ? repos.n : rank);
	if (repo_config_write(a, root, &more, e) < 0) {
		forget(f->store, a, name, &ignored);
		return -1;
	}
	return 0;
}

int
repo_remove(struct store *s, struct arena *a, const char *root, struct str name, struct err *e)
{
	struct repos repos;
	const struct repo *repo;

	if (repo_config_read(a, root, &repos, e) < 0 || !(repo = repo_find(&repos, name, e)))
		return -1;
	repos = without(a, &repos, repo);
	return repo_config_write(a, root, &repos, e) < 0 ? -1 : forget(s, a, name, e);
}

int
repo_move(struct arena *a, const char *root, struct str name, size_t rank, struct err *e)
{
	struct repos repos, rest;
	const struct repo *repo;

	if (repo_config_read(a, root, &repos, e) < 0 || !(repo = repo_find(&repos, name, e)))
		return -1;
	rest = without(a, &repos, repo);
	rest = with_repo(a, &rest, repo, rank > rest.n ? rest.n : rank);
	return repo_config_write(a, root, &rest, e);
}
