/* trace.h - from a deployed file back to the sources that went into it. */
#ifndef AUDIT_TRACE_H
#define AUDIT_TRACE_H

#include "ledger/ledger.h"

/* What an ELF image claims of itself (.note.package, build id): a claim, not a proof. */
struct trace_note {
	struct str type, name, version, input_id, build_id;
};

struct trace {
	struct str sha256;
	int64_t size;
	struct trace_note note;    /* empty strings where the file has none */
	struct ledger_image image; /* where it was found */
	struct store_commit commit;
	struct state state; /* of that commit */
	const struct record *
		*packages; /* what went into it: its package and all below it, dependencies first */
	size_t package_count;
	bool note_agrees; /* the note names the recorded input id */
};
/* The file is looked up by its sha256 in every commit of every ledger, live and removed. When none names
 * it: ERR_NOTFOUND, whose note says what the file claims of itself, not verified. */
int trace_image(struct store *s, struct arena *a, const char *path, struct trace *out, struct err *e);

#endif
