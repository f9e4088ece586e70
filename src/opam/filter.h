/* filter.h - filters: expressions over variables, three-valued. */
#ifndef OPAM_FILTER_H
#define OPAM_FILTER_H

#include "opam/value.h"

/* What a variable or a filter is worth. */
struct opam_var {
	enum { VAR_UNDEFINED, VAR_BOOL, VAR_STRING, VAR_LIST } kind;
	bool b;
	struct str s;
	struct str *list;
	size_t n;
};

/* Where variables get their values. package is empty for a bare `name`, "_" for the package itself.
 * get() leaves *out undefined for what it does not know; what it returns may live in a. */
struct opam_scope {
	void (*get)(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
		    struct opam_var *out);
	void *ctx;
};

#define VAR_IS_BOOL(x) ((struct opam_var){.kind = VAR_BOOL, .b = (x)})
#define VAR_IS_STR(x) ((struct opam_var){.kind = VAR_STRING, .s = (x)})

/* 0 and *out, or -1 when the value is no filter (ERR_PARSE with its position). NULL is true. */
int opam_filter(struct arena *a, const struct opam_text *t, const struct opam_value *filter,
		const struct opam_scope *scope, struct opam_var *out, struct err *e);
/* Whether the value is a filter at all; NULL is. */
int opam_filter_check(const struct opam_text *t, const struct opam_value *filter, struct err *e);
/* The truth used to keep or drop something; anything but a boolean counts as when_undefined. */
bool opam_truth(struct opam_var v, bool when_undefined);
/* Expands %{...}% once; what is undefined becomes empty. */
struct str opam_expand(struct arena *a, struct str text, const struct opam_scope *scope);
/* Calls found(ctx, package, name) for each variable that a filter (or any other value, say a list of
 * commands) or an interpolated text asks for, in source order, repeats included: what an input id has
 * to know. `a+b:v` asks for two, `p:enable` for p:installed. */
void opam_filter_variables(const struct opam_value *filter,
			   void (*found)(void *ctx, struct str package, struct str name), void *ctx);
void opam_text_variables(struct str text, void (*found)(void *ctx, struct str package, struct str name),
			 void *ctx);
/* The text of a value: what an interpolation would insert. */
struct str opam_var_text(struct arena *a, struct opam_var v);

#endif
