/* worker_run.h - asks pkg-fetch for a download or an unpacking.
 *
 * The worker confines itself; on a kernel without Landlock it is run again inside bubblewrap.
 */
#ifndef FETCH_WORKER_RUN_H
#define FETCH_WORKER_RUN_H

#include "fetch/fetch.h"

/* What an HTTP server says of the state of a file, to be asked with the next time (RFC 9110). */
struct worker_seen {
	struct str etag, modified; /* in: of the copy at hand, or empty; out: of the answer */
	bool same;                 /* out: the copy at hand is what there is; nothing was downloaded */
};
/* Makes the file `out`, which must not exist. seen may be NULL. */
int worker_download(const struct fetch *f, struct arena *a, const char *url, const char *out,
		    struct worker_seen *seen, struct err *e);
/* Fills the empty folder `out`. */
int worker_unpack(const struct fetch *f, struct arena *a, const char *archive, const char *out,
		  struct err *e);

#endif
