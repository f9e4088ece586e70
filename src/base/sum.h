/* sum.h - a checksum that runs as fast as memory: XXH64, seed 0. It finds accidents, not forgery. */
#ifndef BASE_SUM_H
#define BASE_SUM_H

#include <stdint.h>

#include "base/str.h"

uint64_t sum64(struct str bytes);

#endif
