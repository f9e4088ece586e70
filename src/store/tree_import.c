/* A folder on disk becomes a tree: opened step by step beneath itself, no link followed. */
#include "store/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/proc.h"
#include "store/private.h"

enum { IMPORT_ENTRIES = 200000, IMPORT_DEPTH = 100 };
static const uint64_t IMPORT_BYTES = 2ULL << 30;

/* One folder on the way down. */
struct level {
	struct arena a;
	int fd;
	struct fs_entries list;
	size_t next, path_length;
	struct store_entries entries; /* what is in the tree so far */
};

struct import {
	struct store *s;
	struct arena *a; /* for what is returned */
	struct arena own;
	struct store_import *io;
	struct level *levels;
	size_t depth, depth_max;
	uint64_t entries, entries_max, bytes_max;
	struct buf path;
	char *bytes; /* of the file at hand */
	size_t room;
	VEC(struct str) empty;
	const char *root;
};

static const char *
shown(struct import *im)
{
	return im->path.n ? im->path.s : im->root;
}

static int
enter(struct import *im, int dirfd, const char *name, bool follow, struct err *e)
{
	struct level *level = &im->levels[im->depth];
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);

	if (im->depth > im->depth_max)
		return err_set(e, ERR_PARSE, "%s: folders more than %zu deep", shown(im), im->depth_max);
	*level = (struct level){.path_length = im->path.n};
	level->fd = openat(dirfd, name, flags);
	if (level->fd < 0)
		return err_sys(e, "opening the folder %s", shown(im));
	im->depth++;
	return fs_list(&level->a, level->fd, ".", &level->list, e);
}

static int
grow(struct import *im, size_t size, struct err *e)
{
	char *bytes;

	if (size <= im->room)
		return 0;
	bytes = realloc(im->bytes, size);
	if (!bytes)
		return err_sys(e, "reading %s", shown(im));
	im->bytes = bytes;
	im->room = size;
	return 0;
}

/* Reads to the end, which may have moved since the size was asked for; *n is what there was. */
static int
read_file(struct import *im, int fd, uint64_t size, size_t *n, struct err *e)
{
	uint64_t left = im->bytes_max - im->io->bytes;
	ssize_t got;

	*n = 0;
	do {
		if (*n > left || size > left)
			return err_set(e, ERR_PARSE, "more than %llu bytes of files, at %s",
				       (unsigned long long)im->bytes_max, shown(im));
		/* One byte more than expected, to meet the end without another round. */
		if (grow(im, *n < size ? (size_t)size + 1 : *n + 65536, e) < 0)
			return -1;
		got = read(fd, im->bytes + *n, im->room - *n);
		if (got < 0 && errno != EINTR)
			return err_sys(e, "reading %s", shown(im));
		if (proc_interrupted)
			return err_set(e, ERR_INTERRUPTED, "reading %s: interrupted", shown(im));
		*n += got > 0 ? (size_t)got : 0;
	} while (got);
	return 0;
}

static int
import_file(struct import *im, int dirfd, const char *name, struct store_entry *entry, struct err *e)
{
	/* Between the look and the opening a FIFO may have come here: it must not block. */
	AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	size_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "opening %s", shown(im));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PARSE, "%s is not a regular file any more", shown(im));
	if (im->io->refuse_hard_links && st.st_nlink > 1)
		return err_set(e, ERR_PARSE, "%s has a second name (a hard link)", shown(im));
	if (read_file(im, fd, (uint64_t)st.st_size, &n, e) < 0)
		return -1;
	entry->mode = st.st_mode & S_IXUSR ? MODE_EXEC : MODE_FILE;
	im->io->bytes += n;
	im->io->files++;
	if (st.st_mtim.tv_sec > im->io->newest)
		im->io->newest = st.st_mtim.tv_sec;
	return store_blob_write(im->s, (struct str){im->bytes, n}, &entry->id, e);
}

static int
import_link(struct import *im, int dirfd, const char *name, struct store_entry *entry, struct err *e)
{
	char target[4096];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0)
		return err_sys(e, "reading the link %s", shown(im));
	if ((size_t)n == sizeof(target))
		return err_set(e, ERR_PARSE, "the link %s is too long", shown(im));
	entry->mode = MODE_LINK;
	im->io->files++;
	return store_blob_write(im->s, (struct str){target, (size_t)n}, &entry->id, e);
}

static const char *
kind_name(mode_t type)
{
	switch (type & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	}
	return "neither a file nor a link nor a folder";
}

/* The tree of a folder is written when all in it is; it becomes an entry of the one above. */
static int
leave(struct import *im, struct err *e)
{
	struct level *level = &im->levels[im->depth - 1], *up = im->depth > 1 ? level - 1 : NULL;
	struct store_entry entry = {.mode = MODE_DIR};
	bool empty = !level->entries.n;
	int rc = 0;

	buf_cut(&im->path, level->path_length);
	if (!empty || !up)
		rc = store_tree_write(im->s, &level->entries, &entry.id, e);
	if (!up)
		im->io->tree = entry.id;
	/* A folder of empty folders comes with them; one of things left out is not empty. */
	if (empty && up && !level->list.n)
		vec_push(im->a, &im->empty, str_dup(im->a, buf_str(&im->path)));
	if (!empty && up) {
		entry.name = str_of(up->list.v[up->next - 1].name);
		vec_push(&up->a, &up->entries, entry);
	}
	close(level->fd);
	arena_free(&level->a);
	im->depth--;
	return rc;
}

static int
import_entry(struct import *im, struct level *level, const struct fs_entry *found, struct err *e)
{
	struct store_entry entry = {.name = str_of(found->name)};
	const char *fault;
	int rc;

	if (im->io->skip_git && im->depth == 1 && strcmp(found->name, ".git") == 0)
		return 0;
	if (im->io->leave_out && im->io->leave_out(im->io->ctx, im->path.s))
		return 0;
	if (++im->entries > im->entries_max)
		return err_set(e, ERR_PARSE, "more than %llu entries, at %s",
			       (unsigned long long)im->entries_max, shown(im));
	fault = store_name_fault(entry.name);
	if (fault)
		return err_set(e, ERR_PARSE, "%s: %s", fault, shown(im));
	if (S_ISDIR(found->type))
		return enter(im, level->fd, found->name, false, e);
	if (S_ISREG(found->type))
		rc = import_file(im, level->fd, found->name, &entry, e);
	else if (S_ISLNK(found->type))
		rc = import_link(im, level->fd, found->name, &entry, e);
	else
		rc = err_set(e, ERR_PARSE, "%s is %s", shown(im), kind_name(found->type));
	if (rc == 0)
		vec_push(&level->a, &level->entries, entry);
	return rc;
}

static int
step(struct import *im, struct err *e)
{
	struct level *level = &im->levels[im->depth - 1];
	const struct fs_entry *found;

	if (proc_interrupted)
		return err_set(e, ERR_INTERRUPTED, "importing %s: interrupted", im->root);
	if (level->next == level->list.n)
		return leave(im, e);
	found = &level->list.v[level->next++];
	buf_cut(&im->path, level->path_length);
	if (level->path_length)
		buf_addc(&im->path, '/');
	buf_adds(&im->path, found->name);
	return import_entry(im, level, found, e);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
store_tree_import(struct store *s, struct arena *a, int dirfd, const char *path, struct store_import *io,
		  struct err *e)
{
	struct import im = {.s = s, .a = a, .io = io, .root = path};
	int rc;

	im.depth_max = io->max_depth ? io->max_depth : IMPORT_DEPTH;
	if (im.depth_max > STORE_DEPTH_MAX)
		im.depth_max = STORE_DEPTH_MAX;
	im.entries_max = io->max_entries ? io->max_entries : IMPORT_ENTRIES;
	im.bytes_max = io->max_bytes ? io->max_bytes : IMPORT_BYTES;
	io->newest = 0;
	io->files = io->bytes = 0;
	io->tree = (struct oid){0};
	im.path = buf_new(&im.own);
	im.levels = arena_array(&im.own, struct level, im.depth_max + 1);
	rc = enter(&im, dirfd, path, true, e);
	while (rc == 0 && im.depth)
		rc = step(&im, e);
	while (im.depth) {
		im.depth--;
		close(im.levels[im.depth].fd);
		arena_free(&im.levels[im.depth].a);
	}
	if (im.empty.n)
		qsort(im.empty.v, im.empty.n, sizeof(*im.empty.v), by_name);
	io->empty_dirs = im.empty.v;
	io->empty_dir_count = im.empty.n;
	free(im.bytes);
	arena_free(&im.own);
	return rc < 0 ? err_note(e, "importing %s", path) : 0;
}
