/* select.h - the versions that `pkg list` is asked for: opam's selectors over a catalog.
 *
 * Patterns are alternatives of each other, as the packages of one dependency selector are; everything else
 * narrows what is left.
 */
#ifndef REPO_SELECT_H
#define REPO_SELECT_H

#include "repo/catalog.h"

enum select_state {
	SELECT_INSTALLED = 1 << 0,
	SELECT_ROOTS = 1 << 1,
	SELECT_AVAILABLE = 1 << 2,
	SELECT_PINNED = 1 << 3,
};
/* Atoms of a dependency selector: NAME, NAME.VERSION, 'NAME>=1.2&<2'. */
struct select_atoms {
	const struct opam_formula **v;
	size_t n;
};
struct select {
	struct opam_strings patterns;    /* globs, of names or of name.version */
	unsigned states;                 /* enum select_state: each must hold; 0: all */
	unsigned flags;                  /* enum opam_flag: all of them must be there */
	struct opam_strings tags, repos; /* all of the tags, one of the repositories */
	struct opam_strings fields;      /* "FIELD:GLOB", found anywhere in the field */
	struct select_atoms depends_on, required_by, conflicts_with;
	bool recursive; /* through the version that stands for each package, or all with all_versions */
	bool depopts;
	bool all_versions;  /* else one for each name (catalog_best) */
	bool by_dependency; /* in an order in which they could be installed; else by name */
};
struct selected {
	struct catalog_version **v;
	size_t n, room;
};

int select_versions(struct catalog *c, const struct select *what, struct selected *out, struct err *e);
/* Which names a catalog has to be opened with, for catalog_open(); ctx is the struct select. */
bool select_wants(void *ctx, struct str name);

/* --- the parts of it --- */

/* A set of versions, in the order in which they joined it. */
struct select_set {
	bool *has; /* by id */
	struct selected list;
};
struct select_set select_set_new(const struct catalog *c);
/* False when it is there already. */
bool select_add(const struct catalog *c, struct select_set *set, struct catalog_version *v);
/* Calls visit for each atom of a formula; -1 stops. */
typedef int select_atom_fn(void *ctx, const struct opam_formula *atom, struct err *e);
int select_each_atom(const struct opam_formula *f, select_atom_fn *visit, void *ctx, struct err *e);
/* What the dependency selectors of a question come to. */
struct select_deps {
	struct select_set named, excluded; /* by depends_on, by conflicts_with */
	struct select_set users, needed;   /* of depends_on with recursive; of required_by */
	/* Of `excluded`: what their conflicts name, what they are called and of which classes they are. */
	struct map foes, names, classes;
};
/* ERR_NOTFOUND when no version fits an atom. */
int select_prepare(struct catalog *c, const struct select *what, struct select_deps *out, struct err *e);
/* Whether a version depends on, is needed by, and excludes one that is meant. */
int select_by_deps(struct catalog *c, const struct select *what, const struct select_deps *deps,
		   struct catalog_version *v, bool *yes, struct err *e);
/* Dependencies before those that need them; cycles are cut. */
int select_sort(struct catalog *c, struct selected *list, struct err *e);

#endif
