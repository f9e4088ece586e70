/* candidate.h - the candidates of one name, from repositories, a pin and the ledger, each evaluated: what
 * universe.c puts together. Internal to repo/.
 */
#ifndef REPO_CANDIDATE_H
#define REPO_CANDIDATE_H

#include "repo/index.h"
#include "repo/universe.h"

/* What universe_load() has in hand. */
struct loader {
	struct store *s;
	struct arena *a;
	const struct universe_request *r;
	const struct opam_scope *platform;
	struct repo_index index;
	struct universe *u;
	struct map queued, tests, docs, dev_setups;
	struct map installed; /* const struct universe_installed * by name */
	struct map pins;      /* const struct universe_pin * by name */
	VEC(struct str) queue;
	VEC(struct package *) found;
	struct arena scratch; /* parts of definitions, until their name is done */
	struct err *e;
};

typedef VEC(struct version *) version_list;

/* The names in a formula are to be loaded too (universe.c). */
void universe_reach(struct loader *l, const struct opam_formula *f);

/* NULL and *rc 0: its definition is a finding. */
struct version *candidate_of_repo(struct loader *l, const struct repo_package *p, int *rc);
/* The only version of a pinned name. */
struct version *candidate_of_pin(struct loader *l, const struct universe_pin *pin,
				 const struct repo_packages *in_repos, int *rc);
/* The installed version takes the place of its equal in the repository, which stays as `fresh` when
 * its definition is another one now. */
int candidate_installed(struct loader *l, version_list *list, const struct universe_installed *in);
/* The definition of an installed version, as it was recorded. */
int candidate_recorded(struct store *s, struct arena *a, struct str name, const struct oid *id,
		       const struct opam_definition **out, struct err *e);

#endif
