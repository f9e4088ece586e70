#include "base/pack.h"

void
pack_number(struct buf *b, uint64_t n)
{
	char bytes[10];
	size_t count = 0;

	for (; n > 0x7f; n >>= 7)
		bytes[count++] = (char)(n | 0x80);
	bytes[count++] = (char)n;
	buf_add(b, bytes, count);
}

bool
unpack_number(struct str *rest, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < rest->n && i < 10; i++) {
		uint64_t bits = (unsigned char)rest->s[i] & 0x7f;

		if (i == 9 && bits > 1)
			return false;
		n |= bits << (7 * i);
		if ((unsigned char)rest->s[i] & 0x80)
			continue;
		*rest = (struct str){rest->s + i + 1, rest->n - i - 1};
		*out = n;
		return true;
	}
	return false;
}

void
pack_str(struct buf *b, struct str s)
{
	pack_number(b, s.n);
	buf_add(b, s.s, s.n);
}

bool
unpack_count(struct str *rest, size_t *out)
{
	uint64_t n;

	if (!unpack_number(rest, &n) || n > rest->n)
		return false;
	*out = (size_t)n;
	return true;
}

bool
unpack_str(struct str *rest, struct str *out)
{
	size_t n;

	if (!unpack_count(rest, &n))
		return false;
	*out = (struct str){rest->s, n};
	*rest = (struct str){rest->s + n, rest->n - n};
	return true;
}
