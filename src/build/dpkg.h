/* dpkg.h - the system's own packages: which are installed, and which owns a file.
 *
 * Reads dpkg's database itself (a child process would cost more than a whole build). Owners that were
 * found are remembered in root/index/owners as long as the database does not change.
 */
#ifndef BUILD_DPKG_H
#define BUILD_DPKG_H

#include "opam/definition.h"

struct dpkg; /* lives in its arena; reads only when asked */
/* root_fd: of the root whose index/ remembers, or -1. */
struct dpkg *dpkg_open(struct arena *a, int root_fd);
/* The same of a system that lies unpacked in a folder; nothing is remembered. */
struct dpkg *dpkg_open_in(struct arena *a, const char *system);
/* False: this system has no such database. */
bool dpkg_present(const struct dpkg *d);

struct dpkg_package {
	struct str name, version, arch;
	struct str depends; /* as in the database */
};
/* The installed package of this name, or one that provides it; NULL. */
const struct dpkg_package *dpkg_find(struct dpkg *d, struct str name);
/* For each real path the owner as "name=version=architecture", or empty. */
int dpkg_owners(struct dpkg *d, struct arena *a, const struct str *paths, size_t n, struct str *out,
		struct err *e);
/* Names of the packages and of all that they depend on. */
struct map;
void dpkg_closure(struct dpkg *d, const struct str *names, size_t n, struct map *out);

#endif
