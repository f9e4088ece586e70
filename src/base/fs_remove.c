/* Removal of trees, without recursion and with one open folder. Files go while the folder is read,
 * its folders are noted and gone into afterwards. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs_level.h"

struct level {
	VEC(const char *) folders;
	size_t next;
	dev_t dev;
	ino_t ino;
};

struct removal {
	struct arena a;
	VEC(struct level) stack;
	const char *root;
	int fd; /* of the innermost folder */
};

/* Also of a folder that its owner may not even open. */
static int
open_folder(int dirfd, const char *name)
{
	char link[64];
	int fd = fs_level_down(dirfd, name), path;

	if (fd >= 0 || errno != EACCES)
		return fd;
	path = openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (path < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	if (chmod(link, 0700) == 0)
		fd = fs_level_down(dirfd, name);
	close(path);
	return fd;
}

/* Unlinks what is no folder in fd, and notes the folders. */
static int
empty_folder(struct removal *r, int fd, struct level *level)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved;
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!dir) {
		if (copy >= 0)
			close(copy);
		return -1;
	}
	while ((errno = 0, entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_type != DT_DIR) {
			if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
				continue;
			if (errno != EISDIR)
				break;
		}
		vec_push(&r->a, &level->folders, arena_strdup(&r->a, entry->d_name));
	}
	saved = errno;
	closedir(dir);
	errno = saved;
	return saved ? -1 : 0;
}

/* Goes into a folder; 1: it is gone. */
static int
enter(struct removal *r, int dirfd, const char *name, struct err *e)
{
	struct level level = {0};
	int fd = open_folder(dirfd, name);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0)
		goto bad;
	/* When this is not ours to change, the removal below tells. */
	if ((st.st_mode & 0700) != 0700 && fchmod(fd, 0700) < 0 && errno != EPERM)
		goto bad;
	if (empty_folder(r, fd, &level) < 0)
		goto bad;
	level.dev = st.st_dev;
	level.ino = st.st_ino;
	vec_push(&r->a, &r->stack, level);
	if (r->fd >= 0)
		close(r->fd);
	r->fd = fd;
	return 0;
bad:
	err_sys(e, "removing %s (at the folder %s)", r->root, name);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The innermost folder is done: up, and away with it. */
static int
leave(struct removal *r, struct err *e)
{
	const struct level *up;
	const char *name;
	int fd;

	if (--r->stack.n == 0)
		return 0;
	up = &r->stack.v[r->stack.n - 1];
	name = up->folders.v[up->next - 1];
	fd = fs_level_up(r->fd, up->dev, up->ino);
	if (fd < 0)
		return err_sys(e, "removing %s (above the folder %s)", r->root, name);
	close(r->fd);
	r->fd = fd;
	if (unlinkat(fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "removing %s (at the folder %s)", r->root, name);
	return 0;
}

static int
remove_tree(int dirfd, const char *path, struct err *e)
{
	struct removal r = {.root = path, .fd = -1};
	int rc = enter(&r, dirfd, path, e);

	while (rc == 0 && r.stack.n) {
		struct level *level = &r.stack.v[r.stack.n - 1];

		if (level->next == level->folders.n) {
			rc = leave(&r, e);
		} else {
			const char *name = level->folders.v[level->next++];

			rc = enter(&r, r.fd, name, e) < 0 ? -1 : 0;
		}
	}
	if (r.fd >= 0)
		close(r.fd);
	arena_free(&r.a);
	if (rc < 0)
		return -1;
	if (unlinkat(dirfd, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "removing %s", path);
	return 0;
}

int
fs_remove(int dirfd, const char *path, struct err *e)
{
	struct arena a = {0};
	size_t n = strlen(path);
	char *name;
	int rc = 0;

	while (n > 1 && path[n - 1] == '/')
		n--;
	name = arena_strndup(&a, path, n);
	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT && errno != ENOTDIR)
		rc = errno == EISDIR ? remove_tree(dirfd, name, e) : err_sys(e, "removing %s", path);
	arena_free(&a);
	return rc;
}
