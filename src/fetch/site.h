/* site.h - an opam HTTP repository: one archive, index.tar.gz, beneath an address.
 *
 * It is downloaded and unpacked by the confined worker and becomes an import commit, as any archive does.
 */
#ifndef FETCH_SITE_H
#define FETCH_SITE_H

#include "fetch/fetch.h"

struct fetch_site {
	struct str url; /* of the repository, without index.tar.gz */
	struct str etag,
		modified;  /* in: what was said of the commit at hand, or empty; out: of what is there */
	bool same;         /* out: the commit at hand is what there is; nothing else is filled */
	struct oid commit; /* out */
};
/* The objects are flushed. ERR_OFFLINE when that is asked for, else ERR_FETCH. */
int fetch_site(const struct fetch *f, struct arena *a, struct fetch_site *site, struct err *e);

#endif
