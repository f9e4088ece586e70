/*
 * clock.h - time since boot, and the time of day.
 *
 * The processor's time stamp counter, its frequency told by Xen or measured
 * against the interval timer at boot.
 */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock_utc {
	unsigned year, month, day, hour, minute, second;
};

/* NULL, or why there is no clock.  Called by the platform before main. */
const char *clock_init(void);

/* Since clock_init; never goes back. */
uint64_t clock_us(void);
uint64_t clock_ms(void);

/* The time stamp counter's frequency, for the platform. */
uint64_t clock_khz(void);

/* Time of day from the real-time clock; false where there is none. */
bool clock_utc(struct clock_utc *to);

#endif
