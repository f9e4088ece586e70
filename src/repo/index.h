/* index.h - where the versions of each name lie in the snapshots: `packages/` of every repository is
 * listed once, the rest is looked up when a name is asked for.
 */
#ifndef REPO_INDEX_H
#define REPO_INDEX_H

#include "base/map.h"
#include "repo/repo.h"

/* A folder beneath packages/: of a name, or (flat layout) of one version. */
struct repo_place {
	const struct repo *repo;
	struct oid tree;
	struct str version;      /* empty: the folder of the name */
	struct repo_place *next; /* of the same name, in order of the repositories */
};
struct repo_index {
	const struct repos *repos;
	struct map names; /* struct repo_place * */
};

int repo_index_open(struct store *s, struct arena *a, const struct repos *repos, struct repo_index *out,
		    struct err *e);
/* As repo_versions(). */
int repo_index_versions(struct store *s, struct arena *a, const struct repo_index *index, struct str name,
			struct repo_packages *out, struct err *e);

#endif
