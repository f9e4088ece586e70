/* catalog.h - every version that a question may concern, and what is known of it; for `list`, `search`.
 *
 *	catalog_open(&c, names)		all names, or those that a pattern leaves over
 *	catalog_slim(&c, v)		flags, tags, synopsis
 *	catalog_formulas(&c, v)		depends, depopts, conflicts
 *	catalog_available(&c, v)
 *
 * What costs something is read when it is asked for. A definition that cannot be read has empty parts and
 * is not available.
 */
#ifndef REPO_CATALOG_H
#define REPO_CATALOG_H

#include "base/map.h"
#include "repo/slim.h"

/* What the ledger knows of an installed package; its definition counts, not the repository's. */
struct catalog_installed {
	struct str name, version, repo;
	struct oid definition;
	bool root;
};
struct catalog_version {
	size_t id; /* below catalog.count */
	struct str name, version;
	const struct repo_package *package; /* NULL: no repository has it */
	const struct oid *definition;       /* of an installed one, which counts */
	struct str repo;                    /* where it is, or was, from; empty: a pin alone */
	bool installed, root, pinned;

	/* Filled by the functions below. */
	enum { CATALOG_ABOUT = 1, CATALOG_SLIM = 2, CATALOG_FORMULAS = 4, CATALOG_AVAILABLE = 8 } known;
	bool available, broken;
	const struct slim *slim;
	const struct opam_formula *depends, *depopts, *conflicts;
};
/* The versions of a name, newest first. */
struct catalog_name {
	struct str name;
	struct catalog_version *v;
	size_t n;
};
struct catalog {
	/* in */
	struct store *store;
	struct arena *a;
	const struct repos *repos;
	const struct opam_scope *platform;
	const struct catalog_installed *installed; /* sorted by name */
	size_t installed_count;
	const struct opam_strings *pins; /* names */
	bool with_test, with_doc, post;  /* which dependencies count */
	/* out */
	struct catalog_name *names; /* sorted */
	size_t n, count;            /* of names, of versions */
	struct map by_name;         /* struct catalog_name * */
};

/* wanted: NULL for all names, or says which. */
int catalog_open(struct catalog *c, bool (*wanted)(void *ctx, struct str name), void *ctx, struct err *e);
struct catalog_name *catalog_find(const struct catalog *c, struct str name);
/* Synopsis, tags, flags, `available`. */
int catalog_about(struct catalog *c, struct catalog_version *v, struct err *e);
/* These and the values of the formulas. */
int catalog_slim(struct catalog *c, struct catalog_version *v, struct err *e);
int catalog_formulas(struct catalog *c, struct catalog_version *v, struct err *e);
int catalog_available(struct catalog *c, struct catalog_version *v, struct err *e);
/* Whether the formulas, or the tags and synopsis, may hold a text: false is certain, and costs next to
 * nothing. */
bool catalog_may_need(const struct catalog_version *v, struct str text);
bool catalog_may_say(const struct catalog_version *v, struct str text);
/* The whole definition. */
int catalog_definition(struct catalog *c, const struct catalog_version *v, struct opam_definition *out,
		       struct err *e);
/* The one that stands for its name among those that accept() takes (NULL: all): the installed one, else the
 * newest that is available and no version to be avoided, else the newest available one, else the newest. NULL
 * when there is none. accept() is asked no more often than that takes. */
typedef int catalog_accept(void *ctx, struct catalog_version *v, bool *yes, struct err *e);
int catalog_best(struct catalog *c, struct catalog_name *name, catalog_accept *accept, void *ctx,
		 struct catalog_version **out, struct err *e);

#endif
