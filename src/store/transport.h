/* transport.h - Git repositories elsewhere: what they offer, and bringing it here.
 *
 * file, http, https, git by libgit2; ssh by the user's ssh program through git itself.
 */
#ifndef STORE_TRANSPORT_H
#define STORE_TRANSPORT_H

#include "store/store.h"

/* Refs that a remote offers; name "HEAD" comes first when it has one. */
int store_remote_refs(struct store *s, struct arena *a, const char *url, struct store_refs *out,
		      struct err *e);
/* Fetches what `want` (a branch, a tag, a full ref, a commit id, or NULL for HEAD) names and keeps it as
 * keep_ref; returns the commit (tags peeled). A commit that no ref names is looked for in all refs. */
int store_remote_fetch(struct store *s, struct arena *a, const char *url, const char *want,
		       const char *keep_ref, struct oid *commit, struct err *e);

/* What a work tree or bare repository on this machine says of itself; used for path pins and for
 * repositories that are folders. ERR_NOTFOUND when path is in none. */
struct store_worktree {
	struct str top;     /* the work tree */
	struct str prefix;  /* of path in it, "" at the top */
	struct oid head;    /* commit; none if unborn */
	struct oid subtree; /* HEAD:prefix; none if it is not there */
	int64_t head_time;  /* committer time */
	struct str *files;  /* tracked, and (with_untracked) untracked-not-ignored, relative to path */
	size_t file_count;
	size_t untracked; /* how many untracked-not-ignored there are */
};
int store_worktree(struct arena *a, const char *path, bool with_untracked, struct store_worktree *out,
		   struct err *e);

#endif
