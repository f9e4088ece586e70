/* typed.h - reading lists, options and commands off a value; internal to opam/. */
#ifndef OPAM_TYPED_H
#define OPAM_TYPED_H

#include "opam/definition.h"

/* Elements of a list. */
struct opam_seq {
	const struct opam_value *const *v;
	size_t n;
};

/* The elements of a field that is a list of depth `depth`. A value of less depth (judged from first
 * elements) is wrapped as often as needed: *self keeps it, and *flat tells that even an element is
 * to be wrapped once more. -1 when the value is no list although it is deep enough. */
int opam_elements(const struct opam_text *t, const struct opam_value *const *self, unsigned depth,
		  struct opam_seq *out, bool *flat, struct err *e);
/* `value {filter}`: both parts; the filter is NULL when it is not there. Checked to be a filter. */
int opam_option(const struct opam_text *t, const struct opam_value *v, const struct opam_value **value,
		const struct opam_value **filter, struct err *e);
int opam_string(const struct opam_text *t, const struct opam_value *v, struct str *out, struct err *e);
/* Strings of a list, or a single one. */
int opam_string_list(struct arena *a, const struct opam_text *t, const struct opam_value *v,
		     struct opam_strings *out, struct err *e);
/* Strings with filters; trimmed where they are messages. */
int opam_filtered_list(struct arena *a, const struct opam_text *t, const struct opam_value *v, bool trim,
		       struct opam_filtereds *out, struct err *e);
int opam_commands_check(const struct opam_text *t, const struct opam_value *v, struct err *e);
int opam_env_list(struct arena *a, const struct opam_text *t, const struct opam_value *v,
		  struct opam_env_updates *out, struct err *e);
int opam_checksum_value(struct arena *a, const struct opam_text *t, const struct opam_value *v,
			struct opam_checksum *out, struct err *e);
/* Two values in a list. */
int opam_pair(const struct opam_text *t, const struct opam_value *v, const struct opam_value **left,
	      const struct opam_value **right, struct err *e);
/* e, which has no position, gets that of the value. Returns -1. */
int opam_err_place(struct err *e, const struct opam_text *t, struct opam_span at);

#endif
