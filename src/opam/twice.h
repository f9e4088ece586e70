/* twice.h - a filter evaluated in two passes; internal to opam/. */
#ifndef OPAM_TWICE_H
#define OPAM_TWICE_H

#include "opam/expand.h"

struct opam_twice {
	struct opam_var first; /* after the first pass; undefined where there is only one */
	struct opam_var all;   /* in the end */
};

/* The value of a filter that opam_filter_check() has accepted. */
struct opam_twice opam_filter_twice(const struct opam_passes *p, const struct opam_value *v);

#endif
