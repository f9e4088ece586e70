/* print.h - a text written back, edited without touching the rest, and values in canonical form. */
#ifndef OPAM_PRINT_H
#define OPAM_PRINT_H

#include "opam/value.h"

/* What was read, byte for byte, put together again from the places of its items. */
struct str opam_print(struct arena *a, const struct opam_text *t);
/* The text with a top-level field set to value (written as in a file: `"1.0"`, `["a" "b"]`); every
 * other byte stays. A field that is not there is added at the end; one that repeats is set once. */
struct str opam_set_field(struct arena *a, const struct opam_text *t, const char *name, struct str value);
/* The text without a top-level field, with its line when nothing else stands on it. */
struct str opam_remove_field(struct arena *a, const struct opam_text *t, const char *name);

/* A value on one line; reading it back gives the same tree. */
struct str opam_value_text(struct arena *a, const struct opam_value *v);
/* A string literal, with its quotes. */
struct str opam_quoted(struct arena *a, struct str s);
/* "+=" */
const char *opam_env_op_text(enum opam_env_op op);

#endif
