/* guard.h - work that cannot be interrupted, done by a child that can.
 *
 * libsolv has no limit of its own: a hard problem would keep it, and all memory, for ever.
 */
#ifndef SOLVER_GUARD_H
#define SOLVER_GUARD_H

#include <stdint.h>

#include "base/buf.h"

/* Writes its answer, as bytes, into out; it sees all of our memory and changes only its own. */
typedef void guard_fn(void *ctx, struct buf *out);
/* False: not done by the deadline (CLOCK_MONOTONIC in ns) or within the memory. */
bool guard_run(struct arena *a, uint64_t deadline, guard_fn *work, void *ctx, struct str *answer);
/* Now, by that clock; ms more. */
uint64_t guard_time(uint64_t ms);

#endif
