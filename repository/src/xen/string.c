#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A word that may lie anywhere and be anything. */
struct word {
	uint64_t w;
} __attribute__((packed, may_alias));

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	for (; n >= 8; n -= 8, t += 8, f += 8)
		((struct word *)t)->w = ((const struct word *)f)->w;
	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if ((uintptr_t)t - (uintptr_t)f >= n) {
		/* forwards is right where `to` does not lie within `from` */
		for (; n >= 8; n -= 8, t += 8, f += 8)
			((struct word *)t)->w = ((const struct word *)f)->w;
		while (n-- > 0)
			*t++ = *f++;
		return to;
	}
	for (; n >= 8; n -= 8)
		((struct word *)(t + n - 8))->w =
			((const struct word *)(f + n - 8))->w;
	while (n > 0) {
		n--;
		t[n] = f[n];
	}
	return to;
}

void *
memset(void *to, int c, size_t n)
{
	unsigned char *t = to;
	uint64_t w = (unsigned char)c * 0x0101010101010101ULL;

	for (; n >= 8; n -= 8, t += 8)
		((struct word *)t)->w = w;
	while (n-- > 0)
		*t++ = (unsigned char)c;
	return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n > 0; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t
strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return (size_t)(end - s);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (!*a)
			return 0;
	}
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int
atoi(const char *s)
{
	unsigned v = 0, negative;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	while (*s >= '0' && *s <= '9')
		v = v * 10 + (unsigned)(*s++ - '0');
	return (int)(negative ? 0 - v : v);
}
