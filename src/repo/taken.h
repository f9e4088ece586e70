/* taken.h - which snapshots of a repository have been in use, and since when.
 *
 * refs/pkg/snapshots/<name> is a chain of commits, one for each snapshot that `repo add`, `update` or
 * `set-url` took: its tree is the snapshot's, its first parent the entry before (the oldest has none),
 * its last parent the snapshot. So no snapshot is lost, and plain Git shows what changed and when.
 */
#ifndef REPO_TAKEN_H
#define REPO_TAKEN_H

#include "repo/repo.h"

struct repo_taken {
	struct oid commit;         /* the snapshot */
	struct oid entry, before;  /* of the chain; before: none for the oldest */
	int64_t time;              /* when it was taken */
	struct str url;            /* from there */
	struct str etag, modified; /* what an HTTP server said of it; else empty */
};
struct repo_takens {
	struct repo_taken *v;
	size_t n, room;
};

/* The newest entry. ERR_NOTFOUND when there is none. */
int repo_taken_last(struct store *s, struct arena *a, struct str name, struct repo_taken *out, struct err *e);
/* All entries, newest first; none is no error. */
int repo_taken_list(struct store *s, struct arena *a, struct str name, struct repo_takens *out,
		    struct err *e);
/* Writes down that a snapshot is in use (entry, before and time are filled in here). When it is the
 * newest already, only what the server said is replaced. */
int repo_taken_note(struct store *s, struct arena *a, struct str name, const struct repo_taken *taken,
		    struct err *e);
int repo_taken_forget(struct store *s, struct arena *a, struct str name, struct err *e);

#endif
