/* install.h - `<name>.install` and `<name>.config`: what a build leaves for its installer. */
#ifndef OPAM_INSTALL_H
#define OPAM_INSTALL_H

#include "opam/definition.h"

/* One file to install. */
struct opam_install_entry {
	struct str src;  /* relative to the build directory */
	bool optional;   /* `?src` */
	struct str dst;  /* relative to the prefix, normalised: no `..`, no leading slash */
	bool executable; /* 0755, else 0644 */
	struct opam_span at;
};
struct opam_install {
	struct opam_install_entry *v;
	size_t n;
};

/* Sections and their destinations come from one table. A `..` that leads out of the prefix, an
 * absolute destination or a section `misc` is refused with its position. */
int opam_install(struct arena *a, const char *path, struct str text, struct str package,
		 struct opam_install *out, struct err *e);

struct opam_config_var {
	struct str name;
	struct opam_var value;
};
struct opam_file_depend {
	struct str path;
	struct opam_checksum checksum;
	bool must_not_exist;
};
struct opam_config {
	struct opam_config_var *vars;
	size_t var_count;
	struct opam_file_depend *file_depends;
	size_t file_depend_count;
};

int opam_config(struct arena *a, const char *path, struct str text, struct opam_config *out, struct err *e);

#endif
