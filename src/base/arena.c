#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 32 * 1024, ALIGN = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *older;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

static void
out_of_memory(void)
{
	static const char text[] = "pkg: out of memory\n";

	fwrite(text, 1, sizeof(text) - 1, stderr);
	_Exit(52);
}

static struct arena_block *
new_block(size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = calloc(1, sizeof(*block) + size);
	if (!block)
		out_of_memory();
	block->size = size;
	return block;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->block;
	void *memory;

	if (size > SIZE_MAX - ALIGN)
		out_of_memory();
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!block || block->size - block->used < size) {
		block = new_block(size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE);
		if (a->block && size > BLOCK_SIZE / 4) {
			/* A big one stands behind the newest, whose room stays in use. */
			block->older = a->block->older;
			a->block->older = block;
		} else {
			block->older = a->block;
			a->block = block;
		}
	}
	memory = block->data + block->used;
	block->used += size;
	return memory;
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		out_of_memory();
	return arena_alloc(a, n * size);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, s, n);
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		out_of_memory();
	text = arena_alloc(a, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return text;
}

struct arena_end {
	struct arena_end *older;
	void (*done)(void *ctx);
	void *ctx;
};

void
arena_defer(struct arena *a, void (*done)(void *ctx), void *ctx)
{
	struct arena_end *end = arena_new(a, struct arena_end);

	*end = (struct arena_end){a->end, done, ctx};
	a->end = end;
}

void
arena_free(struct arena *a)
{
	for (; a->end; a->end = a->end->older)
		a->end->done(a->end->ctx);
	while (a->block) {
		struct arena_block *block = a->block;

		a->block = block->older;
		free(block);
	}
}
