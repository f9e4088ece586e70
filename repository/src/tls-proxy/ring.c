#include <string.h>

#include "ring.h"

void
ring_clear(struct ring *r)
{
	r->in = r->out = 0;
}

size_t
ring_used(const struct ring *r)
{
	return r->in - r->out;
}

bool
ring_put(struct ring *r, const void *from, size_t n)
{
	size_t at = r->in % RING_SIZE, first = RING_SIZE - at;

	if (n > RING_SIZE - ring_used(r))
		return false;
	if (first > n)
		first = n;
	memcpy(r->bytes + at, from, first);
	memcpy(r->bytes, (const unsigned char *)from + first, n - first);
	r->in += (uint32_t)n;
	return true;
}

const unsigned char *
ring_peek(const struct ring *r, size_t *n)
{
	size_t at = r->out % RING_SIZE;

	*n = ring_used(r);
	if (*n > RING_SIZE - at)
		*n = RING_SIZE - at;
	return r->bytes + at;
}

void
ring_drop(struct ring *r, size_t n)
{
	r->out += (uint32_t)n;
}
