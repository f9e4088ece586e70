/* Locks: fcntl's open file description locks, which end with their holder. */
#include "base/fs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/proc.h"

const char *fs_lock_command;

enum { HOLDER_MAX = 256 };

/* Who holds it, for people: never trusted, and perhaps a moment old. A holder that was killed has
 * left its text behind; what holds the lock now are then readers, who write nothing. */
static const char *
read_holder(int fd, char holder[HOLDER_MAX])
{
	ssize_t n = pread(fd, holder, HOLDER_MAX - 1, 0);
	int pid;

	holder[n > 0 ? n : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	for (char *c = holder; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	pid = atoi(holder);
	if (pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH))
		snprintf(holder, HOLDER_MAX, "another process");
	return holder;
}

static void
write_holder(int fd)
{
	char text[HOLDER_MAX], name[17] = "";
	size_t n;

	if (!fs_lock_command)
		prctl(PR_GET_NAME, name);
	snprintf(text, sizeof(text) - 1, "%d %s", (int)getpid(), fs_lock_command ? fs_lock_command : name);
	n = strlen(text);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	text[n++] = '\n';
	/* Only a message hangs on it, so a full disk is no reason to fail. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, n, 0) < 0)
		return;
}

static int
open_lock(int dirfd, const char *path, bool exclusive, struct err *e)
{
	int fd = openat(dirfd, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0644);

	/* Who may only read can still share it. */
	if (fd < 0 && !exclusive && (errno == EACCES || errno == EROFS || errno == EPERM))
		fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "opening the lock %s", path) : fd;
}

static int
wait_for(int fd, struct flock *range, const char *path, struct err *e)
{
	do {
		if (proc_interrupted)
			return err_set(e, ERR_INTERRUPTED, "interrupted while waiting for the lock %s", path);
		if (fcntl(fd, F_OFD_SETLKW, range) == 0)
			return 0;
	} while (errno == EINTR);
	return err_sys(e, "locking %s", path);
}

int
fs_lock(struct fs_lock *lock, int dirfd, const char *path, bool exclusive, enum fs_lock_how how,
	void (*waiting)(void *ctx, const char *holder), void *ctx, struct err *e)
{
	struct flock range = {.l_type = exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
	int fd = open_lock(dirfd, path, exclusive, e);
	char holder[HOLDER_MAX];

	lock->fd = -1;
	if (fd < 0)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &range) < 0) {
		if (errno != EAGAIN && errno != EACCES) {
			err_sys(e, "locking %s", path);
			goto bad;
		}
		read_holder(fd, holder);
		if (how == LOCK_TRY) {
			err_set(e, ERR_LOCKED, "%s is locked by %s", path, holder);
			goto bad;
		}
		if (waiting)
			waiting(ctx, holder);
		if (wait_for(fd, &range, path, e) < 0)
			goto bad;
	}
	if (exclusive)
		write_holder(fd);
	lock->fd = fd;
	return 0;
bad:
	close(fd);
	return -1;
}

void
fs_unlock(struct fs_lock *lock)
{
	/* 0: a zeroed struct, which never held one. */
	if (lock->fd > 0)
		close(lock->fd);
	lock->fd = -1;
}
