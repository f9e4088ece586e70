/* formula.h - dependency formulas with their filters gone, and what satisfies them. */
#ifndef OPAM_FORMULA_H
#define OPAM_FORMULA_H

#include "opam/filter.h"

/* A condition on a version; NULL stands for any version. */
struct opam_range {
	enum { RANGE_REL, RANGE_AND, RANGE_OR } kind;
	enum opam_op op;
	struct str version;
	const struct opam_range *left, *right;
};

struct opam_formula {
	enum { FORMULA_TRUE, FORMULA_ATOM, FORMULA_AND, FORMULA_OR } kind;
	struct str name;                  /* atom */
	const struct opam_range *range;   /* atom; NULL: any version */
	bool post;                        /* atom: holds only with post: no order */
	bool build;                       /* atom: holds only with build */
	bool test, doc, dev_setup;        /* atom: holds only with with-test, with-doc, with-dev-setup */
	struct opam_span at;              /* atom: where it stands */
	const struct opam_formula **kids; /* and, or: n >= 2 */
	size_t n;
};

/* Which of the three fields it is: top-level juxtaposition means `and` in depends, `or` in the others. */
enum opam_formula_field { FORMULA_DEPENDS, FORMULA_DEPOPTS, FORMULA_CONFLICTS };

/* The six reserved variables; all others come from the scope. */
struct opam_dep_flags {
	bool build, post, with_test, with_doc, with_dev_setup, dev;
	bool undefined_counts_as; /* of a filter that stays undefined: false for the solver */
};

/* value may be NULL: FORMULA_TRUE. -1: the field is malformed (ERR_PARSE with its position). */
int opam_formula(struct arena *a, const struct opam_text *t, const struct opam_value *value,
		 enum opam_formula_field field, const struct opam_dep_flags *flags,
		 const struct opam_scope *scope, const struct opam_formula **out, struct err *e);
/* Whether the field is well-formed, whatever its variables are worth. */
int opam_formula_check(struct arena *a, const struct opam_text *t, const struct opam_value *value,
		       struct err *e);
bool opam_range_holds(const struct opam_range *range, struct str version);
/* Whether the formula holds; version_of() gives the version installed for a name, or an empty str. */
bool opam_formula_holds(const struct opam_formula *f, struct str (*version_of)(void *ctx, struct str name),
			void *ctx);
/* Whether some atom has this name. */
bool opam_formula_names(const struct opam_formula *f, struct str name);
/* As one would write it: `"zlib" {>= "1.2" & < "2"}` becomes `zlib >= 1.2 & < 2`. */
struct str opam_formula_text(struct arena *a, const struct opam_formula *f);
struct str opam_range_text(struct arena *a, const struct opam_range *range);
/* A request argument: `NAME`, `NAME.VERSION`, `NAME>=1.2&<2`. */
int opam_atom(struct arena *a, struct str text, const struct opam_formula **out, struct err *e);
/* Several of them, joined by `&`, `|` or `,` (which binds least), with parentheses; or a formula as in a
 * definition, with quoted names and without variables: an invariant, or a request with a choice. */
int opam_request(struct arena *a, struct str text, const struct opam_formula **out, struct err *e);

#endif
