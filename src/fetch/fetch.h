/* fetch.h - everything a source can be becomes a tree in the store.
 *
 * Schemes come from one table (fetch.c). Checksums are verified before anything is kept; archives
 * are downloaded and unpacked by the worker `pkg-fetch`, confined.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "base/report.h"
#include "opam/definition.h"
#include "store/store.h"

/* How far the identity of a source reaches; never shown as a better one. */
#define SOURCE_CLASSES(X)                                                                                    \
	X(COMMIT, "commit", "upstream Git commit, fetched and verified")                                     \
	X(PROVED, "proved", "archive whose tree is an upstream commit's tree")                               \
	X(DECLARED, "declared", "archive; the definition names a commit")                                    \
	X(ARCHIVE, "archive", "archive with a verified checksum")                                            \
	X(REPO, "repo", "folder of the package repository's snapshot")                                       \
	X(LOCAL, "local", "folder on this machine: untraceable")                                             \
	X(NONE, "none", "no source")

enum source_class {
#define SOURCE_ENUM(id, text, meaning) SOURCE_##id,
	SOURCE_CLASSES(SOURCE_ENUM)
#undef SOURCE_ENUM
};
const char *source_class_text(enum source_class c);
bool source_class_of(struct str text, enum source_class *out);

/* Where sources are fetched to and how; one for a command. */
struct fetch {
	struct store *store;
	const char *scratch; /* an existing folder of the root, for downloads */
	const char *worker;  /* path of pkg-fetch */
	bool offline;        /* open no socket: ERR_OFFLINE */
	struct str http_proxy, https_proxy, no_proxy, ca_file; /* empty: none */
	const struct report *report;
};

/* A fetched source. Times and ids as the architecture page has them. */
struct fetched {
	enum source_class class;
	struct str url;  /* as the definition or pin names it */
	struct str from; /* what was really used, when that is a mirror */
	struct oid tree; /* the source tree: of a Git source equal to upstream's */
	char tree_sha256[65];
	struct oid commit;   /* upstream commit; of an archive its import commit */
	struct str declared; /* x-commit-hash, when class is declared */
	struct str subpath;
	struct opam_checksum *checksums; /* verified ones; a sha256 is always among those of an archive */
	size_t checksum_count;
	struct str *empty_dirs;
	size_t empty_dir_count;
	int64_t epoch;          /* SOURCE_DATE_EPOCH */
	struct oid *tree_chain; /* repo: and subpath: tree ids from the commit's root to `tree`, without it */
	size_t tree_chain_count;
	struct oid repo_commit; /* repo: the snapshot commit */
	size_t untracked;       /* local: files left out */
};

/* What to fetch for a package: its url section or its pin, and its repository's snapshot. */
struct fetch_request {
	struct str package;               /* "name.version", for messages */
	const struct opam_source *source; /* not present: class none */
	struct str x_commit_hash;
	struct oid repo_commit; /* of the definition's repository; none for pins without one */
	bool pinned;            /* a Git or path source named by a pin, not by a definition */
};
int fetch_source(const struct fetch *f, struct arena *a, const struct fetch_request *r, struct fetched *out,
		 struct err *e);

/* One file (extra-source): verified against all its checksums, returned as a blob. */
int fetch_file(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	       struct oid *blob, struct err *e);

#endif
