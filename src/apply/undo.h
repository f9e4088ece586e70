/* undo.h - a switch put back to the state before its last transaction, and rebuilt to be compared. */
#ifndef APPLY_UNDO_H
#define APPLY_UNDO_H

#include "apply/change.h"

/* A new ledger commit with the tree of the parent; builds nothing. ERR_USAGE when there is no parent. */
int undo_last(struct session *s, struct arena *a, const struct ledger_note *note, struct oid *commit,
	      struct err *e);

/* A package that did not come out as it is recorded. */
struct rebuilt {
	struct str name, version;
	struct str path; /* the first file that differs, relative to the prefix; empty: only meta data */
	bool same;
};
/* Builds the named packages (all, when there are none) again from what is recorded, in a fresh folder,
 * and compares their outputs. The switch and the known builds stay as they are. */
int rebuild_check(struct session *s, struct arena *a, const struct opam_strings *names, struct rebuilt **out,
		  size_t *n, struct err *e);

#endif
