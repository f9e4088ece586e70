/* prefix.h - the one build prefix, and moving what holds it to the path of a live switch.
 *
 * Every build of every root and machine sees its prefix at BUILD_PREFIX: 96 bytes in which no four
 * bytes occur twice. Stored outputs keep it. In a live switch, text and links get the live path; a
 * file with a NUL byte, and text where a number stands directly before the prefix, get the live
 * path stretched with slashes to the same 96 bytes, so that no offset or length changes. By the
 * recorded offsets the way back is exact.
 */
#ifndef SWITCH_PREFIX_H
#define SWITCH_PREFIX_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define BUILD_PREFIX                                                                                         \
	"/opt/pkg/0lR8acRYSi4MDF8kWCBX1KpeZUaLJ4d8jOCs4bWYTI6wLqeeHq1"                                       \
	"PkCJVuoYqLRqrxZKiGvbtcj7bsHXDYzEzVMG"
enum { BUILD_PREFIX_LEN = 96 };
_Static_assert(sizeof(BUILD_PREFIX) - 1 == BUILD_PREFIX_LEN, "the build prefix has 96 bytes");

/* Where a file's stored form holds the prefix. */
struct prefix_hits {
	uint64_t *offsets; /* of the stored form, ascending */
	size_t n;
	bool binary;    /* holds a NUL byte: every place is stretched */
	bool unmovable; /* eight bytes of the prefix stand outside a whole one */
	uint64_t piece; /* ... at this offset */
};
int prefix_scan(struct arena *a, struct str bytes, struct prefix_hits *out);
/* A live path that can take the prefix's place: absolute, at most 96 bytes, no control bytes. */
int prefix_live_ok(const char *live, struct err *e);
/* Stored form to live form and back; exact for every live path that prefix_live_ok accepts. */
struct str prefix_to_live(struct arena *a, struct str stored, const uint64_t *offsets, size_t n, bool binary,
			  const char *live);
int prefix_to_stored(struct arena *a, struct str live_bytes, const uint64_t *offsets, size_t n, bool binary,
		     const char *live, struct str *out, struct err *e);

#endif
