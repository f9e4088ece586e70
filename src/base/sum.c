#include "base/sum.h"

#include <string.h>

static const uint64_t P1 = 0x9e3779b185ebca87u, P2 = 0xc2b2ae3d27d4eb4fu, P3 = 0x165667b19e3779f9u,
		      P4 = 0x85ebca77c2b2ae63u, P5 = 0x27d4eb2f165667c5u;

static uint64_t
rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static uint64_t
word(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

static uint64_t
mix(uint64_t lane, uint64_t input)
{
	return rotate(lane + input * P2, 31) * P1;
}

/* Four lanes side by side, 32 bytes a turn. */
static uint64_t
lanes(const char **p, const char *end)
{
	uint64_t v[4] = {P1 + P2, P2, 0, 0 - P1}, h;

	for (; end - *p >= 32; *p += 32)
		for (size_t i = 0; i < 4; i++)
			v[i] = mix(v[i], word(*p + 8 * i));
	h = rotate(v[0], 1) + rotate(v[1], 7) + rotate(v[2], 12) + rotate(v[3], 18);
	for (int i = 0; i < 4; i++)
		h = (h ^ mix(0, v[i])) * P1 + P4;
	return h;
}

uint64_t
sum64(struct str bytes)
{
	const char *p = bytes.s, *end = bytes.n ? p + bytes.n : p;
	uint64_t h = bytes.n >= 32 ? lanes(&p, end) : P5;
	uint32_t half;

	h += bytes.n;
	for (; end - p >= 8; p += 8)
		h = rotate(h ^ mix(0, word(p)), 27) * P1 + P4;
	if (end - p >= 4) {
		memcpy(&half, p, sizeof(half));
		h = rotate(h ^ half * P1, 23) * P2 + P3;
		p += 4;
	}
	for (; p < end; p++)
		h = rotate(h ^ (unsigned char)*p * P5, 11) * P1;
	h = (h ^ h >> 33) * P2;
	h = (h ^ h >> 29) * P3;
	return h ^ h >> 32;
}
