/* url.h - source addresses and checksums, cut into their parts. */
#ifndef OPAM_URL_H
#define OPAM_URL_H

#include "base/err.h"
#include "base/str.h"

enum opam_backend {
	URL_HTTP,
	URL_GIT,
	URL_HG,
	URL_DARCS,
	URL_PATH /* rsync: local and remote copies */,
	URL_REPO /* repo:PATH */,
	URL_APT /* apt:SOURCE/FILE */
};

struct opam_url {
	enum opam_backend backend;
	struct str text;      /* the whole, as written */
	struct str transport; /* "https", "ssh", "file", "path"; of repo: and apt: the scheme */
	struct str path;      /* without transport:// and #ref; `user@host:path` as written */
	struct str ref;
	bool has_ref;
	bool scp; /* `host:path`, the way of scp: the colon is not before a port */
};

int opam_url(struct str text, struct opam_url *out, struct err *e);
/* As opam_url(), with the backend given: `git: "https://host/x"`. */
int opam_url_as(struct str text, enum opam_backend backend, struct opam_url *out, struct err *e);
/* The path with the colon of `user@host:path` turned into a slash. */
struct str opam_url_path(struct arena *a, const struct opam_url *url);
/* "https://host/x" of "git+https://host/x#ref": what a Git client is given. */
struct str opam_url_git(struct arena *a, const struct opam_url *url);

enum opam_hash { HASH_MD5, HASH_SHA256, HASH_SHA512 }; /* weakest first */

struct opam_checksum {
	enum opam_hash hash;
	struct str hex; /* lower case, without the "sha256=" */
};

int opam_checksum(struct arena *a, struct str text, struct opam_checksum *out, struct err *e);
/* "sha256" */
const char *opam_hash_name(enum opam_hash hash);
/* "sha256=..." */
struct str opam_checksum_text(struct arena *a, struct opam_checksum c);

#endif
