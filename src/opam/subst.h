/* subst.h - the text of `f` from that of `f.in`. */
#ifndef OPAM_SUBST_H
#define OPAM_SUBST_H

#include "opam/filter.h"

/* %{...}% is expanded, what is undefined becomes empty. Where the text is of the opam format, what
 * is put inside a string literal is escaped; any other text is expanded line by line, and its last
 * line gets a line end. */
struct str opam_subst(struct arena *a, struct str text, const struct opam_scope *scope);

#endif
