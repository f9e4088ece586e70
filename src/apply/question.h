/* question.h - what a switch, or none, is asked: its state and a wish as the solver wants them. */
#ifndef APPLY_QUESTION_H
#define APPLY_QUESTION_H

#include "apply/change.h"
#include "apply/pins.h"

struct asking {
	struct session *s;
	const struct change *change;
	const struct opam_scope *platform; /* of this machine, or another */
	/* Of which pins the source may have moved; NULL: of none. */
	bool (*look_again)(const void *change, struct str name);
	/* Installed instead of what the switch has; without definitions. */
	bool assume;
	struct universe_installed *assumed;
	size_t assumed_count;
};
struct question {
	struct universe *u;
	struct request r;
	struct pinned *pins;
	size_t pin_count;
	struct opam_strings lost; /* assumed, but in no repository: taken to need nothing */
};
/* Only reads; but a pin whose source is not known yet is fetched. */
int question_make(struct arena *a, const struct asking *ask, struct question *out, struct err *e);
/* Whether the change speaks of a name. */
bool change_names(const struct change *c, struct str name);
/* A list of installed packages, one name.version a line; # begins a comment. All are roots.
 * ERR_USAGE with its place for a line that is none, and for a name that stands there twice. */
int assumed_read(struct arena *a, const char *path, struct str text, struct universe_installed **out,
		 size_t *n, struct err *e);

#endif
