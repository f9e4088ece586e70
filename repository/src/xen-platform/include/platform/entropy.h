/* entropy.h - random bytes from the processor's own generator (RDRAND). */
#ifndef PLATFORM_ENTROPY_H
#define PLATFORM_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/* NULL, or why there is no entropy: then do not serve. */
const char *entropy_init(void);

/* Never returns bad bytes: panics when the generator stops working. */
void entropy_fill(void *to, size_t n);
uint32_t entropy_u32(void);

#endif
