/* Refs: read, moved by compare-and-swap, and believed only after they were read again. */
#include "store/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"

int
store_ref_get(struct store *s, const char *ref, struct oid *out, struct err *e)
{
	AUTO(git_reference) found = NULL;
	int rc = git_reference_lookup(&found, s->git, ref);

	*out = (struct oid){0};
	if (rc == GIT_ENOTFOUND)
		return err_set(e, ERR_NOTFOUND, "there is no %s in the store", ref);
	if (rc < 0)
		return git_fail(e, rc, "reading %s", ref);
	if (git_reference_type(found) != GIT_REFERENCE_DIRECT)
		return err_set(e, ERR_PARSE, "%s is a symbolic ref", ref);
	*out = oid_from_git(git_reference_target(found));
	return 0;
}

/* Syncs the folders of a ref up to refs/: libgit2 syncs the innermost alone, and none for a removal. */
static int
sync_parents(struct store *s, const char *ref, struct err *e)
{
	SCRATCH a = {0};
	struct str dir = path_dir(str_of(ref));

	while (str_starts(dir, "refs")) {
		const char *path = path_join(&a, s->dir, str_c(&a, dir));

		/* A folder without refs goes away with the last one. */
		if (fs_is_dir(AT_FDCWD, path) && fs_sync_dir(AT_FDCWD, path, e) < 0)
			return -1;
		if (str_is(dir, "refs"))
			break;
		dir = path_dir(dir);
	}
	return 0;
}

static const char *
shown(const struct oid *id)
{
	return oid_is(id) ? id->hex : "nothing";
}

static int
conflict(struct err *e, const char *ref, const struct oid *is, const struct oid *was)
{
	return err_set(e, ERR_LOCKED, "%s was moved by somebody else: it is at %s, not at %s", ref, shown(is),
		       shown(was));
}

/* --- the guard ---
 *
 * Who moves a ref holds the lock of refs.guard, which the kernel frees with its holder. A `*.lock` file
 * that is found then was left by a killed process, or belongs to a plain git at work: that one is
 * given time. */

enum { GIT_NEEDS_MS = 2000, GUARD_STEP_MS = 50 };

static void
guard_auto_free(struct fs_lock *guard)
{
	if (guard->fd >= 0)
		fs_unlock(guard);
}
#define GUARD __attribute__((cleanup(guard_auto_free))) struct fs_lock

static int
clear_lock(const char *path, struct err *e)
{
	const struct timespec step = {.tv_nsec = GUARD_STEP_MS * 1000000L};

	for (int waited = 0; access(path, F_OK) == 0 && waited < GIT_NEEDS_MS; waited += GUARD_STEP_MS)
		nanosleep(&step, NULL);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(e, "removing the stale lock %s", path);
	return 0;
}

/* ref: the one to be moved, or HEAD. */
static int
guard_refs(struct store *s, const char *ref, struct fs_lock *guard, struct err *e)
{
	SCRATCH a = {0};

	guard->fd = -1;
	if (store_before_write(s, e) < 0 ||
	    fs_lock(guard, AT_FDCWD, path_join(&a, s->dir, "refs.guard"), true, LOCK_WAIT, NULL, NULL, e) < 0)
		return -1;
	if (clear_lock(arena_printf(&a, "%s/%s.lock", s->dir, ref), e) < 0)
		return -1;
	return clear_lock(path_join(&a, s->dir, "packed-refs.lock"), e);
}

/* libgit2's code. */
static int
move(struct store *s, const char *ref, const struct oid *now, const struct oid *was, const char *reason)
{
	AUTO(git_reference) made = NULL;
	git_oid to, from;

	if (git_oid_fromstr(&to, now->hex) < 0)
		return GIT_EINVALID;
	if (!was || !oid_is(was))
		return git_reference_create(&made, s->git, ref, &to, !was, reason);
	if (git_oid_fromstr(&from, was->hex) < 0)
		return GIT_EINVALID;
	return git_reference_create_matching(&made, s->git, ref, &to, 1, &from, reason);
}

/* What the ref is at; none when it is not there. */
static int
look(struct store *s, const char *ref, struct oid *is, struct err *e)
{
	struct err failed = {0};

	if (store_ref_get(s, ref, is, &failed) == 0 || failed.code == ERR_NOTFOUND)
		return 0;
	*e = failed;
	return -1;
}

int
store_ref_set(struct store *s, const char *ref, const struct oid *now, const struct oid *was,
	      const char *reason, struct err *e)
{
	struct err failed = {0};
	struct oid before, after;
	GUARD guard = {.fd = -1};
	int rc;

	if (store_flush(s, e) < 0 || guard_refs(s, ref, &guard, e) < 0 || look(s, ref, &before, e) < 0)
		return -1;
	if (was && !oid_eq(&before, was) && !oid_eq(&before, now))
		return conflict(e, ref, &before, was);
	rc = move(s, ref, now, was, reason);
	if (rc == 0)
		return oid_is(&before) ? 0 : sync_parents(s, ref, e);
	git_fail(&failed, rc, "moving %s to %s", ref, now->hex);
	/* An error of the last fsync comes after the rename: the answer is in the ref. */
	if (look(s, ref, &after, &(struct err){0}) == 0 && oid_eq(&after, now))
		return sync_parents(s, ref, e);
	if (was && failed.code == ERR_LOCKED && rc != GIT_ELOCKED)
		return conflict(e, ref, &after, was);
	*e = failed;
	return -1;
}

int
store_ref_delete(struct store *s, const char *ref, struct err *e)
{
	struct err failed = {0};
	GUARD guard = {.fd = -1};
	struct oid is;
	int rc;

	if (guard_refs(s, ref, &guard, e) < 0)
		return -1;
	rc = git_reference_remove(s->git, ref);
	if (rc < 0)
		git_fail(&failed, rc, "removing %s", ref);
	if (rc < 0 && store_ref_get(s, ref, &is, &(struct err){0}) == 0) {
		*e = failed;
		return -1;
	}
	return sync_parents(s, ref, e);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct store_ref *)a)->name, ((const struct store_ref *)b)->name);
}

int
store_refs(struct store *s, struct arena *a, const char *prefix, struct store_refs *out, struct err *e)
{
	AUTO(git_reference_iterator) it = NULL;
	git_reference *ref;
	int rc = git_reference_iterator_new(&it, s->git);

	*out = (struct store_refs){0};
	while (rc == 0 && (rc = git_reference_next(&ref, it)) == 0) {
		const char *name = git_reference_name(ref);

		if (str_starts(str_of(name), prefix) && git_reference_type(ref) == GIT_REFERENCE_DIRECT) {
			struct store_ref one = {str_of(arena_strdup(a, name)),
						oid_from_git(git_reference_target(ref))};

			vec_push(a, out, one);
		}
		git_reference_free(ref);
	}
	if (rc != GIT_ITEROVER)
		return git_fail(e, rc, "listing the refs %s", prefix);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

int
store_head_get(struct store *s, struct arena *a, struct str *ref, struct err *e)
{
	AUTO(git_reference) head = NULL;
	int rc = git_reference_lookup(&head, s->git, "HEAD");

	if (rc < 0)
		return git_fail(e, rc, "reading HEAD of the store");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		return err_set(e, ERR_PARSE, "HEAD of the store names no branch");
	*ref = str_of(arena_strdup(a, git_reference_symbolic_target(head)));
	return 0;
}

int
store_head_set(struct store *s, const char *ref, struct err *e)
{
	AUTO(git_reference) head = NULL;
	struct err failed = {0};
	SCRATCH a = {0};
	GUARD guard = {.fd = -1};
	struct str is = {0};
	int rc;

	if (guard_refs(s, "HEAD", &guard, e) < 0)
		return -1;
	rc = git_reference_symbolic_create(&head, s->git, "HEAD", ref, 1, NULL);
	if (rc < 0)
		git_fail(&failed, rc, "setting HEAD of the store to %s", ref);
	if (rc < 0 && (store_head_get(s, &a, &is, &(struct err){0}) < 0 || !str_is(is, ref))) {
		*e = failed;
		return -1;
	}
	return 0;
}

static int
visit_lock(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	(void)ctx;
	if (S_ISREG(st->st_mode) && str_ends(str_of(path), ".lock") && unlinkat(dirfd, name, 0) < 0 &&
	    errno != ENOENT)
		return err_sys(e, "removing the stale lock refs/%s", path);
	return 0;
}

int
store_unlock_refs(struct store *s, struct err *e)
{
	static const char *const files[] = {"HEAD.lock", "packed-refs.lock"};
	GUARD guard = {.fd = -1};
	SCRATCH a = {0};

	if (guard_refs(s, "HEAD", &guard, e) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (unlink(path_join(&a, s->dir, files[i])) < 0 && errno != ENOENT)
			return err_sys(e, "removing the stale lock %s/%s", s->dir, files[i]);
	return fs_walk(AT_FDCWD, path_join(&a, s->dir, "refs"), visit_lock, NULL, e);
}
