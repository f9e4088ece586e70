/* target.h - a platform that is described, not detected: what --for says.
 *
 * `os=linux,arch=arm64,sys-ocaml-version=5.3.0` sets variables; what is not said is a Debian 12 on
 * x86_64, whatever this machine is, so that the same question has the same answer everywhere. Without a
 * value a variable is undefined.
 */
#ifndef REPO_TARGET_H
#define REPO_TARGET_H

#include "opam/filter.h"
#include "repo/platform.h"

struct target {
	struct opam_scope platform; /* of what is not set */
	struct {
		struct target_var {
			struct str name, value;
		} * v;
		size_t n, room;
	} set;
};
/* Begins with the Debian 12 above; or with this machine. */
void target_new(struct target *t);
void target_of(struct target *t, const struct platform *p);
/* One `name=value`. ERR_USAGE for anything else, for the name of what solving decides (with-test ...),
 * and for a name that is set twice. */
int target_set(struct arena *a, struct target *t, struct str text, struct err *e);
/* Reads *t, which must stay. */
struct opam_scope target_scope(const struct target *t);

#endif
