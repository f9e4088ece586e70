/* date.h - points in time as people write them, and as RFC 3339 has them. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/err.h"
#include "base/str.h"

/* Seconds since 1970 of:
 *
 *	2026-08-16                      the end of that day: all of it is meant
 *	2026-08-16T12:00:00+02:00       RFC 3339; a blank for T, no seconds, no zone (UTC) are accepted
 *	Sun Aug 16 12:00:00 2026 +0200  as `git log` prints, and as mail has it
 *	@1786881600                     as Git's raw form
 *	2 weeks ago, 3.days.ago, yesterday, today, now
 *
 * ERR_USAGE for anything else. */
int date_parse(struct str text, int64_t now, int64_t *out, struct err *e);
/* "2026-08-16T10:00:00Z" */
const char *date_text(struct arena *a, int64_t seconds);

#endif
