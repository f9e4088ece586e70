/* assemble.h - how the next prefix of a switch is made; only for the files of src/switch.
 *
 * `contents` is what packages put into a prefix: a path, its kind and owner, and the mark by which a
 * change of it is seen. A prefix keeps its own in .pkg/files, from which the next one is made.
 */
#ifndef SWITCH_ASSEMBLE_H
#define SWITCH_ASSEMBLE_H

#include "base/map.h"
#include "switch/list.h"
#include "switch/live.h"

/* Time of every installed file that was not written by the user: 1980-01-01. */
enum { TREE_TIME = 315532800 };

struct owned {
	struct str path; /* ends in NUL */
	struct list_mark mark;
	const struct oid *blob; /* in the store, when it comes from there */
	struct owned *twin;     /* the same file, installed by an earlier package too */
	unsigned mode;          /* of blob */
	uint32_t owner;         /* index of its package, NO_OWNER: a folder of every prefix */
	char kind;              /* 'f', 'l' or 'd' */
	bool there;             /* stands in the prefix as it should */
};
#define NO_OWNER UINT32_MAX

struct contents_package {
	struct str name;
	struct output output; /* of a list read from disk only its id */
	bool loaded;          /* output is whole */
	VEC(struct owned *) v;
};
struct contents {
	struct map paths; /* path -> struct owned *, folders on the way included */
	VEC(struct contents_package) packages;
	struct str live;      /* the path that the prefix was made for */
	struct owned *folder; /* that of the entry before: most have the same */
};

/* --- contents.c --- */

struct contents contents_new(struct arena *a, struct str live);
/* What the prefix (a folder) says of itself; false when it does not. */
bool contents_read(struct arena *a, int prefix, struct contents *out);
/* What a state puts into a prefix: of a package that base (may be NULL) has with the same output, the
 * entries of base, which are taken, else those of its tree in the store. Two packages in conflict: ERR_BUILD.
 */
int contents_of_state(const struct root *r, struct arena *a, const struct live_state *state,
		      struct contents *base, struct contents *out, struct err *e);
int contents_write(struct arena *a, int prefix, const struct contents *c, struct err *e);
struct owned *contents_find(const struct contents *c, struct str path);
/* The output of an entry's package, read from the store when needed. */
const struct output *contents_output(const struct root *r, struct arena *a, struct contents *c,
				     const struct owned *o, struct err *e);

/* --- live_place.c --- */

/* Makes in the prefix `to` everything of c that is not there yet, and sets its marks. */
int live_place(const struct root *r, struct arena *a, int to, struct contents *c, struct err *e);
/* Whether the file or link `name` in dirfd has the bytes that its package installs at o. */
bool live_same_bytes(const struct root *r, struct arena *a, struct contents *c, const struct owned *o,
		     int dirfd, const char *name);

/* --- live_stray.c: what no package owns, or the user has changed --- */

struct stray {
	struct str path;
	mode_t mode;
	uint64_t ino;
	bool changed; /* owned, but not as it was installed */
	bool there;   /* stands in the prefix that is being made */
};
struct strays {
	VEC(struct stray) v; /* sorted: folders before what is in them */
	struct map paths;
	VEC(struct list_entry) folders; /* of the prefix: one without a new time has got no file */
};
/* Finds them in the prefix `from`, whose contents are c; what is as installed is marked `there`. */
int live_strays(const struct root *r, struct arena *a, int from, struct contents *c, struct strays *out,
		struct err *e);
/* Links them into `to`, whose contents are c; again: it was done before, only what is new. *made counts. */
int live_carry(const struct root *r, struct arena *a, int from, int to, struct strays *s, struct contents *c,
	       bool again, size_t *made, struct err *e);

/* --- live.c --- */

/* "switches/.<name>.prev", ".intent": relative to the root. */
char *live_file(struct arena *a, const char *name, const char *suffix);
/* The commit that a prefix shows; none when it says nothing. path is relative to the root. */
struct oid live_shows(const struct root *r, const char *path);
/* Removes a prefix so that a half-removed one shows nothing. */
int live_drop(const struct root *r, const char *path, struct err *e);
/* After an exchange: what came into the old prefix meanwhile goes into the live one. quick: by the
 * list of what live_prepare() saw, when nothing differs from it. */
int live_rescan(const struct root *r, struct arena *a, const char *name, bool quick, struct err *e);

/* --- trees.c --- */

/* Says that the files of trees/<id> have been synced. */
void root_tree_synced(const struct root *r, const struct oid *id);

#endif
