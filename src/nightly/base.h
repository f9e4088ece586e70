/* base.h - base images: the root that nightly builds stand in, known by the digest of its tar.
 *
 * bases/<sha256>/ holds image.tar and rootfs/, unpacked by the user who runs the builds; bases/<name>
 * is a file that holds the digest. A running night holds a shared lock on its base.
 */
#ifndef NIGHTLY_BASE_H
#define NIGHTLY_BASE_H

#include "apply/session.h"
#include "base/opt.h"

struct base {
	struct str name;   /* "debian12"; empty: only the digest is known */
	struct str digest; /* sha256 of the tar, hex */
	const char *rootfs;
	struct platform platform; /* of its os-release */
	uint64_t size;            /* of the tar */
};
struct bases {
	struct base *v;
	size_t n, room;
};

/* By name or digest; "" is the only one there is, or the one made last. ERR_CONFIG: there is none. */
int base_find(const struct apply *ap, struct arena *a, struct str name, struct base *out, struct err *e);
int base_list(const struct apply *ap, struct arena *a, struct bases *out, struct err *e);
/* Forgets the name, and removes the image when it has no other; waits for nights that use it. */
int base_remove(const struct apply *ap, struct arena *a, struct str name, struct err *e);
/* From a tar (also a compressed one) or a folder. */
int base_import(const struct apply *ap, struct arena *a, struct str name, const char *path, struct base *out,
		struct err *e);
/* Keeps the base until the lock is freed. */
int base_hold(const struct apply *ap, struct arena *a, const struct base *b, struct fs_lock *lock,
	      struct err *e);

/* What mmdebstrap is asked for (base_create.c). */
struct base_recipe {
	struct str name, suite;
	struct platform platform;
	struct opam_strings depexts; /* of all definitions, sorted */
	struct opam_strings with;    /* wanted beside them */
	struct opam_strings sources; /* lines of apt; empty: mmdebstrap's own choice */
	bool mode_root;
};
int base_recipe(struct apply *ap, struct arena *a, struct str name, const struct opt_list *with,
		struct base_recipe *out, struct err *e);
/* *missing: depexts that the distribution does not have, or that fit with no others. */
int base_create(struct apply *ap, struct arena *a, const struct base_recipe *r, struct base *out,
		struct opam_strings *missing, struct err *e);

/* The same as base_import for a tar that may be moved away. */
int base_adopt(const struct apply *ap, struct arena *a, struct str name, const char *tar, struct base *out,
	       struct err *e);

#endif
