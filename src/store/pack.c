/* Collected objects become packs: one fsynced file instead of one per object. */
#include "store/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"

/* More packs than this are merged. */
enum { PACKS_MAX = 50 };
/* A half-written pack of this age has no writer any more. */
enum { LEFTOVER_SECONDS = 24 * 60 * 60 };

int
store_collect_room(struct store *s, struct err *e)
{
	size_t room = s->collected_room ? 2 * s->collected_room : 1024;
	git_oid *v;

	if (s->collected_count < s->collected_room)
		return 0;
	v = reallocarray(s->collected, room, sizeof(*v));
	if (!v)
		return err_sys(e, "collecting %zu objects", room);
	s->collected = v;
	s->collected_room = room;
	return 0;
}

int
store_sync_objects(struct store *s, struct err *e)
{
	SCRATCH a = {0};
	char *objects = path_join(&a, s->dir, "objects");

	if (fs_sync_dir(AT_FDCWD, path_join(&a, objects, "pack"), e) < 0)
		return -1;
	return fs_sync_dir(AT_FDCWD, objects, e);
}

static int
on_progress(const git_indexer_progress *stats, void *ctx)
{
	(void)stats;
	(void)ctx;
	return proc_interrupted ? GIT_EUSER : 0;
}

/* git_mempack_dump() would leave out what no commit reaches, so the ids are our own list. */
static int
write_pack(struct store *s, struct err *e)
{
	AUTO(git_packbuilder) builder = NULL;
	SCRATCH a = {0};
	int rc = git_packbuilder_new(&builder, s->git);

	for (size_t i = 0; rc == 0 && i < s->collected_count; i++)
		rc = git_packbuilder_insert(builder, &s->collected[i], NULL);
	if (rc == 0)
		rc = git_packbuilder_write(builder, path_join(&a, s->dir, "objects/pack"), 0, on_progress,
					   NULL);
	return rc < 0 ? git_fail(e, rc, "writing a pack into %s", s->dir) : 0;
}

/* The pack must be known before the copies in memory go. */
static int
read_again(struct store *s, struct err *e)
{
	int rc = git_odb_refresh(s->odb);

	if (rc < 0)
		return git_fail(e, rc, "reading the packs of %s again", s->dir);
	rc = git_mempack_reset(s->collect);
	return rc < 0 ? git_fail(e, rc, "emptying the collection of objects") : 0;
}

int
store_flush(struct store *s, struct err *e)
{
	bool moves = store_overlay_due(s);

	if (!s->collected_count)
		return 0;
	if (moves && store_overlay_make(s, e) < 0)
		return -1;
	if (write_pack(s, e) < 0 || store_sync_objects(s, e) < 0)
		return -1;
	if (moves ? store_reopen(s, e) < 0 : read_again(s, e) < 0)
		return -1;
	s->collected_count = 0;
	s->collected_bytes = 0;
	return 0;
}

/* The child must not see the caller's configuration: it could name programs to run. */
static const char *const *
child_env(struct store *s, struct arena *a)
{
	const char **env = arena_array(a, const char *, 12);
	size_t n = 0;

	env[n++] = arena_printf(a, "PATH=%s", s->env.path ? s->env.path : "/usr/bin:/bin");
	env[n++] = "GIT_CONFIG_NOSYSTEM=1";
	env[n++] = "GIT_CONFIG_GLOBAL=/dev/null";
	env[n++] = "GIT_TERMINAL_PROMPT=0";
	env[n++] = "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=15";
	env[n++] = "LC_ALL=C.UTF-8";
	if (s->env.home)
		env[n++] = arena_printf(a, "HOME=%s", s->env.home);
	if (s->env.ssh_auth_sock)
		env[n++] = arena_printf(a, "SSH_AUTH_SOCK=%s", s->env.ssh_auth_sock);
	return env;
}

int
store_git(struct store *s, struct arena *a, const char *const *args, struct str *out, int *status,
	  struct str *complaint, struct err *e)
{
	struct proc p = {.out = PROC_CAPTURE, .err = PROC_CAPTURE, .what = "git", .silence = 0};
	struct proc_result r = {0};
	size_t n = 0, count = 0;
	const char **argv;

	while (args[count])
		count++;
	argv = arena_array(a, const char *, count + 8);
	argv[n++] = proc_find(a, "git", s->env.path ? s->env.path : "/usr/bin:/bin");
	if (!argv[0])
		return err_set(e, ERR_CONFIG, "there is no git in PATH");
	argv[n++] = "--git-dir";
	argv[n++] = s->dir;
	argv[n++] = "-c";
	argv[n++] = "core.hooksPath=/dev/null";
	memcpy(&argv[n], args, count * sizeof(*args));
	p.argv = argv;
	p.env = child_env(s, a);
	if (proc_run(a, &p, &r, e) < 0)
		return -1;
	*status = r.status;
	*complaint = str_trim(r.err_text);
	if (out)
		*out = r.out;
	return 0;
}

struct leftovers {
	size_t packs;
};

/* libgit2's indexer and git name their unfinished files so. */
static int
visit_pack(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct leftovers *found = ctx;
	struct str file = str_of(path);

	if (!S_ISREG(st->st_mode))
		return 0;
	if (str_ends(file, ".pack"))
		found->packs++;
	if ((str_starts(file, "pack_git2_") || str_starts(file, "tmp_") || str_starts(file, ".tmp-")) &&
	    time(NULL) - st->st_mtime > LEFTOVER_SECONDS && unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, "removing %s", path);
	return 0;
}

int
store_maintain(struct store *s, struct err *e)
{
	static const char *const args[] = {"repack", "-d", "-q", "--geometric=2", "--write-midx", NULL};
	struct leftovers found = {0};
	struct str complaint;
	SCRATCH a = {0};
	int status, rc;

	if (store_flush(s, e) < 0)
		return -1;
	if (fs_walk(AT_FDCWD, path_join(&a, s->dir, "objects/pack"), visit_pack, &found, e) < 0)
		return -1;
	if (found.packs <= PACKS_MAX)
		return 0;
	if (store_git(s, &a, args, NULL, &status, &complaint, e) < 0)
		return -1;
	if (status != 0)
		return err_set(e, ERR_SYSTEM, "git repack failed in %s: " STR_FMT, s->dir,
			       STR_ARG(complaint));
	rc = git_odb_refresh(s->odb);
	return rc < 0 ? git_fail(e, rc, "reading the packs of %s again", s->dir) : 0;
}
