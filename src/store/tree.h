/* tree.h - folders on disk to trees in the store, and back. */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include "store/store.h"

struct store_import {
	/* in */
	uint64_t max_bytes, max_entries; /* 0: 2 GiB, 200,000 */
	unsigned max_depth;              /* 0: 100 */
	bool skip_git;                   /* leave out `.git` at the top; elsewhere `.git` is refused */
	bool refuse_hard_links;          /* a file with a second name is refused: archives */
	/* May be NULL; what it names is not imported. Asked for folders too: one that is left out is not
	 * entered. */
	bool (*leave_out)(void *ctx, const char *path);
	void *ctx;
	/* out */
	struct oid tree;
	/* Sorted paths of folders without entries: Git cannot hold them. One whose entries were all left
	 * out is not among them. */
	struct str *empty_dirs;
	size_t empty_dir_count;
	int64_t newest; /* mtime of the newest regular file, 0 if none */
	uint64_t files, bytes;
};
/* Regular files (0755 when the owner may execute, else 0644) and symbolic links; anything else and
 * names that Git refuses are errors. No link is followed. */
int store_tree_import(struct store *s, struct arena *a, int dirfd, const char *path, struct store_import *io,
		      struct err *e);

/* Writes the tree into the folder `path`, which must be empty or missing. Checks names and counts
 * first; writes only beneath. Times are set to mtime when it is not 0. */
int store_tree_export(struct store *s, const struct oid *tree, int dirfd, const char *path, int64_t mtime,
		      struct err *e);

#endif
