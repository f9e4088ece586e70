#include "audit/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str
base64_encode(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, bytes.n / 3 * 4 + 5), *at = out;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
		unsigned v = (unsigned)(unsigned char)bytes.s[i] << 16;

		if (n > 1)
			v |= (unsigned)(unsigned char)bytes.s[i + 1] << 8;
		if (n > 2)
			v |= (unsigned char)bytes.s[i + 2];
		*at++ = digits[v >> 18];
		*at++ = digits[v >> 12 & 63];
		*at++ = n > 1 ? digits[v >> 6 & 63] : '=';
		*at++ = n > 2 ? digits[v & 63] : '=';
	}
	return (struct str){out, (size_t)(at - out)};
}

static int
value_of(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Four digits to n bytes, where the digits past them are padding. */
static bool
decode_group(const char *in, size_t n, char *out)
{
	unsigned v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i <= n ? value_of(in[i]) : in[i] == '=' ? 0 : -1;

		if (d < 0)
			return false;
		v = v << 6 | (unsigned)d;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(v >> (16 - 8 * i));
	/* Bits that no byte takes must be zero: one spelling for one content. */
	return n == 3 || !(v & (n == 2 ? 0xff : 0xffff));
}

bool
base64_decode(struct arena *a, struct str text, struct str *out)
{
	char *bytes = arena_alloc(a, text.n / 4 * 3 + 1);
	size_t n = 0;

	if (text.n % 4)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		size_t take = 3;

		if (i + 4 == text.n)
			take -= (size_t)(text.s[i + 3] == '=') + (size_t)(text.s[i + 2] == '=');
		if (!decode_group(text.s + i, take, bytes + n))
			return false;
		n += take;
	}
	*out = (struct str){bytes, n};
	return true;
}
