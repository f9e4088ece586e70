#include "repo/repo.h"

#include <stdlib.h>

#include "base/path.h"
#include "opam/version.h"
#include "repo/config.h"
#include "repo/index.h"
#include "repo/snapshot.h"

static int
find(const struct repos *repos, struct str name, size_t *at, struct err *e)
{
	for (*at = 0; *at < repos->n; (*at)++)
		if (str_eq(repos->v[*at].name, name))
			return 0;
	return err_set(e, ERR_NOTFOUND, "there is no repository '" STR_FMT "'", STR_ARG(name));
}

int
repos_load(struct store *s, struct arena *a, const char *root, struct repos *out, struct err *e)
{
	if (repo_config_read(a, root, out, e) < 0)
		return -1;
	out->indexes = repo_indexes_new(a, path_join(a, root, "index"));
	for (size_t i = 0; i < out->n; i++) {
		struct repo *repo = &out->v[i];
		struct err why = {0};
		struct oid commit;

		if (store_ref_get(s, repo_ref(a, repo->name), &commit, &why) < 0) {
			if (why.code == ERR_NOTFOUND)
				continue; /* not updated yet */
			*e = why;
			return -1;
		}
		if (repo_snapshot_read(s, a, &commit, repo, e) < 0)
			return err_note(e, "while reading repository '" STR_FMT "'", STR_ARG(repo->name));
	}
	return 0;
}

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

int
repo_add(struct store *s, struct arena *a, const char *root, struct str name, struct str url, int rank,
	 const struct report *report, struct err *e)
{
	struct repo repo = {.name = name};
	struct repos repos, more;
	struct err ignored = {0};
	enum repo_kind kind;
	struct oid commit;
	size_t at;

	if (!name_is_valid(name))
		return err_set(e, ERR_USAGE,
			       "'" STR_FMT "' cannot name a repository: letters, digits, - _ + only",
			       STR_ARG(name));
	if (repo_config_read(a, root, &repos, e) < 0)
		return -1;
	if (find(&repos, name, &at, &ignored) == 0) {
		err_set(e, ERR_USAGE, "there is a repository '" STR_FMT "' already, at " STR_FMT,
			STR_ARG(name), STR_ARG(repos.v[at].url));
		return err_hint(e, "remove it first, or choose another name");
	}
	if (repo_address(a, url, &kind, &repo.url, e) < 0 ||
	    repo_snapshot(s, a, &repo, report, &commit, e) < 0 ||
	    store_ref_set(s, repo_ref(a, name), &commit, NULL, "repository added", e) < 0)
		return -1;
	at = rank < 0 || (size_t)rank > repos.n ? repos.n : (size_t)rank;
	more = with_repo(a, &repos, &repo, at);
	if (repo_config_write(a, root, &more, e) < 0) {
		store_ref_delete(s, repo_ref(a, name), &ignored);
		return -1;
	}
	return 0;
}

int
repo_remove(struct store *s, struct arena *a, const char *root, struct str name, struct err *e)
{
	struct repos repos, fewer = {0};
	struct err ignored = {0};
	size_t at;

	if (repo_config_read(a, root, &repos, e) < 0 || find(&repos, name, &at, e) < 0)
		return -1;
	for (size_t i = 0; i < repos.n; i++)
		if (i != at)
			vec_push(a, &fewer, repos.v[i]);
	if (repo_config_write(a, root, &fewer, e) < 0)
		return -1;
	store_ref_delete(s, arena_printf(a, "refs/pkg/fetched/" STR_FMT, STR_ARG(name)), &ignored);
	ignored = (struct err){0};
	if (store_ref_delete(s, repo_ref(a, name), &ignored) < 0 && ignored.code != ERR_NOTFOUND) {
		*e = ignored;
		return -1;
	}
	return 0;
}

int
repo_update(struct store *s, struct arena *a, const struct repo *repo, bool allow_rewind,
	    const struct report *report, struct repo_changes *out, struct err *e)
{
	struct repo now = *repo;
	enum repo_kind kind;
	struct str url;

	*out = (struct repo_changes){.was = repo->commit};
	if (repo_address(a, repo->url, &kind, &url, e) < 0 ||
	    repo_snapshot(s, a, repo, report, &out->now, e) < 0)
		return -1;
	out->moved = !oid_eq(&out->was, &out->now);
	if (!out->moved)
		return 0;
	if (kind == REPO_GIT && oid_is(&out->was) && !allow_rewind &&
	    !store_descends(s, &out->now, &out->was)) {
		err_set(e, ERR_FETCH,
			"repository '" STR_FMT "' went back or was rewritten: %.12s does not "
			"follow %.12s",
			STR_ARG(repo->name), out->now.hex, out->was.hex);
		return err_hint(e, "if that is intended: --allow-rewind");
	}
	if (repo_snapshot_read(s, a, &out->now, &now, e) < 0 ||
	    repo_compare(s, a, &repo->tree, &now.tree, out, e) < 0)
		return -1;
	return store_ref_set(s, repo_ref(a, repo->name), &out->now, oid_is(&out->was) ? &out->was : NULL,
			     "repository updated", e);
}

/* The folder's name wins over the fields, with a word about it. */
static void
name_it(struct arena *a, const char *field, struct str *is, struct str must, struct opam_definition *d)
{
	struct opam_finding finding = {.field = str_of(field)};

	if (is->n && !str_eq(*is, must)) {
		finding.at = (struct pos){.file = d->text.path};
		finding.text = str_printf(
			a, "the field says '" STR_FMT "', the folder '" STR_FMT "': the folder counts",
			STR_ARG(*is), STR_ARG(must));
		vec_push(a, &d->findings, finding);
	}
	*is = must;
}

int
repo_definition(struct store *s, struct arena *a, const struct repo_package *p, struct opam_definition *out,
		struct err *e)
{
	const char *path = repo_definition_path(a, p);
	struct str text;

	if (store_blob_read(s, a, &p->definition, &text, e) < 0 || opam_definition(a, path, text, out, e) < 0)
		return err_note(e, "while reading package " STR_FMT "." STR_FMT, STR_ARG(p->name),
				STR_ARG(p->version));
	name_it(a, "name", &out->name, p->name, out);
	name_it(a, "version", &out->version, p->version, out);
	return 0;
}

const char *
repo_definition_path(struct arena *a, const struct repo_package *p)
{
	return arena_printf(a, STR_FMT ":" STR_FMT "/opam", STR_ARG(p->repo->name), STR_ARG(p->path));
}
