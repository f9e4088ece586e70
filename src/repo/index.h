/* index.h - the names and versions of the repositories, from one mapped file for each repository tree:
 * <root>/index/<tree id> (indexfile.h).
 *
 * The files are derived. One that is missing, torn, foreign or of another tree is made again, from the
 * newest other one where that helps; a folder that cannot be written only means that nothing is kept.
 * What is returned borrows from the mapping, which lives as long as the arena of the repositories.
 */
#ifndef REPO_INDEX_H
#define REPO_INDEX_H

#include "repo/indexfile.h"
#include "repo/repo.h"

/* Where the files lie, and those that are open. */
struct repo_indexes {
	struct arena *a;
	const char *dir;
	VEC(const struct index_file *) open;
};
struct repo_indexes *repo_indexes_new(struct arena *a, const char *dir);

struct repo_index {
	const struct repos *repos;
	const struct index_file **files; /* of each repository; NULL: it has no snapshot yet */
};
int repo_index_open(struct store *s, struct arena *a, const struct repos *repos, struct repo_index *out,
		    struct err *e);
/* As repo_versions(), repo_names(). */
int repo_index_versions(struct store *s, struct arena *a, const struct repo_index *index, struct str name,
			struct repo_packages *out, struct err *e);
void repo_index_names(struct arena *a, const struct repo_index *index, struct opam_strings *out);
/* Makes what is missing and removes the files of trees that no repository has; for the holder of the
 * root's lock. An error here costs time later, no more. */
int repo_index_refresh(struct store *s, struct arena *a, const struct repos *repos, struct err *e);

#endif
