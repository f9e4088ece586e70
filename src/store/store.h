/* store.h - the one bare Git repository that remembers everything: objects and refs.
 *
 * Objects are collected and written as packs: nothing is on disk before store_flush(), which fsyncs;
 * refs move only after it. Ids are Git's SHA-1 as hex. Only this folder includes <git2.h>.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

/* An object id as text; hex[0] == 0: none. */
struct oid {
	char hex[41];
};
static inline bool
oid_is(const struct oid *id)
{
	return id->hex[0] != '\0';
}
bool oid_eq(const struct oid *a, const struct oid *b);
/* False unless it is 40 hex digits. */
bool oid_of(struct str text, struct oid *out);
static inline struct str
oid_str(const struct oid *id)
{
	return str_of(id->hex);
}
/* The 20 bytes that a tree entry has, and back. */
struct oid oid_from_raw(const char raw[20]);
void oid_to_raw(const struct oid *id, char raw[20]);
/* The tree without entries. */
extern const struct oid OID_EMPTY_TREE;

struct store;
/* Opens DIR (a bare repository); with create, makes it when it is missing, HEAD = refs/heads/default. */
struct store *store_open(const char *dir, bool create, struct err *e);
void store_close(struct store *s);
static inline void
store_auto_free(struct store **s)
{
	if (*s)
		store_close(*s);
}
#define AUTO_STORE __attribute__((cleanup(store_auto_free))) struct store *
/* Path of the repository folder. */
const char *store_dir(const struct store *s);
/* Writes what is collected as one pack and makes it durable. Nothing collected: does nothing. */
int store_flush(struct store *s, struct err *e);
/* Version of the library at run time, e.g. "1.5.1". */
void store_library_version(char out[32]);
/* What the children that the store starts (git, ssh) see of the caller's environment; the texts must
 * live as long as the store. Without it: PATH=/usr/bin:/bin and nothing else. */
struct store_env {
	const char *path, *home, *ssh_auth_sock; /* each may be NULL */
	const char *ca_file; /* the certificates to trust, instead of the machine's; or NULL */
};
void store_set_env(struct store *s, const struct store_env *env);
/* Merges packs by `git repack` when there are more than 50, and removes the leftovers of writers that
 * were killed; only for the holder of the root's lock, after its work. */
int store_maintain(struct store *s, struct err *e);

/* --- objects --- */

enum store_type { STORE_NONE, STORE_BLOB, STORE_TREE, STORE_COMMIT, STORE_TAG };
enum {
	MODE_FILE = 0100644,
	MODE_EXEC = 0100755,
	MODE_LINK = 0120000,
	MODE_DIR = 040000,
	MODE_COMMIT = 0160000
};

bool store_has(struct store *s, const struct oid *id);
enum store_type store_type(struct store *s, const struct oid *id);
int store_blob_read(struct store *s, struct arena *a, const struct oid *id, struct str *out, struct err *e);
int store_blob_write(struct store *s, struct str bytes, struct oid *out, struct err *e);
/* Any object's raw content (without header); write checks nothing but the type. */
int store_raw_read(struct store *s, struct arena *a, const struct oid *id, enum store_type *type,
		   struct str *out, struct err *e);
int store_raw_write(struct store *s, enum store_type type, struct str bytes, struct oid *out, struct err *e);

struct store_entry {
	struct str name;
	unsigned mode; /* MODE_* */
	struct oid id;
};
struct store_entries {
	struct store_entry *v;
	size_t n, room;
};
/* The entries of one tree, in Git's order. */
int store_tree_list(struct store *s, struct arena *a, const struct oid *tree, struct store_entries *out,
		    struct err *e);
/* The entry at a path in a tree; ERR_NOTFOUND when it is not there. */
int store_tree_find(struct store *s, struct arena *a, const struct oid *tree, const char *path,
		    struct store_entry *out, struct err *e);
/* All blobs, links and submodules (MODE_COMMIT) beneath, depth first in Git's order; path is relative.
 * -1 from visit stops. */
typedef int store_visit(void *ctx, const char *path, unsigned mode, const struct oid *id, struct err *e);
int store_tree_walk(struct store *s, const struct oid *tree, store_visit *visit, void *ctx, struct err *e);

/* Composes a tree from paths, over a base tree or none. */
struct store_builder;
struct store_builder *store_builder_new(struct store *s, struct arena *a, const struct oid *base);
/* id may be a tree when mode is MODE_DIR: it replaces what is at path. */
void store_builder_put(struct store_builder *b, const char *path, unsigned mode, const struct oid *id);
int store_builder_put_text(struct store_builder *b, const char *path, struct str text, struct err *e);
void store_builder_remove(struct store_builder *b, const char *path);
/* Folders left without entries vanish. */
int store_builder_write(struct store_builder *b, struct oid *out, struct err *e);

/* The id that the tree has in Git's SHA-256 object format: what trust hangs on (SHA-1 does not hold). */
int store_tree_sha256(struct store *s, struct arena *a, const struct oid *tree, char hex[65], struct err *e);
/* The same of one blob. */
int store_blob_sha256(struct store *s, struct arena *a, const struct oid *blob, char hex[65], struct err *e);

/* --- commits --- */

struct store_sign {
	struct str name, email;
	int64_t time;
	int offset; /* minutes */
};
struct store_commit {
	struct oid tree;
	struct oid *parents;
	size_t parent_count;
	struct store_sign author, committer;
	struct str message;
};
int store_commit_write(struct store *s, const struct store_commit *c, struct oid *out, struct err *e);
int store_commit_read(struct store *s, struct arena *a, const struct oid *id, struct store_commit *out,
		      struct err *e);
/* The one commit whose id begins with these hex digits. ERR_NOTFOUND; ERR_USAGE when there are several. */
int store_commit_find(struct store *s, struct str prefix, struct oid *out, struct err *e);
/* Value of the last `Key: value` trailer, or empty. */
struct str store_trailer(struct str message, const char *key);
/* Follows tags to a commit, or to a tree. */
int store_peel(struct store *s, const struct oid *id, enum store_type want, struct oid *out, struct err *e);
/* Whether `older` is `newer` or an ancestor of it. */
bool store_descends(struct store *s, const struct oid *newer, const struct oid *older);

/* --- refs --- */

/* ERR_NOTFOUND when there is none. Direct refs only. */
int store_ref_get(struct store *s, const char *ref, struct oid *out, struct err *e);
/* Compare-and-swap: `was` NULL: whatever it was; an empty oid: there must be none. Durable. After an
 * error the ref is read again: 0 if it has the new value all the same. */
int store_ref_set(struct store *s, const char *ref, const struct oid *now, const struct oid *was,
		  const char *reason, struct err *e);
int store_ref_delete(struct store *s, const char *ref, struct err *e);
struct store_ref {
	struct str name;
	struct oid id;
};
struct store_refs {
	struct store_ref *v;
	size_t n, room;
};
/* All refs whose name begins with prefix, sorted by name. */
int store_refs(struct store *s, struct arena *a, const char *prefix, struct store_refs *out, struct err *e);
/* What HEAD names, e.g. "refs/heads/xen", whether or not that exists. */
int store_head_get(struct store *s, struct arena *a, struct str *ref, struct err *e);
int store_head_set(struct store *s, const char *ref, struct err *e);
/* Drops stale *.lock files of all refs. */
int store_unlock_refs(struct store *s, struct err *e);

#endif
