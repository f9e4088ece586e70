/* root.h - the one folder of everything: its layout, its locks, its checked-out outputs. */
#ifndef SWITCH_ROOT_H
#define SWITCH_ROOT_H

#include "base/fs.h"
#include "base/report.h"
#include "switch/output.h"

struct root {
	const char *path; /* absolute, real */
	int fd;
	struct store *store;
	const struct report *report;
	enum fs_lock_how lock_how; /* what root_lock does when somebody holds the lock */
};

/* Opens (with create: makes) the root and its store. A root of another owner, or that others may
 * write, is refused (ERR_CONFIG). ERR_CONFIG when it is missing and create is false. */
int root_open(struct arena *a, const char *path, bool create, const struct report *report, struct root *out,
	      struct err *e);
void root_close(struct root *r);

/* Locks in root/locks: "root", "switch-<name>", "key-<build key>". Waiting is reported once; with LOCK_TRY
 * there is none: ERR_LOCKED. */
int root_lock(const struct root *r, struct arena *a, const char *name, struct fs_lock *lock, struct err *e);

/* A fresh folder build/<random>, held by a lock until root_scratch_end, which removes it. */
struct scratch {
	char *path; /* absolute */
	char *name;
	struct fs_lock lock;
};
int root_scratch(const struct root *r, struct arena *a, struct scratch *out, struct err *e);
void root_scratch_end(const struct root *r, struct scratch *s);
/* Removes scratch folders whose owner has died. */
int root_sweep(const struct root *r, struct arena *a, struct err *e);

/* Path of trees/<id>/files, checked out from the store when missing; an existing one is compared with
 * its list (size, mtime, inode) first, and made anew, with a warning, when it was written in place. */
int root_tree(const struct root *r, struct arena *a, const struct output *o, const char **path,
	      struct err *e);

/* [A-Za-z0-9][A-Za-z0-9._+-]*, no `..`, no final `.` or `.lock`, not HEAD. ERR_USAGE with the nearest
 * valid name as hint. */
int switch_name_ok(const char *name, struct err *e);
/* "<root>/switches/<name>" */
char *switch_prefix(const struct root *r, struct arena *a, const char *name);

#endif
