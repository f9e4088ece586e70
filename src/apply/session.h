/* session.h - a switch opened for a change: locked, put right, read.
 *
 *	session_open(...)	lock, recovery, state
 *	change_plan(...)	what would be done (change.h)
 *	change_apply(...)	fetched, built, committed
 *	session_close(...)
 */
#ifndef APPLY_SESSION_H
#define APPLY_SESSION_H

#include "build/build.h"
#include "ledger/ledger.h"
#include "repo/universe.h"
#include "switch/live.h"

/* What all changes of one command share. */
struct apply {
	const struct root *root;
	struct repos repos;
	struct platform platform;
	struct fetch fetch;
	struct builder builder; /* opened when the first package is built */
	bool builder_ready;
	unsigned jobs, timeout, silence;
	const char *search_path; /* PATH, to look programs up in */
	const struct report *report;
};

struct session {
	struct apply *ap;
	const char *name;
	struct fs_lock lock;
	struct oid head; /* none: the switch is not there yet */
	struct state state;
};

/* Takes the switch's lock, recovers what a killed process left, reads the state. With create the
 * switch must not be there (ERR_USAGE), without it must (ERR_CONFIG). */
int session_open(struct apply *ap, struct arena *a, const char *name, bool create, struct session *out,
		 struct err *e);
void session_close(struct session *s);

/* The state as the solver and the live prefix want it. */
void session_installed(const struct session *s, struct arena *a, struct universe_installed **out, size_t *n);
int session_live(struct store *store, struct arena *a, const struct oid *commit, const struct state *state,
		 struct live_state *out, struct err *e);

/* Commits a state whose packages are built: ledger, next prefix, exchange. *commit is the new one. */
int session_commit(struct session *s, struct arena *a, const struct state *next,
		   const struct ledger_note *note, struct oid *commit, struct err *e);

/* Opens the builder once: ERR_SANDBOX when this machine cannot build. */
int apply_builder(struct apply *ap, struct arena *a, struct err *e);

#endif
