/* Lists and walks. A tree may be deeper than there are descriptors or than PATH_MAX: one folder is
 * open at a time, and the way up is "..", checked to be the folder we came from. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs_level.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct fs_entry *)a)->name, ((const struct fs_entry *)b)->name);
}

static int
add_entry(struct arena *a, int fd, const struct dirent *entry, struct fs_entries *out)
{
	mode_t type = DTTOIF(entry->d_type);
	struct stat st;

	if (entry->d_type == DT_UNKNOWN) {
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? 0 : -1;
		type = st.st_mode & S_IFMT;
	}
	vec_push(a, out, ((struct fs_entry){arena_strdup(a, entry->d_name), type}));
	return 0;
}

/* fd stays open and is read from its start. */
static int
list_fd(struct arena *a, int fd, const char *path, struct fs_entries *out, struct err *e)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int rc = 0;

	*out = (struct fs_entries){0};
	if (!dir) {
		err_sys(e, "listing %s", path);
		if (copy >= 0)
			close(copy);
		return -1;
	}
	while (rc == 0 && (errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = add_entry(a, fd, entry, out);
	if (rc < 0 || errno)
		rc = err_sys(e, "listing %s", path);
	closedir(dir);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return rc;
}

int
fs_list(struct arena *a, int dirfd, const char *path, struct fs_entries *out, struct err *e)
{
	AUTO_FD fd = fs_open_dir(dirfd, path, e);

	return fd < 0 ? -1 : list_fd(a, fd, path, out, e);
}

int
fs_level_down(int fd, const char *name)
{
	return openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
fs_level_up(int fd, dev_t dev, ino_t ino)
{
	int up = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (up >= 0 && (fstat(up, &st) < 0 || st.st_dev != dev || st.st_ino != ino)) {
		close(up);
		errno = ESTALE;
		return -1;
	}
	return up;
}

struct level {
	struct fs_entries entries;
	size_t next;
	size_t path_length; /* of this folder's own path */
	dev_t dev;
	ino_t ino;
};

struct walk {
	struct arena a;
	VEC(struct level) stack;
	struct buf path;
	const char *root;
	int fd; /* of the innermost folder */
};

static const char *
shown(struct walk *w)
{
	return w->path.n ? arena_printf(&w->a, "%s/%s", w->root, w->path.s) : w->root;
}

/* Goes into the folder `name` of `dirfd`, whose path is in w->path. 1: it is gone. */
static int
enter(struct walk *w, int dirfd, const char *name, struct err *e)
{
	struct level level = {.path_length = w->path.n};
	int fd = fs_level_down(dirfd, name);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return err_sys(e, "opening the folder %s", shown(w));
	if (fstat(fd, &st) < 0) {
		err_sys(e, "opening the folder %s", shown(w));
		close(fd);
		return -1;
	}
	if (list_fd(&w->a, fd, name, &level.entries, e) < 0) {
		err_note(e, "in %s", shown(w));
		close(fd);
		return -1;
	}
	level.dev = st.st_dev;
	level.ino = st.st_ino;
	vec_push(&w->a, &w->stack, level);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	return 0;
}

static int
leave(struct walk *w, struct err *e)
{
	const struct level *up;
	int fd = -1;

	w->stack.n--;
	if (w->stack.n) {
		up = &w->stack.v[w->stack.n - 1];
		fd = fs_level_up(w->fd, up->dev, up->ino);
		if (fd < 0)
			return err_sys(e, "going up from %s", shown(w));
		buf_cut(&w->path, up->path_length);
	}
	close(w->fd);
	w->fd = fd;
	return 0;
}

static int
visit_next(struct walk *w, fs_visit *visit, void *ctx, struct err *e)
{
	struct level *level = &w->stack.v[w->stack.n - 1];
	const struct fs_entry *entry;
	struct stat st;
	int rc;

	if (level->next == level->entries.n)
		return leave(w, e);
	entry = &level->entries.v[level->next++];
	buf_cut(&w->path, level->path_length);
	if (level->path_length)
		buf_addc(&w->path, '/');
	buf_adds(&w->path, entry->name);
	/* What went away since the list was made was never there. */
	if (fstatat(w->fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "looking at %s", shown(w));
	rc = visit(ctx, w->path.s, &st, w->fd, entry->name, e);
	if (rc || !S_ISDIR(st.st_mode))
		return rc < 0 ? -1 : 0;
	return enter(w, w->fd, entry->name, e) < 0 ? -1 : 0;
}

int
fs_walk(int dirfd, const char *path, fs_visit *visit, void *ctx, struct err *e)
{
	struct walk w = {.root = path, .fd = -1};
	struct stat st;
	int rc;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "looking at %s", path);
	rc = visit(ctx, "", &st, dirfd, path, e);
	if (rc || !S_ISDIR(st.st_mode))
		return rc < 0 ? -1 : 0;
	w.path = buf_new(&w.a);
	rc = enter(&w, dirfd, path, e);
	while (rc == 0 && w.stack.n)
		rc = visit_next(&w, visit, ctx, e);
	if (w.fd >= 0)
		close(w.fd);
	arena_free(&w.a);
	return rc < 0 ? -1 : 0;
}
