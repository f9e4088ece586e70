/* worker_run.h - asks pkg-fetch for a download or an unpacking.
 *
 * The worker confines itself; on a kernel without Landlock it is run again inside bubblewrap.
 */
#ifndef FETCH_WORKER_RUN_H
#define FETCH_WORKER_RUN_H

#include "fetch/fetch.h"

/* Makes the file `out`, which must not exist. */
int worker_download(const struct fetch *f, struct arena *a, const char *url, const char *out, struct err *e);
/* Fills the empty folder `out`. */
int worker_unpack(const struct fetch *f, struct arena *a, const char *archive, const char *out,
		  struct err *e);

#endif
