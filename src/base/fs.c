/* Opening, making and asking. Reading and writing: fs_file.c; trees: fs_walk.c, fs_remove.c. */
#include "base/fs.h"

#include <errno.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN_TRIES = 100 };

int
fs_open_dir(int dirfd, const char *path, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? err_sys(e, "opening the folder %s", path) : fd;
}

/* A FIFO or device in the place of a file must neither block nor be read. */
static int
accept_file(int fd, const char *path, struct err *e)
{
	struct stat st;
	int flags;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "opening %s", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		err_set(e, ERR_PARSE, "%s is not a regular file", path);
		e->sys = EINVAL;
		return -1;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return err_sys(e, "opening %s", path);
	return 0;
}

int
fs_open_beneath(int dirfd, const char *path, int flags, mode_t mode, struct err *e)
{
	struct open_how how = {.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	bool plain = !(flags & (O_PATH | O_DIRECTORY | O_NONBLOCK)) && (flags & O_TMPFILE) != O_TMPFILE;
	int fd, tries = 0;

	how.flags = (unsigned)(flags | O_CLOEXEC | (plain ? O_NONBLOCK : 0));
	if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
		how.mode = mode & 07777;
	/* EAGAIN: somebody moved a folder while the kernel walked the path. */
	do
		fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || errno == EAGAIN) && ++tries < OPEN_TRIES);
	if (fd < 0 && errno == EXDEV) {
		err_set(e, ERR_SYSTEM, "opening %s: the path leads out of its folder", path);
		e->sys = EXDEV;
		return -1;
	}
	if (fd < 0)
		return err_sys(e, "opening %s", path);
	if (plain && accept_file(fd, path, e) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int
fs_open_file(int dirfd, const char *path, struct stat *st, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "opening %s", path);
	if (accept_file(fd, path, e) < 0)
		goto bad;
	if (fstat(fd, st) < 0) {
		err_sys(e, "opening %s", path);
		goto bad;
	}
	if (S_ISDIR(st->st_mode)) {
		err_set(e, ERR_PARSE, "%s is a folder, not a file", path);
		e->sys = EISDIR;
		goto bad;
	}
	return fd;
bad:
	close(fd);
	return -1;
}

/* Makes one folder with exactly this mode; an existing one stays as it is. */
static int
make_dir(int dirfd, const char *path, mode_t mode)
{
	if (mkdirat(dirfd, path, mode) < 0)
		return errno == EEXIST ? 0 : -1;
	return fchmodat(dirfd, path, mode, 0);
}

static int
make_parents(int dirfd, char *path, mode_t mode)
{
	for (size_t i = 1; path[i]; i++) {
		int rc;

		if (path[i] != '/' || path[i - 1] == '/')
			continue;
		path[i] = '\0';
		rc = make_dir(dirfd, path, mode);
		path[i] = '/';
		if (rc < 0)
			return -1;
	}
	return 0;
}

int
fs_mkdirs(int dirfd, const char *path, mode_t mode, struct err *e)
{
	char copy[PATH_MAX];
	size_t n = strlen(path);

	if (!mode)
		mode = 0755;
	if (!n || n >= sizeof(copy)) {
		errno = n ? ENAMETOOLONG : ENOENT;
		return err_sys(e, "making the folder %s", path);
	}
	while (n > 1 && path[n - 1] == '/')
		n--;
	memcpy(copy, path, n);
	copy[n] = '\0';
	/* Most often only the last one is missing, or none. */
	if (make_dir(dirfd, copy, mode) < 0 &&
	    (errno != ENOENT || make_parents(dirfd, copy, mode | 0700) < 0 ||
	     make_dir(dirfd, copy, mode) < 0))
		return err_sys(e, "making the folder %s", path);
	if (!fs_is_dir(dirfd, copy)) {
		errno = ENOTDIR;
		return err_sys(e, "making the folder %s", path);
	}
	return 0;
}

int
fs_random_name(char name[FS_RANDOM + 1], struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char bytes[FS_RANDOM];

	while (getrandom(bytes, sizeof(bytes), 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "asking for random bytes");
	for (size_t i = 0; i < FS_RANDOM; i++)
		name[i] = letters[bytes[i] % 32];
	name[FS_RANDOM] = '\0';
	return 0;
}

char *
fs_mkdtemp(struct arena *a, const char *dir, struct err *e)
{
	char name[FS_RANDOM + 1];

	for (;;) {
		char *path;

		if (fs_random_name(name, e) < 0)
			return NULL;
		path = arena_printf(a, "%s/%s", dir, name);
		if (mkdir(path, 0700) == 0)
			return path;
		if (errno != EEXIST) {
			err_sys(e, "making the folder %s", path);
			return NULL;
		}
	}
}

bool
fs_exists(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool
fs_is_dir(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

char *
fs_readlink(struct arena *a, int dirfd, const char *path, struct err *e)
{
	for (size_t room = 256;; room *= 2) {
		char *text = arena_alloc(a, room);
		ssize_t n = readlinkat(dirfd, path, text, room);

		if (n < 0) {
			err_sys(e, "reading the link %s", path);
			return NULL;
		}
		if ((size_t)n < room) {
			text[n] = '\0';
			return text;
		}
	}
}

int
fs_sync_dir(int dirfd, const char *path, struct err *e)
{
	int fd = fs_open_dir(dirfd, path, e);

	if (fd < 0)
		return -1;
	if (fsync(fd) < 0) {
		err_sys(e, "syncing the folder %s", path);
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int
fs_sync_all(int fd, struct err *e)
{
	char name[FS_FD_NAME];

	return syncfs(fd) < 0 ? err_sys(e, "syncing the file system of %s", fs_fd_name(fd, name)) : 0;
}

int
fs_exchange(int dirfd, const char *a, const char *b, struct err *e)
{
	if (renameat2(dirfd, a, dirfd, b, RENAME_EXCHANGE) < 0)
		return err_sys(e, "exchanging %s and %s", a, b);
	return 0;
}

int
fs_rename_new(int dirfd, const char *from, const char *to, struct err *e)
{
	if (renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) < 0)
		return err_sys(e, "renaming %s to %s", from, to);
	return 0;
}

const char *
fs_fd_name(int fd, char name[FS_FD_NAME])
{
	char link[64];
	int saved = errno; /* it is called for messages about errno */
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, FS_FD_NAME - 1);
	errno = saved;
	if (n <= 0)
		snprintf(name, FS_FD_NAME, "a file");
	else
		name[n] = '\0';
	return name;
}
