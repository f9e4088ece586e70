/* apt.h - what this machine's apt knows of package mirrors. */
#ifndef FETCH_APT_H
#define FETCH_APT_H

#include "fetch/backend.h"

/* A mirror, and a part of it that is configured here. */
struct apt_site {
	struct str uri; /* without final slash */
	struct str suite, component;
	struct str origin; /* "Debian"; empty when it is not known */
};
struct apt_sites {
	struct apt_site *v;
	size_t n, room;
};

/* The text of a sources.list (one line each) or of a *.sources file (paragraphs); adds to sites. */
void apt_parse_list(struct arena *a, struct str text, struct apt_sites *sites);
void apt_parse_sources(struct arena *a, struct str text, struct apt_sites *sites);
/* Those of Debian and its kin that are configured here; of the others only when there are none. */
int apt_sites(const struct fetch *f, struct arena *a, const char *dir, struct apt_sites *sites,
	      struct err *e);

/* "pool/main/l/lwip": the folder of a source package on a mirror. */
struct str apt_pool_folder(struct arena *a, const struct apt_site *site, struct str source);

/* Runs a program of apt with options that keep its own state untouched: everything is under dir.
 * Both lists end with NULL. Its output goes into *out; a failure is ERR_FETCH with its last words. */
int apt_run(const struct fetch *f, struct arena *a, const char *dir, const char *program,
	    const char *const *words, struct str *out, struct err *e);

/* Asks a private index, with deb-src lines for the sites, in which folders of a mirror a file of that
 * sha256 is: "pool/main/l/lwip". */
int apt_index(const struct fetch *f, struct arena *a, const char *dir, const struct apt_sites *sites,
	      struct str source, struct str file, struct str sha256, struct opam_strings *folders,
	      struct err *e);
/* The same from the text of `apt-cache showsrc`. */
void apt_parse_showsrc(struct arena *a, struct str text, struct str file, struct str sha256,
		       struct opam_strings *folders);

#endif
