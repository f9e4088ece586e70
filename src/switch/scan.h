/* scan.h - everything in a prefix, as fast as the system tells it: no order, no stat of what is not asked.
 *
 * A folder is told before what is in it. What goes away meanwhile was never there.
 */
#ifndef SWITCH_SCAN_H
#define SWITCH_SCAN_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"

struct scan_entry {
	struct str path;  /* relative to the prefix; ends in NUL, gone after the call */
	const char *name; /* in dirfd */
	int dirfd;
	mode_t type; /* S_IFREG ... */
	uint64_t ino;
};
struct scan {
	/* 0 to go on, 1 to leave the inside of a folder out, -1 to stop with *e set. */
	int (*visit)(void *ctx, const struct scan_entry *entry, struct err *e);
	/* Each folder, the prefix itself (path ".") too, before its entries are read; may be NULL. */
	void (*folder)(void *ctx, struct str path, const struct stat *st);
	void *ctx;
};
int scan_prefix(int prefix, const struct scan *scan, struct err *e);

#endif
