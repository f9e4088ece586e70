/* history.h - what a repository was at other times.
 *
 * A Git repository has its own history, of which the first-parent line is what it was; of any other
 * only the snapshots are known that were taken here (taken.h).
 */
#ifndef REPO_HISTORY_H
#define REPO_HISTORY_H

#include "repo/repo.h"

struct repo_moment {
	struct oid commit;
	struct oid upstream; /* of a directory's clean snapshot */
	int64_t time;        /* of the content, as far as it is known, else when it was taken */
	int64_t taken;       /* when it was taken here; 0: it never was */
	struct str subject, url;
};
struct repo_moments {
	struct repo_moment *v;
	size_t n, room;
};
/* Newest first, at most limit; only_taken: only what has been in use here. */
int repo_history(struct store *s, struct arena *a, const struct repo *repo, size_t limit, bool only_taken,
		 struct repo_moments *out, struct err *e);

/* Puts every repository back to what it was: when is a commit (4 to 40 hex digits), which is looked for in
 * all of them, the others being put back to its time; or a date (base/date.h); NAME@WHEN concerns one
 * repository alone. ERR_NOTFOUND for a commit that none has. One whose history begins later becomes
 * `unknown`: ERR_NOTFOUND for who reads it, and for nobody else. */
int repos_at(struct store *s, struct arena *a, struct str when, int64_t now, struct repos *repos,
	     struct err *e);

#endif
