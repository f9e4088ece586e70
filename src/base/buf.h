/* buf.h - text under construction in an arena; always NUL-terminated, so b.s is a C string.
 *
 *	struct buf b = buf_new(a);
 *	buf_printf(&b, "%s.%s", name, version);
 *	use(buf_str(&b));
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	struct arena *a;
	char *s;
	size_t n, room;
};

struct buf buf_new(struct arena *a);
/* Makes room for n more bytes at once, where one knows. */
void buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_str_add(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
/* Borrows what is there now; a later addition may move it. */
struct str buf_str(const struct buf *b);
/* Keeps the first n bytes. */
void buf_cut(struct buf *b, size_t n);

#endif
