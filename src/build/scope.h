/* scope.h - what variables are worth in a build: the package itself, its view, the platform. */
#ifndef BUILD_SCOPE_H
#define BUILD_SCOPE_H

#include "build/build.h"

#define BUILD_DIR "/build" /* where every build stands */
#define BUILD_SWITCH "pkg" /* fixed values of `switch`, `root`, `user` and `group` */
#define BUILD_ROOT "/opt/pkg"
#define BUILD_USER "pkg"

/* Sorted by name, so that nothing depends on the order in which a caller lists packages. */
struct scope_packages {
	const struct build_dep **v;
	size_t n;
};
struct scope_packages scope_sort(struct arena *a, const struct build_dep *deps, size_t n);
const struct build_dep *scope_package(const struct scope_packages *p, struct str name);

struct build_scope {
	struct opam_scope scope; /* to be given to src/opam; its ctx is this struct */
	const char *prefix;
	struct str switch_name, root;
	struct str jobs;
	const struct platform *platform;
	const struct opam_scope *variables; /* of switch and root; NULL: none */
	struct scope_packages packages;
	/* Whose variables bare names are. */
	struct str name, version;
	const struct opam_definition *definition;
	const struct build_dep *own; /* an installed package */
	const struct build_job *job; /* or one that is being built */
};
/* For the commands of a job. for_key: what a key may not depend on is a placeholder. */
struct build_scope *scope_of_job(struct arena *a, const struct builder *b, const struct build_job *job,
				 const struct scope_packages *packages, bool for_key);
/* The same world seen by an installed package: for its setenv. */
struct build_scope *scope_of_dep(struct arena *a, const struct build_scope *like,
				 const struct build_dep *dep);

#endif
