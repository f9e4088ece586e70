/* repofile.h - the `repo` file at the root of a package repository. */
#ifndef OPAM_REPOFILE_H
#define OPAM_REPOFILE_H

#include "opam/definition.h"

struct opam_repofile {
	struct str opam_version, browse, upstream;
	struct opam_strings archive_mirrors, announce;
};

int opam_repofile(struct arena *a, const char *path, struct str text, struct opam_repofile *out,
		  struct err *e);

#endif
