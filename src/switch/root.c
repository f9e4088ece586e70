/* The root folder: opening, locks, scratch folders. Checked-out outputs: trees.c. */
#include "switch/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"

static const char *const folders[] = {"index", "trees", "switches", "locks", "log", "bases", "build"};

/* --- opening --- */

/* What others can write is not ours: they could plant links and packages. */
static int
refuse_foreign(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "looking at the root %s", path);
	if (st.st_uid != geteuid()) {
		err_set(e, ERR_CONFIG, "the root %s belongs to another user (uid %u, and this is uid %u)",
			path, (unsigned)st.st_uid, (unsigned)geteuid());
		return err_hint(e, "choose a root of your own with --root or PKGROOT");
	}
	if (st.st_mode & 022) {
		err_set(e, ERR_CONFIG, "others may write in the root %s (mode %04o)", path,
			(unsigned)st.st_mode & 07777);
		return err_hint(e, "chmod go-w %s", path);
	}
	return 0;
}

/* All of them may be deleted and come back, so a reader makes them where it can. */
static int
make_folders(int fd, bool create, struct err *e)
{
	struct err ignored;

	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (!fs_exists(fd, folders[i]) &&
		    fs_mkdirs(fd, folders[i], 0755, create ? e : &ignored) < 0 && create)
			return -1;
	return 0;
}

static int
open_folder(struct arena *a, const char *path, bool create, struct root *out, struct err *e)
{
	char *real;

	if (create && fs_mkdirs(AT_FDCWD, path, 0755, e) < 0)
		return err_note(e, "while making the root");
	real = realpath(path, NULL);
	if (!real && errno == ENOENT) {
		err_set(e, ERR_CONFIG, "there is no root %s yet", path);
		return err_hint(e, "pkg init");
	}
	if (!real)
		return err_sys(e, "opening the root %s", path);
	out->path = arena_strdup(a, real);
	free(real);
	out->fd = fs_open_dir(AT_FDCWD, out->path, e);
	return out->fd < 0 ? -1 : 0;
}

int
root_open(struct arena *a, const char *path, bool create, const struct report *report, struct root *out,
	  struct err *e)
{
	const char *store;

	*out = (struct root){.fd = -1, .report = report};
	if (open_folder(a, path, create, out, e) < 0)
		return -1;
	if (refuse_foreign(out->fd, out->path, e) < 0 || make_folders(out->fd, create, e) < 0)
		goto bad;
	store = path_join(a, out->path, "store.git");
	if (!create && !fs_exists(out->fd, "store.git")) {
		err_set(e, ERR_CONFIG, "the root %s has no store", out->path);
		err_hint(e, "pkg init");
		goto bad;
	}
	out->store = store_open(store, create, e);
	if (!out->store)
		goto bad;
	return 0;
bad:
	root_close(out);
	return -1;
}

void
root_close(struct root *r)
{
	if (r->store)
		store_close(r->store);
	if (r->fd >= 0)
		close(r->fd);
	r->store = NULL;
	r->fd = -1;
}

/* --- locks --- */

struct wait {
	const struct root *root;
	const char *name;
};

static void
say_waiting(void *ctx, const char *holder)
{
	const struct wait *wait = ctx;

	report_text(wait->root->report, REPORT_WAIT, STR(""), "waiting for the lock %s, held by %s",
		    wait->name, holder);
}

int
root_lock(const struct root *r, struct arena *a, const char *name, struct fs_lock *lock, struct err *e)
{
	struct wait wait = {r, name};

	if (fs_lock(lock, r->fd, arena_printf(a, "locks/%s", name), true, r->lock_how, say_waiting, &wait,
		    e) == 0)
		return 0;
	return e->code == ERR_LOCKED ? err_hint(e, "without --no-wait it is waited for") : -1;
}

/* --- scratch --- */

/* The lock file stands beside the folder and goes after it. Who locks a file that was deleted before
 * it was locked has locked nothing, so the name is looked up again. */
static int
lock_scratch(const struct root *r, const char *name, struct fs_lock *lock, struct err *e)
{
	struct stat held, named;

	if (fs_lock(lock, r->fd, name, true, LOCK_TRY, NULL, NULL, e) < 0)
		return -1;
	if (fstat(lock->fd, &held) == 0 && fstatat(r->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
		return 0;
	fs_unlock(lock);
	return err_set(e, ERR_LOCKED, "%s went away", name);
}

int
root_scratch(const struct root *r, struct arena *a, struct scratch *out, struct err *e)
{
	char name[FS_RANDOM + 1];

	*out = (struct scratch){.lock = {-1}};
	for (;;) {
		struct err why;
		const char *lock;

		if (fs_random_name(name, e) < 0)
			return -1;
		lock = arena_printf(a, "build/%s.lock", name);
		if (lock_scratch(r, lock, &out->lock, &why) == 0)
			break;
		if (why.code != ERR_LOCKED) {
			*e = why;
			return -1;
		}
	}
	out->name = arena_strdup(a, name);
	out->path = arena_printf(a, "%s/build/%s", r->path, name);
	/* 0700: what a build makes setuid or world-writable is out of reach for others. */
	if (mkdir(out->path, 0700) < 0) {
		err_sys(e, "making the folder %s", out->path);
		root_scratch_end(r, out);
		return -1;
	}
	return 0;
}

/* Only for the holder of the lock. */
static int
remove_scratch(const struct root *r, const char *name, struct err *e)
{
	struct arena a = {0};
	const char *folder = arena_printf(&a, "build/%s", name);
	int rc = fs_remove(r->fd, folder, e);

	if (rc == 0)
		unlinkat(r->fd, arena_printf(&a, "%s.lock", folder), 0);
	arena_free(&a);
	return rc;
}

void
root_scratch_end(const struct root *r, struct scratch *s)
{
	struct err e;

	if (!s->name)
		return;
	if (remove_scratch(r, s->name, &e) < 0)
		report_text(r->report, REPORT_WARN, STR(""), "%s is left behind: %s", s->path, e.msg);
	fs_unlock(&s->lock);
	s->name = NULL;
}

int
root_sweep(const struct root *r, struct arena *a, struct err *e)
{
	struct fs_entries entries;
	const char *done = "";

	if (fs_list(a, r->fd, "build", &entries, e) < 0)
		return -1;
	/* Sorted, so NAME comes before NAME.lock; either may be alone. */
	for (size_t i = 0; i < entries.n; i++) {
		struct str name = str_of(entries.v[i].name);
		struct fs_lock lock = {-1};
		struct err why;
		const char *own;

		if (str_ends(name, ".lock"))
			name.n -= sizeof(".lock") - 1;
		own = str_c(a, name);
		if (!name.n || strcmp(own, done) == 0)
			continue;
		done = own;
		if (lock_scratch(r, arena_printf(a, "build/%s.lock", own), &lock, &why) < 0)
			continue; /* at work, or gone */
		if (remove_scratch(r, own, &why) < 0)
			report_text(r->report, REPORT_WARN, STR(""), "build/%s is left behind: %s", own,
				    why.msg);
		fs_unlock(&lock);
	}
	return 0;
}
