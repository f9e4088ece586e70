/* ledger.h - the history of a switch: one commit per transaction in refs/heads/<switch>. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "ledger/record.h"

struct state_pin {
	struct str name, version; /* version empty: none was given */
	struct str url;
};
struct state_repo {
	struct str name, url;
	struct oid commit;
	struct oid upstream; /* of a clean directory: the commit around it */
	struct str upstream_path;
	bool dirty;
};
struct state_variable {
	struct str name, value;
};

/* A whole state of a switch; canonical: no time, user, host name or path of a root. */
struct state {
	struct str invariant; /* as text, empty: none */
	struct str description;
	struct opam_strings roots; /* sorted */
	struct state_pin *pins;    /* sorted */
	size_t pin_count;
	struct opam_strings chosen; /* repositories of this switch, in order of priority; none: all */
	struct state_repo *repos;   /* that were used, in order of priority */
	size_t repo_count;
	struct state_variable *variables; /* platform: arch, os, os-distribution ..., sorted */
	size_t variable_count;
	struct opam_strings toolchain; /* "name=version=architecture", sorted */
	struct record *records;        /* sorted by name */
	size_t record_count;
};
/* NULL: there is none. */
const struct record *state_record(const struct state *s, struct str name);
const struct state_pin *state_pin_of(const struct state *s, struct str name);

/* Reads the state of a commit. records' files, extras and so on are read too. */
int ledger_read(struct store *s, struct arena *a, const struct oid *commit, struct state *out, struct err *e);
/* Commit of refs/heads/<name>; ERR_CONFIG when there is no such switch (did you mean). */
int ledger_head(struct store *s, struct arena *a, const char *name, struct oid *out, struct err *e);

/* What stands in the commit beside the tree. */
struct ledger_note {
	struct str subject; /* "install tls-proxy" */
	struct str reason;  /* -m, may be empty */
	struct str command; /* without secrets */
	struct str user_name, user_email;
	int64_t time;
};
/* Writes the tree and the commit object; the ref is not moved. Folders of unchanged records are
 * taken over. parent: none for the first. Objects are flushed. */
int ledger_write(struct store *s, struct arena *a, const struct state *state, const struct oid *parent,
		 const struct ledger_note *note, struct oid *out, struct err *e);

/* One transaction as history shows it. */
struct ledger_change {
	struct str name, was, now; /* versions; empty: not there */
	struct str how;            /* "", or "rebuilt" when only the output or source differs */
};
struct ledger_entry {
	struct oid commit;
	struct store_commit info;
	struct ledger_change *changes; /* against the parent, sorted by name */
	size_t change_count;
};
/* Newest first, at most max (0: all). Reads only what is needed for it. */
int ledger_history(struct store *s, struct arena *a, const struct oid *from, size_t max,
		   struct ledger_entry **out, size_t *n, struct err *e);

/* A ledger, live or removed. */
struct ledger_ref {
	struct str name; /* of the switch */
	struct oid commit;
	bool removed;
};
struct ledger_refs {
	struct ledger_ref *v;
	size_t n, room;
};
int ledger_all(struct store *s, struct arena *a, struct ledger_refs *out, struct err *e);

/* An image found by its sha256 in a ledger: the newest commit of the newest ledger that has it. */
struct ledger_image {
	struct ledger_ref ledger;
	struct oid commit; /* that has images/<sha256>.json */
	struct str package, version, path, sha256, build_id, input_id;
	int64_t size;
};
/* ERR_NOTFOUND when no commit of any ledger names it. */
int ledger_find_image(struct store *s, struct arena *a, struct str sha256, struct ledger_image *out,
		      struct err *e);

#endif
