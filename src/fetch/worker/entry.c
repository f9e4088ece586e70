/* entry.c - files, folders and links of an archive, written without ever following a link. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"
#include "fetch/worker/unpack.h"

int
entry_refuse(struct unpack *u, const char *fmt, ...)
{
	char why[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return worker_fail(u->f, WORKER_ENTRY, "entry '%.300s' %s", u->name, why);
}

static int
failed(struct unpack *u)
{
	if (errno == ENAMETOOLONG)
		entry_refuse(u, "has a name that is too long");
	else
		worker_fail_sys(u->f, WORKER_DISK, "unpacking '%.300s'", u->name);
	return -1;
}

int
entry_count_bytes(struct unpack *u, uint64_t n)
{
	if (n > u->max_bytes - u->bytes)
		return worker_fail(u->f, WORKER_LIMIT, "it unpacks to more than %llu bytes",
				   (unsigned long long)u->max_bytes);
	u->bytes += n;
	return 0;
}

static int
count_entry(struct unpack *u)
{
	if (u->entries >= u->max_entries)
		return worker_fail(u->f, WORKER_LIMIT, "it holds more than %llu entries",
				   (unsigned long long)u->max_entries);
	u->entries++;
	return 0;
}

int
entry_path(struct unpack *u, const char *name, char to[PATH_ROOM])
{
	struct str rest = str_of(name), part;
	size_t n = 0;
	uint64_t depth = 0;

	if (*name == '/')
		return entry_refuse(u, "has an absolute name");
	if (rest.n > u->max_name || rest.n >= PATH_ROOM)
		return worker_fail(u->f, WORKER_LIMIT,
				   "entry '%.100s...' has a name of %zu bytes; %llu are allowed", u->name,
				   rest.n, (unsigned long long)u->max_name);
	while (str_cut(&rest, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, ".."))
			return entry_refuse(u, "leads out of the archive");
		if (part.n == 4 && strncasecmp(part.s, ".git", 4) == 0)
			return entry_refuse(u, "is Git's own folder");
		if (++depth > u->max_depth)
			return worker_fail(u->f, WORKER_LIMIT,
					   "entry '%.100s...' is more than %llu folders deep", u->name,
					   (unsigned long long)u->max_depth);
		if (n)
			to[n++] = '/';
		memcpy(to + n, part.s, part.n);
		n += part.n;
	}
	to[n] = '\0';
	return 0;
}

/* One step down, never through a link. */
static int
step(struct unpack *u, int dir, const char *name)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	if (fd < 0 && errno == ENOENT) {
		if (count_entry(u) < 0)
			return -1;
		if (mkdirat(dir, name, 0755) == 0)
			fd = openat(dir, name, flags);
	}
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return entry_refuse(u, "lies under '%.100s', which is a link or file", name);
	return fd < 0 ? failed(u) : fd;
}

/* Makes u->dir the folder at path, and the folders above it. */
static int
enter(struct unpack *u, const char *path)
{
	struct str rest = str_of(path), part;
	int fd;

	if (u->dir >= 0 && strcmp(path, u->dir_path) == 0)
		return 0;
	if (u->dir >= 0)
		close(u->dir);
	u->dir = -1;
	fd = openat(u->out, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(u);
	while (str_cut(&rest, '/', &part)) {
		char name[PATH_ROOM];
		int next;

		snprintf(name, sizeof(name), STR_FMT, STR_ARG(part));
		next = step(u, fd, name);
		close(fd);
		if (next < 0)
			return -1;
		fd = next;
	}
	u->dir = fd;
	snprintf(u->dir_path, sizeof(u->dir_path), "%s", path);
	return 0;
}

/* Enters the parent of path; *base is what is left. */
static int
enter_parent(struct unpack *u, const char *path, const char **base)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_ROOM] = "";

	if (slash)
		snprintf(parent, sizeof(parent), STR_FMT, (int)(slash - path), path);
	*base = slash ? slash + 1 : path;
	return enter(u, parent);
}

/* A later entry takes the place of an earlier one. */
static int
make_room(struct unpack *u, const char *path, const char **base)
{
	*base = path;
	if (!*path)
		return entry_refuse(u, "has no name");
	if (enter_parent(u, path, base) < 0 || count_entry(u) < 0)
		return -1;
	if (unlinkat(u->dir, *base, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR && unlinkat(u->dir, *base, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return entry_refuse(u, "would replace a folder that is not empty");
	return failed(u);
}

int
entry_dir(struct unpack *u, const char *path)
{
	const char *base;
	struct stat st;

	if (!*path)
		return 0;
	if (enter_parent(u, path, &base) < 0)
		return -1;
	if (fstatat(u->dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode) &&
	    unlinkat(u->dir, base, 0) < 0)
		return failed(u);
	return enter(u, path);
}

int
entry_file(struct unpack *u, const char *path, bool executable)
{
	const char *base;
	int fd;

	if (make_room(u, path, &base) < 0)
		return -1;
	fd = openat(u->dir, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    executable ? 0755 : 0644);
	return fd < 0 ? failed(u) : fd;
}

int
entry_close(struct unpack *u, int fd, int64_t mtime)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};

	times[1].tv_sec = mtime < 0 ? 0 : mtime > UINT32_MAX ? UINT32_MAX : mtime;
	if (futimens(fd, times) < 0) {
		failed(u);
		close(fd);
		return -1;
	}
	return close(fd) < 0 ? failed(u) : 0;
}

int
entry_symlink(struct unpack *u, const char *path, const char *target)
{
	const char *base;

	if (!target || !*target || strlen(target) >= PATH_ROOM)
		return entry_refuse(u, "is a link to nowhere");
	if (make_room(u, path, &base) < 0 || entry_count_bytes(u, strlen(target)) < 0)
		return -1;
	return symlinkat(target, u->dir, base) < 0 ? failed(u) : 0;
}

static int
copy_file(struct unpack *u, int from, const struct stat *st, const char *path, int64_t mtime)
{
	struct err e = {0};
	int to;

	if (entry_count_bytes(u, (uint64_t)st->st_size) < 0)
		return -1;
	to = entry_file(u, path, st->st_mode & S_IXUSR);
	if (to < 0)
		return -1;
	if (fs_copy_fd(from, to, &e) < 0) {
		close(to);
		errno = e.sys;
		return failed(u);
	}
	return entry_close(u, to, mtime);
}

int
entry_copy(struct unpack *u, const char *path, const char *from, int64_t mtime)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	char plain[PATH_ROOM], target[PATH_ROOM];
	AUTO_FD at = -1;
	AUTO_FD fd = -1;
	struct stat st;
	ssize_t n;

	if (entry_path(u, from, plain) < 0)
		return -1;
	if (strcmp(plain, path) == 0)
		return 0;
	how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
	at = (int)syscall(SYS_openat2, u->out, plain, &how, sizeof(how));
	if (at < 0 || fstat(at, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)))
		return entry_refuse(u, "is a hard link to '%.300s', which is no file before it", from);
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(at, "", target, sizeof(target) - 1);
		if (n < 0)
			return failed(u);
		target[n] = '\0';
		return entry_symlink(u, path, target);
	}
	how.flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
	fd = (int)syscall(SYS_openat2, u->out, plain, &how, sizeof(how));
	return fd < 0 ? failed(u) : copy_file(u, fd, &st, path, mtime);
}
