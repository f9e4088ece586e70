#include "switch/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"

struct state {
	struct arena a;
	VEC(const char *) waiting; /* folders that were told, and not yet read */
	struct buf path;
	int prefix;
	const struct scan *scan;
};

static int
tell(struct state *s, int fd, const struct dirent *d, size_t dir_length, struct err *e)
{
	struct scan_entry entry = {
		.name = d->d_name, .dirfd = fd, .type = DTTOIF(d->d_type), .ino = (uint64_t)d->d_ino};
	struct stat st;
	int rc;

	if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
		return 0;
	if (d->d_type == DT_UNKNOWN) {
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? 0 : err_sys(e, "looking at %s", d->d_name);
		entry.type = st.st_mode & S_IFMT;
		entry.ino = (uint64_t)st.st_ino;
	}
	buf_cut(&s->path, dir_length);
	buf_adds(&s->path, d->d_name);
	entry.path = buf_str(&s->path);
	rc = s->scan->visit(s->scan->ctx, &entry, e);
	if (rc == 0 && S_ISDIR(entry.type))
		vec_push(&s->a, &s->waiting, arena_strndup(&s->a, s->path.s, s->path.n));
	return rc < 0 ? -1 : 0;
}

static int
read_folder(struct state *s, const char *path, struct err *e)
{
	int fd = openat(s->prefix, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	const struct dirent *d;
	struct stat st;
	size_t length;
	DIR *dir;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		err_sys(e, "opening the folder %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (s->scan->folder && fstat(fd, &st) == 0)
		s->scan->folder(s->scan->ctx, str_of(path), &st);
	buf_cut(&s->path, 0);
	if (strcmp(path, ".") != 0)
		buf_printf(&s->path, "%s/", path);
	length = s->path.n;
	while (rc == 0 && (errno = 0, d = readdir(dir)))
		rc = tell(s, fd, d, length, e);
	if (rc == 0 && errno)
		rc = err_sys(e, "reading the folder %s", path);
	closedir(dir);
	return rc;
}

int
scan_prefix(int prefix, const struct scan *scan, struct err *e)
{
	struct state s = {.prefix = prefix, .scan = scan};
	int rc;

	s.path = buf_new(&s.a);
	rc = read_folder(&s, ".", e);
	while (rc == 0 && s.waiting.n)
		rc = read_folder(&s, s.waiting.v[--s.waiting.n], e);
	arena_free(&s.a);
	return rc;
}
