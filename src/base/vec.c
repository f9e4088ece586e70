#include "base/vec.h"

#include <string.h>

void *
vec_grow(struct arena *a, void *v, size_t n, size_t *room, size_t size)
{
	size_t want = *room ? *room * 2 : 8;
	void *grown = arena_calloc(a, want, size);

	if (n)
		memcpy(grown, v, n * size);
	*room = want;
	return grown;
}
