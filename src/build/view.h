/* view.h - the prefix that a build sees: the trees of its dependencies, one over the other, and on
 * top an empty folder that takes what the build writes.
 *
 *	view_prepare(a, scratch, skeleton, layers, n, &overlay, &v, e)
 *	sandbox_run() with in_child = view_in_child, ctx = &v and v.merged bound at BUILD_PREFIX
 *	changes_read() then says what was added
 *
 * It is an overlay mounted in the child's own mount namespace, so nothing stays mounted. Where the
 * kernel refuses it the layers are copied, and the copy is compared with them: the same result.
 */
#ifndef BUILD_VIEW_H
#define BUILD_VIEW_H

#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"

/* How overlays work here; found out at the first view of a command. A zeroed one is unknown. */
struct overlay {
	enum { OVERLAY_UNKNOWN, OVERLAY_YES, OVERLAY_NO } state;
	bool new_user;  /* in a user namespace of our own */
	bool userxattr; /* user.overlay.* in place of trusted.overlay.* */
	bool plain;     /* old kernels do not know our options */
};

struct view_layer {
	const char *path; /* of the folder of files */
	struct str owner; /* "name.version"; empty: the skeleton */
};

struct view {
	const char *scratch;       /* holds layers/, upper/, work/, merged/ */
	struct view_layer *layers; /* the skeleton, then the given ones: a later one lies over an earlier */
	size_t n;
	bool copy;          /* a private copy in merged/, no overlay */
	const char *merged; /* what is bound at BUILD_PREFIX */
	const char *upper;  /* takes what is written; of a copy the same as merged */
	struct overlay overlay;
	const char *links, *options;
	const char *uid_map, *gid_map;
};

/* Makes the folders that every prefix has, empty, in `dir`: the lowest layer of all views. */
int view_skeleton(struct arena *a, const char *dir, struct err *e);
/* layers NULL and n 0: a view without packages. */
int view_prepare(struct arena *a, const char *scratch, const char *skeleton, const struct view_layer *layers,
		 size_t n, struct overlay *overlay, struct view *v, struct err *e);
/* In the child of proc or sandbox: mounts it. What goes wrong is said on stderr. */
int view_in_child(void *view);
/* view_copy.c: fills merged/ from the layers, all files its own. */
int view_copy(const struct view *v, struct err *e);

/* The way to a path relative to the prefix without any link: links (also absolute ones that name the
 * prefix) are followed through all layers, except the last component. ERR_BUILD when it leaves the
 * prefix (view_path.c). */
int view_resolve(struct arena *a, const struct view *v, struct str path, struct str *out, struct err *e);
/* Of a folder in upper/: hides what lies below it. */
bool view_is_opaque(int dirfd, const char *name);
bool view_is_whiteout(const struct stat *st);

#endif
