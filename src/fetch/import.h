/* import.h - inside fetch: the commit that an unpacked archive becomes, a pure function of its bytes. */
#ifndef FETCH_IMPORT_H
#define FETCH_IMPORT_H

#include "fetch/backend.h"

/* The folder `root`, unpacked from the archive with that sha256. Links that lead out are refused. */
int import_folder(const struct fetch *f, struct arena *a, const char *root, struct str sha256,
		  struct oid *commit, struct err *e);
/* Fills tree, epoch and empty_dirs of a source from its import commit (out->commit). */
int import_read(const struct fetch *f, struct arena *a, struct fetched *out, struct str *sha256,
		struct err *e);

#endif
