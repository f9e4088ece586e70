/* expand.h - references to variables and their values, in one pass or in two; internal to opam/.
 *
 * Dependencies are read in two passes (spec: first every variable but `build` and `post`, strictly,
 * then these two). `first` is then the scope of the strict pass; else it is NULL.
 */
#ifndef OPAM_EXPAND_H
#define OPAM_EXPAND_H

#include "opam/filter.h"

struct opam_passes {
	struct arena *a;
	const struct opam_scope *first; /* what it does not know stays undefined, also within a text */
	const struct opam_scope *last;  /* what it does not know is empty within a text */
};

enum opam_pass { PASS_FIRST, PASS_ALL };

/* `a+b:v?yes:no`, cut. */
struct opam_ref {
	struct str packages; /* joined by `+`, unless whole; empty: a bare variable */
	bool whole;          /* packages is one name, a `+` in it is part of it */
	struct str name;
	bool converted;
	struct str yes, no;
	bool bad; /* a package name is not valid */
};

/* Cuts what stands between %{ and }%, or an identifier. */
struct opam_ref opam_ref_cut(struct str text, bool interpolated);
/* Calls found() for each variable that the reference asks for. */
void opam_ref_each(const struct opam_ref *ref, void (*found)(void *ctx, struct str package, struct str name),
		   void *ctx);
struct opam_var opam_ref_value(const struct opam_passes *p, enum opam_pass pass, const struct opam_ref *ref);
/* Expands %{...}% once. A value is put through escape() when that is given. False when a name in it
 * is not valid, or, in the first pass, when something in it is undefined. */
bool opam_expand_pass(const struct opam_passes *p, enum opam_pass pass, struct str text,
		      struct str (*escape)(struct arena *a, struct str s), struct str *out);

#endif
