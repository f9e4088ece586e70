/* report.h - what the lower floors tell the user, as events; cli alone turns them into text. */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "base/str.h"

enum report_kind {
	REPORT_NOTE,    /* something worth knowing */
	REPORT_WARN,    /* something is not as it should be */
	REPORT_WAIT,    /* waiting for a lock; text names its holder */
	REPORT_FETCH,   /* a source is being fetched */
	REPORT_FETCHED, /* ... and is in the store */
	REPORT_BUILD,   /* a package's build begins */
	REPORT_PHASE,   /* ... enters a step: text is the command */
	REPORT_BUILT,   /* ... has ended well; ms is its duration */
	REPORT_REUSED,  /* its output was in the store */
	REPORT_FAILED,  /* a step failed; text says which */
	REPORT_COMMIT,  /* a transaction is in the ledger; text is the commit */
};

struct report_event {
	enum report_kind kind;
	struct str package; /* "name.version", or empty */
	struct str text;
	long ms;
};

/* A zeroed struct swallows everything. */
struct report {
	void (*event)(void *ctx, const struct report_event *event);
	void *ctx;
};

void report_event(const struct report *r, const struct report_event *event);
/* A note or warning with a formatted text; package may be empty. */
void report_text(const struct report *r, enum report_kind kind, struct str package, const char *fmt, ...)
	PRINTF(4, 5);

#endif
