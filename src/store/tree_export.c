/* A tree becomes a folder: looked through as a whole first, then written only beneath. */
#include "store/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/proc.h"
#include "store/private.h"

enum { EXPORT_ENTRIES = 200000, EXPORT_DEPTH = 100, LINK_LENGTH_MAX = 4095 };
static const uint64_t EXPORT_BYTES = 2ULL << 30;

/* One folder on the way down; fd is -1 while the tree is only looked through. */
struct level {
	struct arena a;
	struct store_entries entries;
	size_t next, path_length;
	int fd;
};

struct export
{
	struct store *s;
	struct arena a;
	struct level levels[EXPORT_DEPTH + 1];
	size_t depth;
	struct buf path;
	uint64_t entries, bytes;
	bool writing;
	struct timespec times[2];
};

static int
enter(struct export *x, const struct oid *tree, int fd, struct err *e)
{
	struct level *level = &x->levels[x->depth];

	*level = (struct level){.path_length = x->path.n, .fd = fd};
	x->depth++;
	return store_tree_list(x->s, &level->a, tree, &level->entries, e);
}

static int
leave(struct export *x, struct err *e)
{
	struct level *level = &x->levels[--x->depth];
	int rc = 0;

	buf_cut(&x->path, level->path_length);
	/* After its entries, since each of them changed it. */
	if (x->writing && x->times[1].tv_sec && futimens(level->fd, x->times) < 0)
		rc = err_sys(e, "setting the time of %s", x->path.s);
	if (level->fd >= 0)
		close(level->fd);
	arena_free(&level->a);
	return rc;
}

static int
check(struct export *x, const struct store_entry *entry, struct err *e)
{
	const char *fault = store_name_fault(entry->name);
	uint64_t size = 0;

	if (fault)
		return err_set(e, ERR_PARSE, "%s: %s", fault, x->path.s);
	if (++x->entries > EXPORT_ENTRIES)
		return err_set(e, ERR_PARSE, "more than %d entries, at %s", EXPORT_ENTRIES, x->path.s);
	if (entry->mode == MODE_DIR && x->depth > EXPORT_DEPTH)
		return err_set(e, ERR_PARSE, "%s: folders more than %d deep", x->path.s, EXPORT_DEPTH);
	if (entry->mode == MODE_DIR)
		return enter(x, &entry->id, -1, e);
	if (entry->mode == MODE_COMMIT)
		return 0;
	if (store_size(x->s, &entry->id, &size, e) < 0)
		return -1;
	if (entry->mode == MODE_LINK && (size == 0 || size > LINK_LENGTH_MAX))
		return err_set(e, ERR_PARSE, "%s: a link to a name of %llu bytes", x->path.s,
			       (unsigned long long)size);
	x->bytes += size;
	if (x->bytes > EXPORT_BYTES)
		return err_set(e, ERR_PARSE, "more than %llu bytes of files, at %s",
			       (unsigned long long)EXPORT_BYTES, x->path.s);
	return 0;
}

static int
write_dir(struct export *x, int dirfd, const char *name, struct err *e)
{
	int fd;

	if (mkdirat(dirfd, name, 0755) < 0)
		return err_sys(e, "making the folder %s", x->path.s);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "opening the folder %s", x->path.s);
	if (fchmod(fd, 0755) < 0) {
		err_sys(e, "setting the mode of %s", x->path.s);
		close(fd);
		return -1;
	}
	return fd;
}

static int
write_file(struct export *x, int dirfd, const struct store_entry *entry, struct err *e)
{
	SCRATCH a = {0};
	AUTO_FD fd = -1;
	struct str bytes;

	if (store_blob_read(x->s, &a, &entry->id, &bytes, e) < 0)
		return -1;
	fd = openat(dirfd, entry->name.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "making %s", x->path.s);
	if (fs_write_all(fd, bytes.s, bytes.n, e) < 0)
		return -1;
	if (fchmod(fd, entry->mode == MODE_EXEC ? 0755 : 0644) < 0)
		return err_sys(e, "setting the mode of %s", x->path.s);
	if (x->times[1].tv_sec && futimens(fd, x->times) < 0)
		return err_sys(e, "setting the time of %s", x->path.s);
	return 0;
}

static int
write_link(struct export *x, int dirfd, const struct store_entry *entry, struct err *e)
{
	SCRATCH a = {0};
	struct str target;

	if (store_blob_read(x->s, &a, &entry->id, &target, e) < 0)
		return -1;
	if (memchr(target.s, '\0', target.n))
		return err_set(e, ERR_PARSE, "the link %s holds a NUL byte", x->path.s);
	if (symlinkat(target.s, dirfd, entry->name.s) < 0)
		return err_sys(e, "making the link %s", x->path.s);
	if (x->times[1].tv_sec && utimensat(dirfd, entry->name.s, x->times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "setting the time of %s", x->path.s);
	return 0;
}

static int
write_entry(struct export *x, int dirfd, const struct store_entry *entry, struct err *e)
{
	int fd;

	switch (entry->mode) {
	case MODE_DIR:
		fd = write_dir(x, dirfd, entry->name.s, e);
		return fd < 0 ? -1 : enter(x, &entry->id, fd, e);
	case MODE_COMMIT:
		/* As Git does for a submodule that is not there. */
		fd = write_dir(x, dirfd, entry->name.s, e);
		if (fd >= 0)
			close(fd);
		return fd < 0 ? -1 : 0;
	case MODE_LINK:
		return write_link(x, dirfd, entry, e);
	default:
		return write_file(x, dirfd, entry, e);
	}
}

static int
step(struct export *x, struct err *e)
{
	struct level *level = &x->levels[x->depth - 1];
	const struct store_entry *entry;

	if (proc_interrupted)
		return err_set(e, ERR_INTERRUPTED, "writing a tree: interrupted");
	if (level->next == level->entries.n)
		return leave(x, e);
	entry = &level->entries.v[level->next++];
	buf_cut(&x->path, level->path_length);
	if (level->path_length)
		buf_addc(&x->path, '/');
	buf_str_add(&x->path, entry->name);
	return x->writing ? write_entry(x, level->fd, entry, e) : check(x, entry, e);
}

static int
pass(struct export *x, const struct oid *tree, int fd, struct err *e)
{
	int rc;

	buf_cut(&x->path, 0);
	rc = enter(x, tree, fd, e);
	while (rc == 0 && x->depth)
		rc = step(x, e);
	while (x->depth) {
		x->depth--;
		arena_free(&x->levels[x->depth].a);
		if (x->levels[x->depth].fd >= 0)
			close(x->levels[x->depth].fd);
	}
	return rc;
}

/* Opens the folder, made if missing; it must be empty, so all that is met there is our own. */
static int
open_target(struct arena *a, int dirfd, const char *path, struct err *e)
{
	struct fs_entries list;
	int fd;

	if (fs_mkdirs(dirfd, path, 0755, e) < 0)
		return -1;
	fd = fs_open_dir(dirfd, path, e);
	if (fd < 0)
		return -1;
	if (fs_list(a, fd, ".", &list, e) < 0 ||
	    (list.n && err_set(e, ERR_SYSTEM, "the folder %s is not empty", path) < 0)) {
		close(fd);
		return -1;
	}
	if (fchmod(fd, 0755) < 0) {
		err_sys(e, "setting the mode of %s", path);
		close(fd);
		return -1;
	}
	return fd;
}

int
store_tree_export(struct store *s, const struct oid *tree, int dirfd, const char *path, int64_t mtime,
		  struct err *e)
{
	struct arena a = {0};
	struct export *x = arena_new(&a, struct export);
	int fd, rc;

	x->s = s;
	x->path = buf_new(&a);
	x->times[0].tv_sec = x->times[1].tv_sec = (time_t)mtime;
	rc = pass(x, tree, -1, e);
	if (rc == 0) {
		fd = open_target(&a, dirfd, path, e);
		x->writing = true;
		rc = fd < 0 ? -1 : pass(x, tree, fd, e);
	}
	arena_free(&a);
	return rc < 0 ? err_note(e, "writing tree %s to %s", tree->hex, path) : 0;
}
