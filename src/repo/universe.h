/* universe.h - all candidate packages of a request: the names it can reach, with filters evaluated. */
#ifndef REPO_UNIVERSE_H
#define REPO_UNIVERSE_H

#include "base/map.h"
#include "repo/repo.h"

/* A pinned package: only this version exists for its name. */
struct universe_pin {
	struct str name, version; /* version empty: the definition's, else the newest in the repositories,
				     else "dev" */
	struct str url;           /* where its source is */
	const struct opam_definition *definition; /* the one used (from its source, else the repository's) */
	struct oid definition_id;                 /* blob */
	struct oid folder;                        /* none, or the tree that holds files/ */
	const struct repo *repo;                  /* the repository its definition came from, or NULL */
};

/* An installed package, from the ledger; counts as available also when the repository lost it. */
struct universe_installed {
	struct str name, version;
	const struct opam_definition *definition; /* NULL: read by definition_id where it is needed */
	struct oid definition_id;
	bool root; /* the user asked for it */
};

/* One candidate. */
struct version {
	struct str name, version;
	uint32_t rank; /* place among its name's candidates, 0 the newest */
	struct oid definition_id, folder;
	const struct opam_definition *definition; /* of a pin or an installed one; mostly NULL: see
						     universe_definition() */
	struct str path;
	const struct repo *repo; /* NULL: of a pin or of the ledger only */
	const struct universe_pin *pin;
	const struct opam_formula *depends, *depopts, *conflicts;
	struct opam_strings conflict_class;
	bool available, avoid, installed, pinned;
	struct str unavailable; /* why not: the filter with its values */
	/* Of an installed version whose definition the repository or pin has changed since: the version as
	 * it is there now; what a reinstallation uses. NULL: unchanged. */
	struct version *fresh;
};
struct package {
	struct str name;
	size_t index;              /* place in universe.packages */
	struct version **versions; /* newest first */
	size_t n;
};
struct universe {
	struct package **packages; /* sorted by name */
	size_t n;
	struct map by_name; /* struct package * */
	const struct opam_scope *platform;
	struct opam_findings findings; /* definitions that could not be read: skipped, not fatal */
};

struct universe_request {
	const struct opam_strings *names; /* that the request names; closure starts here */
	const struct universe_installed *installed;
	size_t installed_count;
	const struct universe_pin *pins;
	size_t pin_count;
	const struct opam_formula *invariant; /* NULL: none */
	/* Names whose with-test, with-doc, with-dev-setup dependencies count. */
	const struct opam_strings *test_names, *doc_names, *dev_setup_names;
};
/* platform answers arch, os, os-family, os-distribution, os-version, opam-version, switch variables. */
int universe_load(struct store *s, struct arena *a, const struct repos *repos,
		  const struct opam_scope *platform, const struct universe_request *r, struct universe **out,
		  struct err *e);
/* The whole definition of a candidate, read when it is asked for. */
int universe_definition(struct store *s, struct arena *a, const struct version *v,
			const struct opam_definition **out, struct err *e);
const struct package *universe_package(const struct universe *u, struct str name);
const struct version *universe_version(const struct universe *u, struct str name, struct str version);

#endif
