/* evaluate.h - one candidate's filters and formulas, evaluated for this platform. */
#ifndef REPO_EVALUATE_H
#define REPO_EVALUATE_H

#include "repo/universe.h"

struct evaluate {
	const struct opam_scope *platform;
	bool with_test, with_doc;
};
/* Fills depends, depopts, conflicts, available, avoid and unavailable of a version whose name, version,
 * definition and pin are set. */
int repo_evaluate(struct arena *a, const struct evaluate *how, struct version *v, struct err *e);

#endif
