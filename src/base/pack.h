/* pack.h - numbers and texts as few bytes, and back, for files of our own making. Reading is safe
 * against any bytes: false, and nothing is lost but the place.
 *
 *	pack_str(&b, name);
 *	if (!unpack_str(&rest, &name)) ...
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdint.h>

#include "base/buf.h"

/* Seven bits a byte, the lowest first; the highest bit: more follow. */
void pack_number(struct buf *b, uint64_t n);
bool unpack_number(struct str *rest, uint64_t *out);
/* Its length, then its bytes. What is read borrows. */
void pack_str(struct buf *b, struct str s);
bool unpack_str(struct str *rest, struct str *out);
/* How many elements follow, each of at least one byte: never more than there are bytes. */
bool unpack_count(struct str *rest, size_t *out);

#endif
