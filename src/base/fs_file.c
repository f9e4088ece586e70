/* Contents of files: reading, writing beside and renaming, copying. */
#include "base/fs.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/path.h"

enum { PIECE = 64 * 1024, COPY_AT_ONCE = 1 << 30 };

static ssize_t
read_again(int fd, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static int
too_large(size_t max, const char *path, struct err *e)
{
	err_set(e, ERR_PARSE, "%s is larger than %zu bytes", path, max);
	e->sys = EFBIG;
	return -1;
}

/* expect is the size by fstat, 0 when unknown: one byte more than it finds the end. */
static int
read_rest(struct arena *a, int fd, size_t expect, size_t max, const char *path, struct str *out,
	  struct err *e)
{
	size_t room = expect ? expect + 1 : 4096, n = 0;
	char *text = arena_alloc(a, room);

	for (;;) {
		ssize_t got = read_again(fd, text + n, room - n);

		if (got < 0)
			return err_sys(e, "reading %s", path);
		if (!got)
			break;
		n += (size_t)got;
		if (max && n > max)
			return too_large(max, path, e);
		if (n == room) {
			char *grown = arena_alloc(a, room * 2);

			memcpy(grown, text, n);
			text = grown;
			room *= 2;
		}
	}
	text[n] = '\0';
	*out = (struct str){text, n};
	return 0;
}

static int
read_file(struct arena *a, int fd, const struct stat *st, size_t max, const char *path, struct str *out,
	  struct err *e)
{
	if (max && (uintmax_t)st->st_size > max)
		return too_large(max, path, e);
	return read_rest(a, fd, (size_t)st->st_size, max, path, out, e);
}

int
fs_read(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e)
{
	struct stat st;
	AUTO_FD fd = fs_open_file(dirfd, path, &st, e);

	return fd < 0 ? -1 : read_file(a, fd, &st, max, path, out, e);
}

int
fs_read_beneath(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e)
{
	AUTO_FD fd = fs_open_beneath(dirfd, path, O_RDONLY, 0, e);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "reading %s", path);
	return read_file(a, fd, &st, max, path, out, e);
}

int
fs_read_fd(struct arena *a, int fd, size_t max, struct str *out, struct err *e)
{
	char name[FS_FD_NAME];
	struct stat st;
	off_t at;

	fs_fd_name(fd, name);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "reading %s", name);
	at = S_ISREG(st.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	if (at < 0 || st.st_size <= at)
		return read_rest(a, fd, 0, max, name, out, e);
	st.st_size -= at;
	return read_file(a, fd, &st, max, name, out, e);
}

int
fs_write_all(int fd, const void *bytes, size_t n, struct err *e)
{
	const char *at = bytes;
	char name[FS_FD_NAME];

	while (n) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(e, "writing %s", fs_fd_name(fd, name));
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Fills the new file `temp` in dir and gives it its name. */
static int
write_beside(int dir, const char *temp, int fd, const char *name, struct str bytes, mode_t mode, bool durable,
	     const char *path, struct err *e)
{
	/* fchmod, so that neither the umask nor setgid folders decide. */
	if (fs_write_all(fd, bytes.s, bytes.n, e) < 0 || fchmod(fd, mode) < 0 || (durable && fsync(fd) < 0)) {
		err_sys(e, "writing %s", path);
		close(fd);
		return -1;
	}
	/* Some file systems tell of a full disk only now. */
	if (close(fd) < 0 && errno != EINTR)
		return err_sys(e, "writing %s", path);
	if (renameat(dir, temp, dir, name) < 0)
		return err_sys(e, "replacing %s", path);
	return 0;
}

int
fs_write(int dirfd, const char *path, struct str bytes, mode_t mode, bool durable, struct err *e)
{
	struct arena a = {0};
	const char *name = str_c(&a, path_base(str_of(path)));
	AUTO_FD dir = fs_open_dir(dirfd, str_c(&a, path_dir(str_of(path))), e);
	char temp[sizeof(".pkg-tmp-") + FS_RANDOM], letters[FS_RANDOM + 1];
	int fd = -1, rc = -1;

	if (dir < 0)
		goto out;
	do {
		if (fs_random_name(letters, e) < 0) {
			err_note(e, "while writing %s", path);
			goto out;
		}
		snprintf(temp, sizeof(temp), ".pkg-tmp-%s", letters);
		fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	} while (fd < 0 && (errno == EEXIST || errno == EINTR));
	if (fd < 0) {
		err_sys(e, "writing %s", path);
		goto out;
	}
	rc = write_beside(dir, temp, fd, name, bytes, mode, durable, path, e);
	if (rc < 0)
		unlinkat(dir, temp, 0);
	else if (durable && fsync(dir) < 0)
		rc = err_sys(e, "syncing the folder of %s", path);
out:
	if (rc < 0 && dir < 0)
		err_note(e, "while writing %s", path);
	arena_free(&a);
	return rc;
}

static int
copy_by_hand(int from, int to, struct err *e)
{
	char piece[PIECE], name[FS_FD_NAME];

	for (;;) {
		ssize_t n = read_again(from, piece, sizeof(piece));

		if (n < 0)
			return err_sys(e, "reading %s", fs_fd_name(from, name));
		if (!n)
			return 0;
		if (fs_write_all(to, piece, (size_t)n, e) < 0)
			return -1;
	}
}

static bool
cannot_copy_range(int error)
{
	switch (error) {
	case EINVAL:
	case EXDEV:
	case ENOSYS:
	case EOPNOTSUPP:
	case EPERM:
	case EBADF:
	case ETXTBSY:
		return true;
	}
	return false;
}

int
fs_copy_fd(int from, int to, struct err *e)
{
	char name[FS_FD_NAME];
	bool copied = false;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	for (;;) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, COPY_AT_ONCE, 0);

		if (n > 0) {
			copied = true;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		/* Files of /proc seem empty to it; a rest that it cannot do is done by hand. */
		if ((n == 0 && !copied) || (n < 0 && cannot_copy_range(errno)))
			return copy_by_hand(from, to, e);
		return n == 0 ? 0 : err_sys(e, "copying to %s", fs_fd_name(to, name));
	}
}
