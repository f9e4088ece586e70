/* indexbuild.h - the index of a repository tree, made from Git's objects without a checkout: one
 * definition in memory at a time.
 */
#ifndef REPO_INDEXBUILD_H
#define REPO_INDEXBUILD_H

#include "repo/indexfile.h"

/* The bytes of the index. What has the same folder in base, the index of another tree (or NULL), is
 * taken from there, so the cost is that of the changes. A folder or definition that cannot be read is
 * no error: the index says so, and whoever asks for it gets the error. */
int index_build(struct store *s, struct arena *a, const struct oid *tree, const struct index_file *base,
		struct str *out, struct err *e);
/* Where and why, of a definition that cannot be read (INDEX_BROKEN). */
bool index_broken(struct str formulas, struct pos *at, struct str *why);

#endif
