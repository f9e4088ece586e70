/* lint.h - what is wrong or doubtful in a definition, under opam's numbers.
 *
 *	struct opam_findings found = {0};
 *	opam_lint(a, "packages/x/x.1.0/opam", text, &found);
 */
#ifndef OPAM_LINT_H
#define OPAM_LINT_H

#include "opam/definition.h"

/* What the numbers stand for, in their order; pkg-lint(1) says the same. */
struct opam_lint;
struct opam_lint_rule {
	int id;
	bool error; /* else a warning */
	const char *text;
	void (*check)(struct opam_lint *l); /* NULL: found by the reading itself, or by the caller */
};
extern const struct opam_lint_rule opam_lint_rules[];
extern const size_t opam_lint_rule_count;

/* The numbers of findings that others make. */
enum { LINT_SYNTAX = 1, LINT_FORMAT = 2, LINT_EXTRA_FILES = 53 };

/* Everything that is found in the text is added to out, in order of place. All syntax errors are: behind
 * one, reading goes on with the next field. The path is shown in places, and tells name and version when
 * it ends in NAME.VERSION/opam. The text and the path are borrowed. When d is not NULL, it is what could
 * be read; its format is empty when that is nothing. */
void opam_lint(struct arena *a, const char *path, struct str text, struct opam_findings *out,
	       struct opam_definition *d);

#endif
