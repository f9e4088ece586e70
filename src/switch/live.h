/* live.h - the live prefix of a switch: assembled beside, exchanged in one step, recovered.
 *
 *	live_prepare(...)	the next prefix stands in switches/.<name>.prev, synced
 *	live_commit(...)	intent, exchange, ref moved, intent dropped
 *
 * A caller holds the switch's lock from before it reads the state until the end.
 */
#ifndef SWITCH_LIVE_H
#define SWITCH_LIVE_H

#include "switch/root.h"

/* A package of a state and its output. */
struct live_package {
	struct str name;
	struct output output; /* id none: it installs nothing */
};
struct live_state {
	struct oid commit; /* the ledger commit that it shows; none: a switch that is not there yet */
	struct live_package *packages;
	size_t n;
};

/* Makes `next` in switches/.<name>.prev from what is there; only what differs is linked. Files that no
 * package owns are carried over from the live prefix and reported; an owned file that the user changed
 * is kept as NAME.pkg-save. Two packages with one path and other bytes: ERR_BUILD naming both. */
int live_prepare(const struct root *r, struct arena *a, const char *name, const struct live_state *now,
		 const struct live_state *next, struct err *e);
/* Writes the intent, exchanges the prefixes, moves refs/heads/<name> from now to next by compare-and-swap,
 * drops the intent. With now.commit none the switch is created. */
int live_commit(const struct root *r, struct arena *a, const char *name, const struct live_state *now,
		const struct live_state *next, const char *reason, struct err *e);
/* Puts right what a killed process left: called by every holder of the lock before anything else.
 * load() gives the state of a commit, for a prefix that has to be made anew. */
typedef int live_load(void *ctx, struct arena *a, const struct oid *commit, struct live_state *out,
		      struct err *e);
int live_recover(const struct root *r, struct arena *a, const char *name, live_load *load, void *ctx,
		 struct err *e);
/* Removes the prefix of a switch; its ledger moves to refs/pkg/removed/<name>/<commit>. */
int live_remove(const struct root *r, struct arena *a, const char *name, struct err *e);
/* Names of switches, sorted: refs/heads/ of the store. */
int live_names(const struct root *r, struct arena *a, struct opam_strings *out, struct err *e);
/* The stored form of a live file, by the offsets of its output (verbatim when it holds no prefix). */
int live_stored(struct arena *a, const struct output *o, struct str path, struct str live_bytes,
		const char *live_prefix, struct str *out, struct err *e);

#endif
