#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct str
str_of(const char *s)
{
	return (struct str){s, s ? strlen(s) : 0};
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || memcmp(a.s, b.s, a.n) == 0);
}

bool
str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.s, b.s, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.s, prefix, n) == 0;
}

bool
str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.s + s.n - n, suffix, n) == 0;
}

struct str
str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){s.s ? s.s + from : NULL, n};
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str
str_trim(struct str s)
{
	while (s.n && is_space(s.s[0])) {
		s.s++;
		s.n--;
	}
	while (s.n && is_space(s.s[s.n - 1]))
		s.n--;
	return s;
}

ptrdiff_t
str_chr(struct str s, char c)
{
	const char *at = s.n ? memchr(s.s, c, s.n) : NULL;

	return at ? at - s.s : -1;
}

ptrdiff_t
str_rchr(struct str s, char c)
{
	const char *at = s.n ? memrchr(s.s, c, s.n) : NULL;

	return at ? at - s.s : -1;
}

char *
str_c(struct arena *a, struct str s)
{
	return arena_strndup(a, s.s, s.n);
}

struct str
str_dup(struct arena *a, struct str s)
{
	return (struct str){arena_strndup(a, s.s, s.n), s.n};
}

struct str
str_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	int n;
	char *text;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = arena_alloc(a, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return (struct str){text, (size_t)n};
}

bool
str_cut(struct str *rest, char sep, struct str *word)
{
	ptrdiff_t at;

	if (!rest->n)
		return false;
	at = str_chr(*rest, sep);
	if (at < 0) {
		*word = *rest;
		*rest = (struct str){0};
	} else {
		*word = str_sub(*rest, 0, (size_t)at);
		*rest = str_sub(*rest, (size_t)at + 1, rest->n);
	}
	return true;
}

enum { DISTANCE_MAX = 64 };

unsigned
str_distance(struct str a, struct str b, unsigned limit)
{
	unsigned row[3][DISTANCE_MAX + 1];

	if (a.n > DISTANCE_MAX || b.n > DISTANCE_MAX)
		return str_eq(a, b) ? 0 : limit + 1;
	for (size_t j = 0; j <= b.n; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned cost = a.s[i - 1] != b.s[j - 1];
			unsigned best = last[j - 1] + cost;

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.s[i - 1] == b.s[j - 2] && a.s[i - 2] == b.s[j - 1] &&
			    older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[a.n % 3][b.n] > limit ? limit + 1 : row[a.n % 3][b.n];
}
