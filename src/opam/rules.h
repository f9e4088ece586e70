/* rules.h - what the checks of lint share; internal to opam/. */
#ifndef OPAM_RULES_H
#define OPAM_RULES_H

#include "opam/lint.h"

struct opam_lint {
	struct arena *a;
	const struct opam_definition *d;
	const struct opam_lint_rule *rule; /* the one that is checked */
	struct opam_findings *out;
	struct str name, version; /* that the path tells; or empty */
};

/* A finding of the rule at a field (NULL, or not there: the start of the file); fmt says about what, and
 * may be NULL. */
void opam_lint_found(struct opam_lint *l, const char *field, const char *fmt, ...) PRINTF(3, 4);
/* The same at any place. */
void opam_lint_found_at(struct opam_lint *l, struct opam_span at, const char *fmt, ...) PRINTF(3, 4);

/* The text of a file with its syntax errors, which are added to out, blanked out; every other byte has
 * kept its place. */
struct opam_text opam_recover(struct arena *a, const char *path, struct str text, struct opam_findings *out);

typedef void opam_lint_check(struct opam_lint *l);
/* lint_fields.c */
opam_lint_check opam_lint_name, opam_lint_patch, opam_lint_version, opam_lint_empty, opam_lint_maintainer,
	opam_lint_authors, opam_lint_no_install, opam_lint_os, opam_lint_homepage, opam_lint_bugs,
	opam_lint_repo, opam_lint_make, opam_lint_plugin, opam_lint_unclosed, opam_lint_conf,
	opam_lint_synopsis, opam_lint_old_builds, opam_lint_light, opam_lint_spaces, opam_lint_no_synopsis,
	opam_lint_run_test, opam_lint_license, opam_lint_no_license, opam_lint_twice;
/* lint_formula.c */
opam_lint_check opam_lint_local_depends, opam_lint_both, opam_lint_ocaml, opam_lint_local_available,
	opam_lint_undeclared, opam_lint_post, opam_lint_negated, opam_lint_normal, opam_lint_old_tests,
	opam_lint_text_filters;
/* lint_source.c */
opam_lint_check opam_lint_dev_repo, opam_lint_suffix, opam_lint_no_checksum, opam_lint_relative,
	opam_lint_needless_checksum, opam_lint_url_twice, opam_lint_extra_twice;

/* Whether a licence is written in SPDX's terms. */
bool opam_spdx(struct str expression);

#endif
