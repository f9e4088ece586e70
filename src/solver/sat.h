/* sat.h - a small incremental SAT solver behind ten functions. Only sat.c knows that it is PicoSAT.
 *
 * Variables are 1, 2, 3 ...; a literal is a variable or its negative. Steps are propagations: the same
 * calls make the same steps everywhere. The first model prefers false for every variable.
 */
#ifndef SOLVER_SAT_H
#define SOLVER_SAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sat;
enum sat_answer { SAT_UNKNOWN, SAT_YES, SAT_NO };

/* memory: bytes after which it gives up. deadline: CLOCK_MONOTONIC in ns, 0 for none; looked at every
 * thousand decisions. After either, every answer is SAT_UNKNOWN. */
struct sat *sat_new(size_t memory, uint64_t deadline);
void sat_free(struct sat *s);
/* A clause. It ends what sat_value() and sat_failed() speak of. */
void sat_add(struct sat *s, const int *literals, size_t n);
/* For the next sat_solve() only. */
void sat_assume(struct sat *s, int literal);
enum sat_answer sat_solve(struct sat *s);
/* After SAT_YES: whether the literal is true. */
bool sat_value(struct sat *s, int literal);
/* After SAT_NO: whether this assumption took part. None did: the clauses alone cannot be met. */
bool sat_failed(struct sat *s, int literal);
/* 1, -1: true or false in every model as far as known; 0: open. */
int sat_fixed(struct sat *s, int literal);
/* The value to try first. */
void sat_phase(struct sat *s, int literal);
/* At most so many steps from now, over all calls; returns the steps made so far. */
uint64_t sat_limit(struct sat *s, uint64_t steps);

static inline void
sat_auto_free(struct sat **s)
{
	if (*s)
		sat_free(*s);
}
#define AUTO_SAT __attribute__((cleanup(sat_auto_free))) struct sat *

#endif
