/* platform.h - the host variables of opam: arch, os, os-distribution, os-family, os-version. */
#ifndef REPO_PLATFORM_H
#define REPO_PLATFORM_H

#include "opam/filter.h"

struct platform {
	struct str arch, os, distribution, family, version;
};
/* Computed as opam does, from uname(2) and os-release. */
int platform_detect(struct arena *a, struct platform *out, struct err *e);
/* A scope over the platform, sys-ocaml-* (evalvars.h), and the built-in global variables that do not
 * depend on a switch. */
struct opam_scope platform_scope(const struct platform *p);

#endif
