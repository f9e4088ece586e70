/* vec.h - growable arrays in an arena.
 *
 *	VEC(struct str) names = {0};
 *	vec_push(a, &names, STR("zlib"));
 *	for (size_t i = 0; i < names.n; i++) use(names.v[i]);
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                               \
	struct {                                                                                             \
		T *v;                                                                                        \
		size_t n, room;                                                                              \
	}

#define vec_push(a, vec, x)                                                                                  \
	do {                                                                                                 \
		if ((vec)->n == (vec)->room)                                                                 \
			(vec)->v = vec_grow((a), (vec)->v, (vec)->n, &(vec)->room, sizeof(*(vec)->v));       \
		(vec)->v[(vec)->n++] = (x);                                                                  \
	} while (0)

/* A larger copy of n elements; *room is set to what it holds. */
void *vec_grow(struct arena *a, void *v, size_t n, size_t *room, size_t size);

#endif
