/* The view as a private copy: no hard link, since a build may write into what it sees. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "build/view.h"

struct copying {
	int to; /* merged/ */
};

static int
copy_file(int to, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct timespec times[2] = {st->st_mtim, st->st_mtim};
	AUTO_FD in = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_FD out = -1;

	if (in < 0)
		return err_sys(e, "copying %s into the view", path);
	out = openat(to, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return err_sys(e, "copying %s into the view", path);
	if (fs_copy_fd(in, out, e) < 0)
		return -1;
	if (fchmod(out, st->st_mode & 0777) < 0 || futimens(out, times) < 0)
		return err_sys(e, "copying %s into the view", path);
	return 0;
}

/* A link of a lower layer in its place is never written through. */
static int
make_folder(int to, const char *path, struct err *e)
{
	struct stat st;

	if (mkdirat(to, path, 0755) == 0)
		return 0;
	if (errno == EEXIST && fstatat(to, path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		if (unlinkat(to, path, 0) == 0 && mkdirat(to, path, 0755) == 0)
			return 0;
	}
	return err_sys(e, "copying %s into the view", path);
}

static int
copy_entry(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	const struct copying *c = ctx;
	struct arena a = {0};
	const char *target;
	int rc = 0;

	if (!*path)
		return 0;
	if (S_ISDIR(st->st_mode))
		return make_folder(c->to, path, e);
	/* A higher layer hides what a lower one has. */
	if (unlinkat(c->to, path, 0) < 0 && errno != ENOENT)
		return err_sys(e, "copying %s into the view", path);
	if (S_ISREG(st->st_mode))
		return copy_file(c->to, path, st, dirfd, name, e);
	target = fs_readlink(&a, dirfd, name, e);
	if (!target)
		rc = -1;
	else if (symlinkat(target, c->to, path) < 0)
		rc = err_sys(e, "copying %s into the view", path);
	arena_free(&a);
	return rc;
}

int
view_copy(const struct view *v, struct err *e)
{
	AUTO_FD to = fs_open_dir(AT_FDCWD, v->merged, e);
	struct copying c = {to};

	if (to < 0)
		return -1;
	for (size_t i = 0; i < v->n; i++)
		if (fs_walk(AT_FDCWD, v->layers[i].path, copy_entry, &c, e) < 0)
			return -1;
	return 0;
}
