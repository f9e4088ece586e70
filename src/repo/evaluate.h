/* evaluate.h - one candidate's filters and formulas, evaluated for this platform. */
#ifndef REPO_EVALUATE_H
#define REPO_EVALUATE_H

#include "repo/slim.h"
#include "repo/universe.h"

/* What the filters of a definition see: the platform and the package's own name and version. Variables of
 * packages are undefined: nothing is installed yet while solving. */
struct own_scope {
	struct opam_scope scope; /* to be given on; points to this */
	const struct opam_scope *platform;
	struct str name, version;
};
void own_scope_set(struct own_scope *own, const struct opam_scope *platform, struct str name,
		   struct str version);

struct formulas {
	const struct opam_formula *depends, *depopts, *conflicts;
};
/* Evaluated under flags, which count in conflicts for nothing: opam leaves them undefined there, so a
 * conflict that hangs on one of them never strikes. */
int repo_formulas(struct arena *a, const struct opam_dep_flags *flags, const struct opam_scope *scope,
		  const struct slim *slim, struct formulas *out, struct err *e);

struct evaluate {
	const struct opam_scope *platform;
	bool with_test, with_doc, with_dev_setup;
};
/* Fills depends, depopts, conflicts, conflict_class, available, avoid and unavailable of a version whose
 * name, version and pin are set. Texts of the definition's parts are borrowed, its values are not. */
int repo_evaluate(struct arena *a, const struct evaluate *how, const struct slim *slim, struct version *v,
		  struct err *e);

#endif
