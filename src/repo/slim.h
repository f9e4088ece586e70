/* slim.h - the few parts of a definition that solving, listing and searching read.
 *
 * The index (index.h) keeps them for every version, so no definition has to be read from Git for
 * them: all versions of the real repository cost milliseconds. What else a definition holds:
 * repo_definition().
 *
 *	repo_names(s, a, repos, &names, e)
 *	repo_versions(s, a, repos, names.v[i], &found, e)	newest first
 *	repo_slim(s, a, &found.v[0], &slim, e)			its synopsis, tags, formulas
 */
#ifndef REPO_SLIM_H
#define REPO_SLIM_H

#include "base/buf.h"
#include "repo/repo.h"

struct slim {
	unsigned flags; /* enum opam_flag */
	struct str synopsis;
	struct opam_strings tags;

	/* Evaluated by opam_formula(), opam_filter(). NULL: absent. */
	const struct opam_value *depends, *depopts, *conflicts, *available;
	struct opam_strings conflict_class;
	bool moving;           /* the source is no fixed thing: the variable `dev` */
	struct opam_text text; /* holds the places of the values above; may hold nothing else */
};

/* The parts of a definition. */
void slim_of(const struct opam_definition *d, struct slim *out);
/* What the index has of a version. A definition that cannot be read fails as in repo_definition(). */
int repo_slim(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out,
	      struct err *e);
/* The same without depends, depopts and conflicts, which stay NULL: half the cost. */
int repo_about(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out,
	       struct err *e);

/* The same from the index alone; texts borrow from there, not from a. False: the definition is to be asked.
 */
bool slim_of_index(struct arena *a, const struct repo_package *p, struct slim *out);

/* As bytes (base/pack.h), without the flags: formulas, and what is told of the version. False: a form
 * that only the definition itself can give. */
bool slim_pack(const struct opam_definition *d, struct buf *formulas, struct buf *about);
/* Safe against any bytes; texts borrow from them. Not whole: as repo_about(). */
bool slim_unpack(struct arena *a, struct str formulas, bool whole, struct slim *out);
bool slim_unpack_about(struct arena *a, struct str about, struct slim *out);

#endif
