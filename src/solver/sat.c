#include "solver/sat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <picosat/picosat.h>

/* PicoSAT asks for many small blocks and names their size when it gives them back: they are cut from
 * large chunks and kept by size for the next. Small sizes count in grains, larger ones in powers of two. */
enum { GRAIN = 16, SMALL = 64, CLASSES = SMALL + 64, CHUNK = 64 * 1024, CHUNK_MAX = 1024 * 1024 };

struct chunk {
	struct chunk *older;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};
struct spare {
	struct spare *next;
};
struct sat {
	PicoSAT *picosat;
	struct chunk *chunk; /* the newest */
	struct spare *spare[CLASSES];
	size_t bytes, memory;
	uint64_t deadline;
	int highest;        /* variable named so far */
	bool late, settled; /* settled: units have been propagated */
};

/* --- memory --- */

static unsigned
kind_of(size_t size, size_t *rounded)
{
	unsigned bits;

	if (size <= (size_t)SMALL * GRAIN) {
		size_t grains = size ? (size + GRAIN - 1) / GRAIN : 1;

		*rounded = grains * GRAIN;
		return (unsigned)grains - 1;
	}
	bits = 64 - (unsigned)__builtin_clzll((unsigned long long)size - 1);
	*rounded = (size_t)1 << bits;
	return SMALL + bits - 1;
}

static void
add_chunk(struct sat *s, size_t least)
{
	size_t size = s->chunk ? s->chunk->size * 2 : CHUNK;
	struct chunk *chunk;

	size = size > CHUNK_MAX ? CHUNK_MAX : size;
	size = size < least ? least : size;
	chunk = malloc(sizeof(*chunk) + size);
	if (!chunk) { /* as an arena does: there is no way back through the library */
		fputs("pkg: out of memory\n", stderr);
		_Exit(52);
	}
	chunk->older = s->chunk;
	chunk->used = 0;
	chunk->size = size;
	s->chunk = chunk;
	s->bytes += size;
}

static void *
take(void *state, size_t size)
{
	struct sat *s = state;
	size_t rounded;
	unsigned kind = kind_of(size, &rounded);
	struct spare *spare = s->spare[kind];

	if (spare) {
		s->spare[kind] = spare->next;
		return spare;
	}
	if (!s->chunk || s->chunk->size - s->chunk->used < rounded)
		add_chunk(s, rounded);
	s->chunk->used += rounded;
	return s->chunk->data + s->chunk->used - rounded;
}

static void
give_back(void *state, void *block, size_t size)
{
	struct sat *s = state;
	struct spare *spare = block;
	size_t rounded;
	unsigned kind = kind_of(size, &rounded);

	if (!block)
		return;
	spare->next = s->spare[kind];
	s->spare[kind] = spare;
}

static void *
resize(void *state, void *block, size_t was, size_t size)
{
	size_t had, wants;
	void *copy;

	if (block && kind_of(was, &had) == kind_of(size, &wants))
		return block;
	copy = take(state, size);
	if (block)
		memcpy(copy, block, was < size ? was : size);
	give_back(state, block, was);
	return copy;
}

/* --- the ten functions --- */

static int
is_late(void *state)
{
	struct sat *s = state;
	struct timespec now;

	s->late |= s->bytes > s->memory;
	if (s->deadline && !s->late) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		s->late = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec >= s->deadline;
	}
	return s->late;
}

struct sat *
sat_new(size_t memory, uint64_t deadline)
{
	struct sat *s = calloc(1, sizeof(*s));

	if (!s) {
		fputs("pkg: out of memory\n", stderr);
		_Exit(52);
	}
	s->memory = memory;
	s->deadline = deadline;
	s->picosat = picosat_minit(s, take, resize, give_back);
	picosat_set_plain(s->picosat, 1);                /* else it probes before the first answer */
	picosat_set_global_default_phase(s->picosat, 1); /* false: its header has it the wrong way round */
	picosat_set_interrupt(s->picosat, s, is_late);
	return s;
}

/* picosat_reset() would only give its blocks back to us. */
void
sat_free(struct sat *s)
{
	while (s->chunk) {
		struct chunk *chunk = s->chunk;

		s->chunk = chunk->older;
		free(chunk);
	}
	free(s);
}

static void
know(struct sat *s, int literal)
{
	if (abs(literal) > s->highest)
		s->highest = abs(literal);
}

void
sat_add(struct sat *s, const int *literals, size_t n)
{
	if (s->bytes > s->memory)
		return; /* no answer will come from it any more */
	for (size_t i = 0; i < n; i++) {
		know(s, literals[i]);
		picosat_add(s->picosat, literals[i]);
	}
	picosat_add(s->picosat, 0);
	s->settled &= n > 1;
}

void
sat_assume(struct sat *s, int literal)
{
	know(s, literal);
	picosat_assume(s->picosat, literal);
}

enum sat_answer
sat_solve(struct sat *s)
{
	int answer = is_late(s) ? PICOSAT_UNKNOWN : picosat_sat(s->picosat, -1);

	s->settled |= answer != PICOSAT_UNKNOWN;
	return answer == PICOSAT_SATISFIABLE     ? SAT_YES
	       : answer == PICOSAT_UNSATISFIABLE ? SAT_NO
						 : SAT_UNKNOWN;
}

bool
sat_value(struct sat *s, int literal)
{
	return abs(literal) <= s->highest && picosat_deref(s->picosat, literal) > 0;
}

bool
sat_failed(struct sat *s, int literal)
{
	return picosat_failed_assumption(s->picosat, literal);
}

int
sat_fixed(struct sat *s, int literal)
{
	if (!s->settled && !s->late) {
		picosat_sat(s->picosat, 0); /* propagates, decides nothing */
		s->settled = true;
	}
	return abs(literal) <= s->highest ? picosat_deref_toplevel(s->picosat, literal) : 0;
}

void
sat_phase(struct sat *s, int literal)
{
	know(s, literal);
	picosat_set_default_phase_lit(s->picosat, literal, 1);
}

uint64_t
sat_limit(struct sat *s, uint64_t steps)
{
	uint64_t done = picosat_propagations(s->picosat);

	picosat_set_propagation_limit(s->picosat, steps > UINT64_MAX - done ? UINT64_MAX : done + steps);
	return done;
}
