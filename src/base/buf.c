#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
buf_reserve(struct buf *b, size_t n)
{
	size_t room = b->room ? b->room : 64;
	char *grown;

	if (b->room - b->n > n)
		return;
	while (room - b->n <= n)
		room *= 2;
	grown = arena_alloc(b->a, room);
	if (b->n)
		memcpy(grown, b->s, b->n);
	b->s = grown;
	b->room = room;
}

struct buf
buf_new(struct arena *a)
{
	struct buf b = {.a = a};

	buf_reserve(&b, 0);
	return b;
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->s + b->n, bytes, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_str_add(struct buf *b, struct str s)
{
	buf_add(b, s.s, s.n);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	buf_reserve(b, (size_t)n);
	va_start(args, fmt);
	vsnprintf(b->s + b->n, (size_t)n + 1, fmt, args);
	va_end(args);
	b->n += (size_t)n;
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){b->s, b->n};
}

void
buf_cut(struct buf *b, size_t n)
{
	if (n < b->n) {
		b->n = n;
		b->s[n] = '\0';
	}
}
