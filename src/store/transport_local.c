/* Repositories on this machine. libgit2's own way would pack all refs and search for deltas anew. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/proc.h"
#include "store/private.h"

/* For more than this `git fetch` is worth its start: it takes objects over packed as they are. */
enum { COMMITS_MAX = 500, OBJECTS_MAX = 5000 };

static int
open_remote(const struct transport *t, git_repository **out, struct err *e)
{
	struct stat st;
	int rc;

	if (stat(t->path, &st) < 0) {
		err_sys(e, "opening the Git repository %s", t->path);
		e->code = ERR_FETCH;
		return -1;
	}
	rc = git_repository_open_ext(out, t->path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rc == GIT_ENOTFOUND && st.st_uid == geteuid())
		return err_set(e, ERR_FETCH, "%s is no Git repository", t->path);
	if (rc < 0) {
		transport_fail(e, rc, "opening the Git repository %s", t->path);
		return st.st_uid == geteuid() ? -1 : err_hint(e, "clone it as yourself first");
	}
	if (git_repository_is_shallow(*out) == 1) {
		err_set(e, ERR_FETCH, "%s is a shallow clone: its history is not complete", t->path);
		return err_hint(e, "git -C %s fetch --unshallow", t->path);
	}
	return 0;
}

int
transport_local_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
		     struct err *e)
{
	AUTO(git_repository) git = NULL;
	AUTO(git_reference_iterator) it = NULL;
	git_reference *ref;
	git_oid id;
	int rc;

	(void)s;
	*out = (struct store_refs){0};
	if (open_remote(t, &git, e) < 0)
		return -1;
	if (git_reference_name_to_id(&id, git, "HEAD") == 0)
		vec_push(a, out, ((struct store_ref){STR("HEAD"), oid_from_git(&id)}));
	rc = git_reference_iterator_new(&it, git);
	while (rc == 0 && (rc = git_reference_next(&ref, it)) == 0) {
		const char *name = git_reference_name(ref);

		/* A symbolic one that leads nowhere is not offered. */
		if (git_reference_name_to_id(&id, git, name) == 0)
			vec_push(a, out,
				 ((struct store_ref){str_of(arena_strdup(a, name)), oid_from_git(&id)}));
		git_reference_free(ref);
	}
	return rc == GIT_ITEROVER ? 0 : transport_fail(e, rc, "listing the refs of %s", t->path);
}

/* What our refs reach need not come; most of them name nothing that is there. */
static int
hide_ours(struct store *s, git_repository *git, git_revwalk *walk, struct err *e)
{
	SCRATCH a = {0};
	struct store_refs ours;
	git_odb *odb;
	git_oid id;
	int rc = git_repository_odb(&odb, git);

	if (rc < 0)
		return transport_fail(e, rc, "opening objects");
	rc = store_refs(s, &a, "refs/", &ours, e);
	for (size_t i = 0; rc == 0 && i < ours.n; i++)
		if (oid_to_git(&ours.v[i].id, &id, e) == 0 &&
		    git_odb_exists_ext(odb, &id, GIT_ODB_LOOKUP_NO_REFRESH))
			git_revwalk_hide(walk, &id); /* not a commit: nothing to hide */
	git_odb_free(odb);
	return rc;
}

static int
new_walk(struct store *s, git_repository *git, const git_oid *tip, git_revwalk **out, struct err *e)
{
	int rc = git_revwalk_new(out, git);

	if (rc == 0)
		rc = git_revwalk_push(*out, tip);
	if (rc < 0)
		return transport_fail(e, rc, "walking the history");
	return hide_ours(s, git, *out, e);
}

/* How many commits are to come, counted up to one more than the limit. */
static int
count_commits(struct store *s, git_repository *git, const git_oid *tip, size_t *count, struct err *e)
{
	AUTO(git_revwalk) walk = NULL;
	git_oid id;
	int rc;

	*count = 0;
	if (new_walk(s, git, tip, &walk, e) < 0)
		return -1;
	while ((rc = git_revwalk_next(&id, walk)) == 0 && ++*count <= COMMITS_MAX)
		if (proc_interrupted)
			return err_set(e, ERR_INTERRUPTED, "walking the history: interrupted");
	return rc == 0 || rc == GIT_ITEROVER ? 0 : transport_fail(e, rc, "walking the history");
}

/* Our own configuration on top of theirs: it turns the search for deltas off. */
static int
no_deltas(struct store *s, struct arena *a, git_repository *git)
{
	AUTO(git_config) config = NULL;
	int rc = git_repository_config(&config, git);

	if (rc < 0)
		return rc;
	return git_config_add_file_ondisk(config, path_join(a, s->dir, "config"), GIT_CONFIG_LEVEL_APP, NULL,
					  1);
}

/* 1: there is too much for this way. */
static int
copy_pack(struct store *s, struct arena *a, git_repository *git, const git_oid *tip, struct err *e)
{
	AUTO(git_packbuilder) builder = NULL;
	AUTO(git_revwalk) walk = NULL;
	int rc;

	if (new_walk(s, git, tip, &walk, e) < 0)
		return -1;
	rc = no_deltas(s, a, git);
	if (rc == 0)
		rc = git_packbuilder_new(&builder, git);
	if (rc == 0)
		rc = git_packbuilder_insert_walk(builder, walk);
	if (rc == 0 && git_packbuilder_object_count(builder) > OBJECTS_MAX)
		return 1;
	if (rc == 0)
		rc = git_packbuilder_write(builder, path_join(a, s->dir, "objects/pack"), 0,
					   transport_progress, NULL);
	if (rc == 0)
		rc = git_odb_refresh(s->odb);
	return rc < 0 ? transport_fail(e, rc, "copying objects") : 0;
}

int
transport_local_fetch(struct store *s, struct arena *a, const struct transport *t, struct oid *id,
		      struct err *e)
{
	AUTO(git_repository) git = NULL;
	AUTO(git_object) object = NULL;
	AUTO(git_object) commit = NULL;
	const char *name;
	size_t count;
	git_oid tip;
	int rc;

	if (oid_to_git(id, &tip, e) < 0 || open_remote(t, &git, e) < 0)
		return -1;
	rc = git_object_lookup(&object, git, &tip, GIT_OBJECT_ANY);
	if (rc == GIT_ENOTFOUND)
		return err_set(e, ERR_FETCH, "%s has no commit %s", t->path, id->hex);
	if (rc == 0)
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return transport_fail(e, rc, "reading %s in %s", id->hex, t->path);
	tip = *git_object_id(commit);
	*id = oid_from_git(&tip);
	if (store_has(s, id))
		return 0;
	if (count_commits(s, git, &tip, &count, e) < 0)
		return err_note(e, "fetching from %s", t->path);
	name = id->hex;
	rc = count > COMMITS_MAX ? 1 : copy_pack(s, a, git, &tip, e);
	if (rc > 0)
		rc = transport_git_fetch(s, a, t, &name, 1, e);
	return rc < 0 ? err_note(e, "fetching from %s", t->path) : 0;
}
