/* evaluate.h - one candidate's filters and formulas, evaluated for this platform. */
#ifndef REPO_EVALUATE_H
#define REPO_EVALUATE_H

#include "repo/slim.h"
#include "repo/universe.h"

struct evaluate {
	const struct opam_scope *platform;
	bool with_test, with_doc, with_dev_setup;
};
/* Fills depends, depopts, conflicts, conflict_class, available, avoid and unavailable of a version whose
 * name, version and pin are set. Texts of the definition's parts are borrowed, its values are not. */
int repo_evaluate(struct arena *a, const struct evaluate *how, const struct slim *slim, struct version *v,
		  struct err *e);

#endif
