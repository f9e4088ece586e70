#include "build/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"

enum { HOPS_MAX = 8 };

/* Opens the folder `name` of dirfd beneath top, making it when it is missing. */
static int
open_or_make(struct arena *a, int top, struct str path, struct err *e)
{
	const char *dir = str_c(a, path);
	struct err why = {0};
	int fd = fs_open_beneath(top, dir, O_RDONLY | O_DIRECTORY, 0, &why);
	AUTO_FD parent = -1;

	if (fd >= 0 || why.sys != ENOENT) {
		if (fd < 0)
			*e = why;
		return fd;
	}
	if (str_chr(path, '/') < 0)
		parent = fs_open_beneath(top, ".", O_RDONLY | O_DIRECTORY, 0, e);
	else
		parent = open_or_make(a, top, path_dir(path), e);
	if (parent < 0)
		return -1;
	if (mkdirat(parent, str_c(a, path_base(path)), 0755) < 0 && errno != EEXIST)
		return err_sys(e, "making the folder %s", dir);
	return fs_open_beneath(top, dir, O_RDONLY | O_DIRECTORY, 0, e);
}

int
beneath_create(struct arena *a, int dirfd, struct str path, mode_t mode, struct err *e)
{
	const char *name = str_c(a, path_base(path));
	AUTO_FD dir = -1;
	int fd;

	if (!path_is_plain(path))
		return err_set(e, ERR_BUILD, "'" STR_FMT "' is not a path of a file", STR_ARG(path));
	dir = open_or_make(a, dirfd, path_dir(path), e);
	if (dir < 0)
		return err_note(e, "while writing " STR_FMT, STR_ARG(path));
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, "replacing " STR_FMT, STR_ARG(path));
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "writing " STR_FMT, STR_ARG(path));
	if (fchmod(fd, mode) < 0) {
		close(fd);
		return err_sys(e, "writing " STR_FMT, STR_ARG(path));
	}
	return fd;
}

int
beneath_write(struct arena *a, int dirfd, struct str path, struct str bytes, mode_t mode, struct err *e)
{
	AUTO_FD fd = beneath_create(a, dirfd, path, mode, e);

	return fd < 0 ? -1 : fs_write_all(fd, bytes.s, bytes.n, e);
}

int
beneath_open(struct arena *a, int dirfd, const char *inside, struct str path, struct err *e)
{
	size_t n = str_of(inside).n;

	for (unsigned hops = 0;; hops++) {
		const char *file = str_c(a, path), *target;
		struct err why = {0};
		int fd = fs_open_beneath(dirfd, file, O_RDONLY, 0, &why);

		if (fd >= 0)
			return fd;
		*e = why;
		if (why.sys != EXDEV || hops == HOPS_MAX)
			return -1;
		target = fs_readlink(a, dirfd, file, &why);
		if (!target || !str_starts(str_of(target), inside) || target[n] != '/')
			return -1;
		path = str_of(target + n + 1);
	}
}
