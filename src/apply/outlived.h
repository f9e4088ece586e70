/* outlived.h - installed packages whose pin is gone.
 *
 * What is installed counts as available. A version that only a pin had would therefore stay for ever, also
 * when the package is asked for by its name so that the repositories' one comes back.
 */
#ifndef APPLY_OUTLIVED_H
#define APPLY_OUTLIVED_H

#include "apply/change.h"

/* By the kind of its source; record_has_own_source() tells for certain. */
bool record_may_be_pinned(const struct record *r);
/* The source is the one that the definition names, not a pin's. */
bool record_has_own_source(const struct record *r, const struct opam_definition *d);
/* Adds `NAME != VERSION` to the request for each package that it asks for by its name alone, when the package
 * has outlived its pin and the repositories have other versions of it only. */
int outlived_left(struct session *s, struct arena *a, const struct change *c, struct request *r,
		  struct err *e);

#endif
