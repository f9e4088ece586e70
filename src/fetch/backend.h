/* backend.h - inside fetch: what the schemes share.
 *
 * A scheme gives a tree (a source) or the bytes of one file (an archive, an extra source), or both.
 * fetch.c holds the table of them.
 */
#ifndef FETCH_BACKEND_H
#define FETCH_BACKEND_H

#include "fetch/fetch.h"

enum {
	FETCH_MAX_ENTRIES = 200000,
	FETCH_MAX_DEPTH = 100,
	FETCH_MAX_NAME = 1024,
	FETCH_EPOCH = 315532800, /* 1980-01-01: of sources without a time of their own */
};
#define FETCH_MAX_BYTES ((uint64_t)2 << 30)

/* One file that is wanted, and how it came. */
struct fetch_get {
	const struct opam_url *url;
	const struct opam_source *source; /* its checksums */
	const char *dir;                  /* a scratch folder of this fetch alone */
	const char *file;                 /* path that must be made, in dir */
	struct str from;                  /* out: what was really used, when that is not the url */
};
typedef int fetch_get_fn(const struct fetch *f, struct arena *a, struct fetch_get *g, struct err *e);
/* Fills class, from, tree (the whole), commit, checksums, empty_dirs and epoch; mirrors are its affair. */
typedef int fetch_tree_fn(const struct fetch *f, struct arena *a, const struct fetch_request *r,
			  struct fetched *out, struct err *e);

struct fetch_scheme {
	const char *name;
	enum opam_backend backend;
	const char *transport; /* NULL: any */
	fetch_tree_fn *tree;   /* NULL: known, and refused */
	fetch_get_fn *get;     /* NULL: gives no single file */
};
const struct fetch_scheme *fetch_scheme(const struct opam_url *url, struct err *e);
/* The address without user and password of http: what may stand in messages and records. */
struct str fetch_shown(struct arena *a, const struct opam_url *url);

fetch_tree_fn archive_tree, git_tree, path_tree, repo_tree;
fetch_get_fn http_get, path_get, apt_get;

/* Calls attempt for the url and then its mirrors until one succeeds; a failure that another address
 * cannot mend ends it. The error lists all that was tried. */
typedef int fetch_attempt(void *ctx, const struct opam_url *url, struct err *e);
int fetch_each(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
	       fetch_attempt *attempt, void *ctx, struct err *e);

/* A downloaded file, with the checksums that were verified: a sha256 is always among them. */
struct fetch_bytes {
	const char *dir, *file;
	struct str from;
	struct opam_checksum *checksums;
	size_t checksum_count;
};
/* The caller removes out->dir (fetch_drop). Without checksums only `unsafe` (a pin) is accepted. */
int fetch_bytes(const struct fetch *f, struct arena *a, struct str package, const struct opam_source *source,
		bool unsafe, struct fetch_bytes *out, struct err *e);
void fetch_drop(const struct fetch_bytes *bytes);

/* What an earlier fetch kept under ALL the checksums of a source: kind is "import" or "file". */
bool fetch_kept(const struct fetch *f, const struct opam_source *source, const char *kind, struct oid *out);
/* Makes it durable, then findable. */
int fetch_keep(const struct fetch *f, const struct opam_checksum *checksums, size_t n, const char *kind,
	       const struct oid *id, struct err *e);

/* Goes down from out->tree along a path; the trees that are left behind join out->tree_chain. */
int fetch_descend(const struct fetch *f, struct arena *a, struct str path, struct fetched *out,
		  struct err *e);

#endif
