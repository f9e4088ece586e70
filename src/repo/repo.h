/* repo.h - package repositories: their snapshots in the store, and reading a package from one. */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include "fetch/fetch.h"
#include "opam/definition.h"
#include "opam/repofile.h"
#include "store/store.h"

/* One configured repository with the snapshot in use (refs/pkg/repo/<name>). */
struct repo {
	struct str name, url;
	struct oid commit, tree; /* none before the first update */
	struct oid upstream;     /* of a directory in a clean Git work tree: trailer Upstream-Commit */
	struct str upstream_path;
	bool dirty;
	const struct err *unknown; /* why it is not known as it was (history.h), for who reads it; or NULL */
};
struct repos {
	struct repo *v; /* in order of priority: the first wins */
	size_t n, room;
	struct repo_indexes *indexes; /* index.h; NULL: indexes are made each time and not kept */
};

/* The root's `config` file (opam syntax): repositories in order, defaults. Unknown fields are kept. */
int repos_load(struct store *s, struct arena *a, const char *root, struct repos *out, struct err *e);
/* Leaves those that are named, in that order; no names: all stay. missing: names that there are not. */
void repos_choose(struct arena *a, struct repos *repos, const struct opam_strings *names,
		  struct opam_strings *missing);
/* ERR_USAGE when a name is there twice. */
int repos_once(const struct opam_strings *names, struct err *e);
struct repo *repo_find(const struct repos *repos, struct str name, struct err *e);

/* --- changes of the list; on an error nothing is changed --- */

/* Adds at the given place (beyond the last: last), takes the first snapshot, writes config. */
int repo_add(const struct fetch *f, struct arena *a, const char *root, struct str name, struct str url,
	     size_t rank, struct err *e);
int repo_remove(struct store *s, struct arena *a, const char *root, struct str name, struct err *e);
/* Moves to the given place; beyond the last is the last. */
int repo_move(struct arena *a, const char *root, struct str name, size_t rank, struct err *e);

/* --- new snapshots --- */

struct repo_change {
	enum { CHANGE_NEW, CHANGE_CHANGED, CHANGE_GONE } kind;
	struct str package; /* "name.version" */
};
struct repo_changes {
	bool moved; /* the snapshot is another */
	struct oid was, now;
	struct repo_change *v; /* sorted */
	size_t n, room;
};
/* Takes a new snapshot. A Git repository moves forward only unless allow_rewind. */
int repo_update(const struct fetch *f, struct arena *a, const struct repo *repo, bool allow_rewind,
		struct repo_changes *out, struct err *e);
/* Another address, from which a snapshot is taken at once, whatever the history; writes config. */
int repo_set_url(const struct fetch *f, struct arena *a, const char *root, const struct repo *repo,
		 struct str url, struct repo_changes *out, struct err *e);

/* The versions that differ between two snapshot trees (either may be none), added to out. */
int repo_compare(struct store *s, struct arena *a, const struct oid *was, const struct oid *now,
		 struct repo_changes *out, struct err *e);

/* A version in a snapshot: where its definition lies. */
struct repo_package {
	const struct repo *repo;
	struct str name, version;
	struct oid definition;          /* blob of `opam` */
	struct oid folder;              /* tree that holds opam and files/ */
	struct str path;                /* "packages/zlib/zlib.1.3", or what the layout has */
	const struct index_file *index; /* what is known of it (slim.h); NULL: nothing */
	const struct index_row *row;
};
struct repo_packages {
	struct repo_package *v;
	size_t n, room;
};
/* All versions of a name over all repositories; of equal versions the first repository's. Newest first. */
int repo_versions(struct store *s, struct arena *a, const struct repos *repos, struct str name,
		  struct repo_packages *out, struct err *e);
/* All names, sorted, each once. */
int repo_names(struct store *s, struct arena *a, const struct repos *repos, struct opam_strings *out,
	       struct err *e);
/* Parses a definition; positions in errors name it as repo_definition_path() does: REPO:path/opam. */
int repo_definition(struct store *s, struct arena *a, const struct repo_package *p,
		    struct opam_definition *out, struct err *e);
const char *repo_definition_path(struct arena *a, const struct repo_package *p);

#endif
