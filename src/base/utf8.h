/* utf8.h - one character of UTF-8 at a time, strictly: nothing overlong, no surrogates.
 *
 *	for (size_t i = 0, n; i < s.n; i += n ? n : 1)
 *		n = utf8_next(str_sub(s, i, 4), &c);
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/str.h"

/* Bytes of the first character, which is put into *c; 0 when there is none or it is invalid. */
size_t utf8_next(struct str s, uint32_t *c);
bool utf8_valid(struct str s);

#endif
