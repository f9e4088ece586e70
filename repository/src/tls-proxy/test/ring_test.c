#include <string.h>

#include "ring.h"
#include "test.h"

static struct ring r;
static unsigned char block[RING_SIZE + 1];

/* Push pieces of many sizes through; what comes out is what went in. */
static bool
flows(uint32_t start)
{
	uint32_t in = 0, out = 0, seed = 1;

	r.in = r.out = start;
	for (unsigned i = 0; i < 20000; i++) {
		const unsigned char *p;
		size_t n, k;

		seed = seed * 1103515245 + 12345;
		n = seed >> 16 & 0xfff;
		for (k = 0; k < n; k++)
			block[k] = (unsigned char)((in + k) * 7 >> 3);
		if (ring_put(&r, block, n))
			in += (uint32_t)n;
		else if (n <= RING_SIZE - ring_used(&r))
			return false;
		if (ring_used(&r) != in - out)
			return false;
		p = ring_peek(&r, &n);
		if (n == 0 && in != out)
			return false;
		n = n > 3000 ? 3000 : n;
		for (k = 0; k < n; k++)
			if (p[k] != (unsigned char)((out + k) * 7 >> 3))
				return false;
		ring_drop(&r, n);
		out += (uint32_t)n;
	}
	return true;
}

int
main(void)
{
	size_t n;

	ring_clear(&r);
	ring_peek(&r, &n);
	ok(n == 0, "an empty ring gives nothing");
	ok(!ring_put(&r, block, RING_SIZE + 1) && ring_used(&r) == 0,
	   "more than fits is refused whole");
	ok(ring_put(&r, block, RING_SIZE) && !ring_put(&r, block, 1),
	   "a full ring takes nothing");
	ok(flows(0), "bytes come out as they went in");
	ok(flows(UINT32_MAX - 100000), "also where the counters wrap");
	return done();
}
