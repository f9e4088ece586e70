/* fs.h - files and folders, safe against links and half-written results.
 *
 * dirfd arguments may be AT_FDCWD. All descriptors are O_CLOEXEC. Names that come from outside are
 * opened beneath their folder (openat2, RESOLVE_BENEATH), never followed out of it.
 */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

/* A folder, opened for *at calls. */
int fs_open_dir(int dirfd, const char *path, struct err *e);
/* As openat(), but the path can never leave dirfd: neither by `..` nor by links. FIFOs and devices
 * are refused unless the flags say O_PATH or O_NONBLOCK. */
int fs_open_beneath(int dirfd, const char *path, int flags, mode_t mode, struct err *e);
/* A regular file for reading; a FIFO does not block it. */
int fs_open_file(int dirfd, const char *path, struct stat *st, struct err *e);
/* mkdir -p with mode 0755 (or the given, whatever the umask); existing folders are fine. */
int fs_mkdirs(int dirfd, const char *path, mode_t mode, struct err *e);
/* A fresh folder dir/<16 random letters> of mode 0700; its path is returned. */
char *fs_mkdtemp(struct arena *a, const char *dir, struct err *e);
enum { FS_RANDOM = 16 };
int fs_random_name(char name[FS_RANDOM + 1], struct err *e);
/* An entry of this name, also a dangling link. */
bool fs_exists(int dirfd, const char *path);
/* A folder, or a link to one. */
bool fs_is_dir(int dirfd, const char *path);

/* A regular file, at most max bytes (0: no limit); FIFOs, devices and folders are refused. */
int fs_read(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e);
/* The same, never out of dirfd: for names from outside. */
int fs_read_beneath(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e);
/* The rest of an open descriptor. */
int fs_read_fd(struct arena *a, int fd, size_t max, struct str *out, struct err *e);
int fs_write_all(int fd, const void *bytes, size_t n, struct err *e);
/* Replaces path by rename: written beside it, fsynced when durable, then renamed. On failure the old
 * file is there as it was, unless only the folder could not be synced after the rename. */
int fs_write(int dirfd, const char *path, struct str bytes, mode_t mode, bool durable, struct err *e);
/* Contents only, into an empty file: reflink, copy_file_range or read and write, whichever works. */
int fs_copy_fd(int from, int to, struct err *e);
char *fs_readlink(struct arena *a, int dirfd, const char *path, struct err *e);

/* Removes path and all beneath it without following links, however deep and whatever the modes;
 * what is not there is fine. */
int fs_remove(int dirfd, const char *path, struct err *e);

/* One entry of a folder. */
struct fs_entry {
	const char *name;
	mode_t type; /* S_IFREG ... */
};
struct fs_entries {
	struct fs_entry *v;
	size_t n, room;
};
/* All entries but . and .., sorted by name as bytes. */
int fs_list(struct arena *a, int dirfd, const char *path, struct fs_entries *out, struct err *e);

/* Walks a tree top down, entries sorted, following no link. path is relative to the root, "" for
 * the root itself; name is the entry in dirfd. However deep: it holds one descriptor.
 * visit() returns 0 to go on, 1 to skip the inside of a folder, -1 to stop with *e set. */
typedef int fs_visit(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name,
		     struct err *e);
int fs_walk(int dirfd, const char *path, fs_visit *visit, void *ctx, struct err *e);

int fs_sync_dir(int dirfd, const char *path, struct err *e);
/* syncfs() of the file system that holds fd. */
int fs_sync_all(int fd, struct err *e);
/* The path of an open descriptor as the kernel knows it, for messages. */
enum { FS_FD_NAME = 1024 };
const char *fs_fd_name(int fd, char name[FS_FD_NAME]);
/* Swaps two names, or gives a name to a new place without replacing (RENAME_NOREPLACE). */
int fs_exchange(int dirfd, const char *a, const char *b, struct err *e);
int fs_rename_new(int dirfd, const char *from, const char *to, struct err *e);

/* A lock that the kernel frees when its holder dies (fcntl OFD). The file is made if missing and
 * holds "PID COMMAND" of the holder for the message; it is never deleted. */
struct fs_lock {
	int fd;
};
enum fs_lock_how { LOCK_WAIT, LOCK_TRY };
/* waiting(ctx, holder) is called once before the wait begins. LOCK_TRY: ERR_LOCKED when held. */
int fs_lock(struct fs_lock *lock, int dirfd, const char *path, bool exclusive, enum fs_lock_how how,
	    void (*waiting)(void *ctx, const char *holder), void *ctx, struct err *e);
/* A zeroed or freed lock is fine. */
void fs_unlock(struct fs_lock *lock);
/* What lock files say of this process, set once by cli; NULL: the name of the program. */
extern const char *fs_lock_command;

#endif
