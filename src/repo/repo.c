#include "repo/repo.h"

#include "base/path.h"
#include "repo/config.h"
#include "repo/index.h"
#include "repo/snapshot.h"

struct repo *
repo_find(const struct repos *repos, struct str name, struct err *e)
{
	for (size_t i = 0; i < repos->n; i++)
		if (str_eq(repos->v[i].name, name))
			return &repos->v[i];
	err_set(e, ERR_NOTFOUND, "there is no repository '" STR_FMT "'", STR_ARG(name));
	return NULL;
}

int
repos_once(const struct opam_strings *names, struct err *e)
{
	for (size_t i = 0; i < names->n; i++)
		for (size_t k = 0; k < i; k++)
			if (str_eq(names->v[i], names->v[k]))
				return err_set(e, ERR_USAGE, "the repository '" STR_FMT "' is named twice",
					       STR_ARG(names->v[i]));
	return 0;
}

void
repos_choose(struct arena *a, struct repos *repos, const struct opam_strings *names,
	     struct opam_strings *missing)
{
	struct repos chosen = {.indexes = repos->indexes};
	struct err ignored;

	*missing = (struct opam_strings){arena_array(a, struct str, names->n + 1), 0};
	for (size_t i = 0; i < names->n; i++) {
		const struct repo *repo = repo_find(repos, names->v[i], &ignored);

		if (repo)
			vec_push(a, &chosen, *repo);
		else
			missing->v[missing->n++] = names->v[i];
	}
	if (names->n)
		*repos = chosen;
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

/* Git alone tells whether the new state follows the old one. */
static int
check_forward(const struct fetch *f, const struct repo *repo, const struct repo_taken *now, struct err *e)
{
	if (!str_starts(now->url, "git") || !oid_is(&repo->commit) ||
	    store_descends(f->store, &now->commit, &repo->commit))
		return 0;
	err_set(e, ERR_FETCH,
		"repository '" STR_FMT "' went back or was rewritten: %.12s does not follow %.12s",
		STR_ARG(repo->name), now->commit.hex, repo->commit.hex);
	return err_hint(e, "if that is intended: pkg update --allow-rewind " STR_FMT, STR_ARG(repo->name));
}

/* What is different, and that it can be read. */
static int
compare(const struct fetch *f, struct arena *a, const struct repo *repo, const struct repo_taken *now,
	struct repo_changes *out, struct err *e)
{
	struct repo next = *repo;

	*out = (struct repo_changes){.was = repo->commit, .now = now->commit};
	out->moved = !oid_eq(&out->was, &out->now);
	if (!out->moved)
		return 0;
	if (repo_snapshot_read(f->store, a, &out->now, &next, e) < 0)
		return -1;
	return repo_compare(f->store, a, &repo->tree, &next.tree, out, e);
}

/* Only when it is still what it was. */
static int
move_ref(const struct fetch *f, struct arena *a, const struct repo *repo, const struct repo_taken *now,
	 struct err *e)
{
	if (oid_eq(&repo->commit, &now->commit))
		return 0;
	return store_ref_set(f->store, repo_ref(a, repo->name), &now->commit,
			     oid_is(&repo->commit) ? &repo->commit : NULL, "repository updated", e);
}

int
repo_update(const struct fetch *f, struct arena *a, const struct repo *repo, bool allow_rewind,
	    struct repo_changes *out, struct err *e)
{
	struct repo_taken now;

	if (repo_snapshot(f, a, repo, &now, e) < 0 || compare(f, a, repo, &now, out, e) < 0)
		return -1;
	if (!allow_rewind && check_forward(f, repo, &now, e) < 0)
		return -1;
	if (move_ref(f, a, repo, &now, e) < 0)
		return -1;
	return repo_taken_note(f->store, a, repo->name, &now, e);
}

int
repo_set_url(const struct fetch *f, struct arena *a, const char *root, const struct repo *repo,
	     struct str url, struct repo_changes *out, struct err *e)
{
	struct repo moved = *repo, *row;
	struct repos repos;
	struct repo_taken now;
	enum repo_kind kind;
	struct err ignored;
	struct str was;

	if (repo_config_read(a, root, &repos, e) < 0 || !(row = repo_find(&repos, repo->name, e)) ||
	    repo_address(a, url, &kind, &moved.url, e) < 0 || repo_snapshot(f, a, &moved, &now, e) < 0 ||
	    compare(f, a, repo, &now, out, e) < 0)
		return -1;
	was = row->url;
	row->url = moved.url;
	/* The config first: a snapshot without it would be replaced by the next update as if nothing was. */
	if (repo_config_write(a, root, &repos, e) < 0)
		return -1;
	if (move_ref(f, a, repo, &now, e) == 0)
		return repo_taken_note(f->store, a, repo->name, &now, e);
	row->url = was;
	repo_config_write(a, root, &repos, &ignored);
	return -1;
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
