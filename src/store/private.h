/* private.h - what the files of src/store share: the open repository, libgit2's handles and errors. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h> /* since 1.8 the home of git_error_set_str() */
#endif

#include "base/buf.h"
#include "base/map.h"
#include "store/store.h"
#include "store/transport.h"

#define GIT_AT_LEAST(major, minor)                                                                           \
	(LIBGIT2_VER_MAJOR > (major) || (LIBGIT2_VER_MAJOR == (major) && LIBGIT2_VER_MINOR >= (minor)))

/* libgit2 keeps what is collected in memory below this; more is written at once. */
enum { STORE_COLLECT_MAX = 64 << 20 };
/* Depth of folders that any walk follows. */
enum { STORE_DEPTH_MAX = 1000 };

struct store {
	git_repository *git;
	git_odb *odb;
	git_odb_backend *collect; /* objects not yet in a pack; belongs to odb */
	git_oid *collected;       /* their ids */
	size_t collected_count, collected_room;
	uint64_t collected_bytes;
	char *dir;
	char *overlay_in; /* where the first write makes an overlay (overlay.h); or NULL */
	char *overlay;    /* the folder that goes when the store is closed; or NULL */
	struct store_env env;
	struct arena memory;           /* what lives as long as the store */
	struct tree_index *indexes[4]; /* of the large trees looked into last, newest first */
	struct map sha256;             /* tree id (hex) → 32 bytes */
};

AUTO_DEFINE(git_object, git_object_free)
AUTO_DEFINE(git_odb_object, git_odb_object_free)
AUTO_DEFINE(git_commit, git_commit_free)
AUTO_DEFINE(git_reference, git_reference_free)
AUTO_DEFINE(git_reference_iterator, git_reference_iterator_free)
AUTO_DEFINE(git_repository, git_repository_free)
AUTO_DEFINE(git_remote, git_remote_free)
AUTO_DEFINE(git_packbuilder, git_packbuilder_free)
AUTO_DEFINE(git_revwalk, git_revwalk_free)
AUTO_DEFINE(git_config, git_config_free)
AUTO_DEFINE(git_index, git_index_free)
AUTO_DEFINE(git_status_list, git_status_list_free)

static inline void
store_scratch_free(struct arena *a)
{
	arena_free(a);
}
/* An arena for the time of one scope. */
#define SCRATCH __attribute__((cleanup(store_scratch_free))) struct arena

/* Sets the library up once; every entry into this folder without a struct store calls it. */
int store_library(struct err *e);
/* Before the first connection that may need them: the certificates of that file, or (NULL) of the machine.
 */
int store_certificates(const char *ca_file, struct err *e);
/* Turns libgit2's code and message into ours; formats what was tried. Returns -1. */
int git_fail(struct err *e, int rc, const char *fmt, ...) PRINTF(3, 4);

struct oid oid_from_git(const git_oid *id);
/* ERR_BUG when it is empty. */
int oid_to_git(const struct oid *id, git_oid *out, struct err *e);

/* Before the first write beside the collection: makes the overlay if there is to be one. Nothing of libgit2
 * may be held across it. */
int store_before_write(struct store *s, struct err *e);
/* Whether the overlay is still to be made; and makes it, whereupon s->dir has to be opened. */
bool store_overlay_due(const struct store *s);
int store_overlay_make(struct store *s, struct err *e);
/* Opens s->dir instead of what is open, without what is collected. */
int store_reopen(struct store *s, struct err *e);
/* Room for one more id in s->collected. */
int store_collect_room(struct store *s, struct err *e);
/* Size of an object's content. */
int store_size(struct store *s, const struct oid *id, uint64_t *size, struct err *e);
/* Fsyncs objects/ and objects/pack of the store: libgit2 syncs only files and their own folder. */
int store_sync_objects(struct store *s, struct err *e);

/* One entry of a raw tree. Takes it from *rest; false at the end. *bad is set when it is malformed. */
struct raw_entry {
	struct str name, mode_text;
	unsigned mode;
	const char *id; /* 20 bytes */
};
bool raw_tree_next(struct str *rest, struct raw_entry *out, bool *bad);
/* Reads a raw tree into the arena. */
int store_tree_raw(struct store *s, struct arena *a, const struct oid *tree, struct str *out, struct err *e);
/* Frees what finding keeps. */
void store_tree_forget(struct store *s);
/* Writes a tree; sorts the entries in Git's order. */
int store_tree_write(struct store *s, struct store_entries *entries, struct oid *out, struct err *e);

/* NULL when Git and we accept it as the name of a tree entry, else what is wrong with it. */
const char *store_name_fault(struct str name);

/* Runs git with arguments (ended by NULL) for this store's folder, without the caller's
 * configuration; stdout is captured. *status is its exit status; a failure to start is an error. */
int store_git(struct store *s, struct arena *a, const char *const *args, struct str *out, int *status,
	      struct str *complaint, struct err *e);

/* --- transports --- */

enum transport_kind { TRANSPORT_LOCAL, TRANSPORT_NET, TRANSPORT_SSH };
struct transport {
	enum transport_kind kind;
	const char *url;   /* without `git+` */
	const char *path;  /* of a local one */
	const char *shown; /* without user name and password, for messages */
};
/* Reads an address; refuses what no transport should ever see. */
int transport_parse(struct arena *a, const char *url, struct transport *out, struct err *e);
/* The ref of `refs` that `want` names (NULL: HEAD; by Git's own order), or NULL. */
const struct store_ref *transport_pick(const struct store_refs *refs, const char *want);
/* As git_fail(), but what is not the fault of this machine is ERR_FETCH. */
int transport_fail(struct err *e, int rc, const char *fmt, ...) PRINTF(3, 4);
/* git_indexer_progress_cb and the like: stops at an interruption. */
int transport_progress(const git_indexer_progress *stats, void *ctx);

/* Each kind lists refs (with the `^{}` of tags where it has them), and brings in objects: those that
 * `names` reach, which are full ref names or ids. No ref moves. */
int transport_local_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
			 struct err *e);
/* *id may be a tag; it becomes the commit's. */
int transport_local_fetch(struct store *s, struct arena *a, const struct transport *t, struct oid *id,
			  struct err *e);
int transport_net_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
		       struct err *e);
int transport_net_fetch(struct store *s, struct arena *a, const struct transport *t, const char *const *names,
			size_t count, struct err *e);
int transport_git_refs(struct store *s, struct arena *a, const struct transport *t, struct store_refs *out,
		       struct err *e);
int transport_git_fetch(struct store *s, struct arena *a, const struct transport *t, const char *const *names,
			size_t count, struct err *e);

/* Makes libgit2 use sockets that give up and can be interrupted; libgit2's code. */
int transport_sockets(void);
/* libgit2's callback: asks `git credential`. ctx is a struct transport_ask. */
struct transport_ask {
	struct store *s;
	bool asked;
};
int transport_credential(git_credential **out, const char *url, const char *user, unsigned allowed,
			 void *ctx);

#endif
