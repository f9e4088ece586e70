/* arena.h - memory that lives and dies together.
 *
 * A function that returns memory takes its arena first; a function without one borrows. A zeroed
 * struct is a valid empty arena. Out of memory ends the program: nothing here returns NULL.
 *
 *	struct arena a = {0};
 *	struct step *s = arena_new(&a, struct step);
 *	arena_free(&a);
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/macros.h"

struct arena_block;
struct arena_end;
struct arena {
	struct arena_block *block; /* the newest, with room at its end */
	struct arena_end *end;     /* what arena_free() calls */
};

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
#define arena_new(a, T) ((T *)arena_alloc((a), sizeof(T)))
/* Checked against overflow. */
void *arena_calloc(struct arena *a, size_t n, size_t size);
#define arena_array(a, T, n) ((T *)arena_calloc((a), (n), sizeof(T)))
/* Both copies end in NUL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
/* Calls done(ctx) when the arena is freed, the latest first: for what lives with it and is no memory. */
void arena_defer(struct arena *a, void (*done)(void *ctx), void *ctx);
/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *a);

#endif
