/* version.h - opam version strings and their order: Debian's without epoch, where two texts may be
 * equal without being the same ("1.0" and "1.0-0"). Ported from the description in dpkg's policy.
 */
#ifndef OPAM_VERSION_H
#define OPAM_VERSION_H

#include "opam/value.h"

/* <0, 0, >0. A total preorder over all byte strings. */
int opam_version_cmp(struct str a, struct str b);
/* `a op b` by that order. */
bool opam_version_holds(struct str a, enum opam_op op, struct str b);
/* [A-Za-z0-9._+~-]+ */
bool opam_version_valid(struct str s);
/* Letters, digits, - _ +, at least one letter. */
bool opam_name_valid(struct str s);
/* Cut at the first dot; false if either part is not valid. */
bool opam_name_version_cut(struct str s, struct str *name, struct str *version);
/* "=", "!=", "<" ... */
const char *opam_op_text(enum opam_op op);

#endif
