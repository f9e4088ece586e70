/* snapshot.h - from the address of a repository to a commit in the store that holds it.
 */
#ifndef REPO_SNAPSHOT_H
#define REPO_SNAPSHOT_H

#include "repo/repo.h"
#include "repo/taken.h"

enum repo_kind { REPO_FOLDER, REPO_GIT, REPO_HTTP };

/* What an address names. Relative paths become absolute in *normal, which is what config keeps.
 * ERR_USAGE for an address that cannot be a repository. */
int repo_address(struct arena *a, struct str url, enum repo_kind *kind, struct str *normal, struct err *e);

/* Brings the present content into the store (flushed) and checks that it is a package repository. Fills
 * commit, url and what the server said of it. The ref refs/pkg/repo/<name> does not move. */
int repo_snapshot(const struct fetch *f, struct arena *a, const struct repo *repo, struct repo_taken *taken,
		  struct err *e);
/* Fills commit, tree, upstream, upstream_path and dirty from a snapshot commit. */
int repo_snapshot_read(struct store *s, struct arena *a, const struct oid *commit, struct repo *repo,
		       struct err *e);
/* refs/pkg/repo/<name> */
const char *repo_ref(struct arena *a, struct str name);

#endif
