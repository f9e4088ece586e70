/* unpack.h - one archive on its way into a folder: unpack.c reads it, entry.c writes what it says. */
#ifndef FETCH_WORKER_UNPACK_H
#define FETCH_WORKER_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "fetch/worker/worker.h"

enum {
	PATH_ROOM = 4096, /* more than the longest name that is allowed */
};

struct unpack {
	int out; /* the folder that is filled */
	int dir; /* the folder `dir_path` in it, the parent of the entry at hand */
	char dir_path[PATH_ROOM];
	uint64_t bytes, entries; /* so far; folders that are made on the way count */
	uint64_t max_bytes, max_entries, max_depth, max_name;
	const char *name; /* of the entry at hand, as the archive has it */
	struct fail *f;
};

/* The name of an entry made plain: no `.` and empty parts; `..`, absolute names, `.git` and what is
 * too long or deep are refused. "" is the root. */
int entry_path(struct unpack *u, const char *name, char to[PATH_ROOM]);
/* A folder, with its parents; what else had the name is replaced. */
int entry_dir(struct unpack *u, const char *path);
/* A new empty file in the place of whatever had the name; returns its descriptor. */
int entry_file(struct unpack *u, const char *path, bool executable);
int entry_symlink(struct unpack *u, const char *path, const char *target);
/* A hard link becomes a copy of the file (or symbolic link) that it names. */
int entry_copy(struct unpack *u, const char *path, const char *from, int64_t mtime);
/* Sets the time, which is kept in what every file system can hold, and closes. */
int entry_close(struct unpack *u, int fd, int64_t mtime);
/* Counts bytes that are about to be written. */
int entry_count_bytes(struct unpack *u, uint64_t n);
int entry_refuse(struct unpack *u, const char *fmt, ...) PRINTF(2, 3);

#endif
