/* lock.h - `pkg.lock`: exactly what is to be installed, as canonical JSON.
 *
 * A lock holds the state that it leads to (invariant, roots, pins, repositories with their commits,
 * platform, toolchain) and per package all that is known before anything is built, up to its input id.
 * Sources are found by tree id, so any store that has them serves. `sha256` seals the text.
 */
#ifndef AUDIT_LOCK_H
#define AUDIT_LOCK_H

#include "apply/change.h"

enum { LOCK_FORMAT = 1 };

/* An object that a bundle carries. */
struct lock_object {
	struct oid id;
	enum store_type type;
	struct str bytes;
};
struct lock {
	struct opam_strings request; /* as given, sorted; empty: the state as recorded */
	struct opam_strings system;  /* installed depexts of all packages, "name=version", sorted */
	struct state state;          /* its records have no outputs */
	struct lock_object *objects; /* sorted by id; none without a bundle */
	size_t object_count;
};

/* Of what is installed, as recorded. */
int lock_of_state(struct session *s, struct arena *a, struct lock *out, struct err *e);
/* Of a request, solved from the invariant and the pins alone, whatever is installed. Fetches what is
 * needed to know trees and input ids; builds nothing. */
int lock_of_request(struct session *s, struct arena *a, const struct change *c,
		    const struct opam_strings *request, struct lock *out, struct err *e);
/* Adds definitions, extra files, the trees of `repo:` sources and the raw repository commits. */
int lock_bundle(struct store *s, struct arena *a, struct lock *lock, struct err *e);

/* Same lock, same bytes; ends with LF. */
int lock_text(struct arena *a, const struct lock *lock, struct str *out, struct err *e);
/* ERR_STALE for another format and for a text that was edited by hand, with the reason. */
int lock_read(struct arena *a, const char *path, struct str text, struct lock *out, struct err *e);

/* ERR_STALE when this machine is of another platform; when its toolchain or system packages differ,
 * with the list of what differs, unless allow_drift. */
int lock_fits(struct session *s, struct arena *a, const struct lock *lock, bool allow_drift, struct err *e);
/* Brings every definition, source and extra file that the lock names into the store, and verifies it
 * by the lock's sha256 sums. What is there already needs no network. */
int lock_fetch(struct session *s, struct arena *a, const struct lock *lock, struct err *e);

#endif
