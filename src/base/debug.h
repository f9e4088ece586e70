/* debug.h - `--debug=SECTION,...`: traces for maintainers, on stderr. */
#ifndef BASE_DEBUG_H
#define BASE_DEBUG_H

#include <stdbool.h>

#include "base/macros.h"

enum debug_section {
	DEBUG_STORE = 1 << 0,
	DEBUG_FETCH = 1 << 1,
	DEBUG_SOLVER = 1 << 2,
	DEBUG_BUILD = 1 << 3,
	DEBUG_SWITCH = 1 << 4,
};

/* Names separated by commas, "all" for all; returns false at a name it does not know. */
bool debug_enable(const char *sections);
void debug(enum debug_section section, const char *fmt, ...) PRINTF(2, 3);

#endif
