#include "base/utf8.h"

size_t
utf8_next(struct str s, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *b = (const unsigned char *)s.s;
	size_t n;
	uint32_t code;

	if (!s.n)
		return 0;
	if (b[0] < 0x80) {
		*c = b[0];
		return 1;
	}
	n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (b[0] < 0xc0 || b[0] > 0xf4 || s.n < n)
		return 0;
	code = b[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*c = code;
	return n;
}

bool
utf8_valid(struct str s)
{
	uint32_t c;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = utf8_next(str_sub(s, i, 4), &c);
		if (!n)
			return false;
	}
	return true;
}
