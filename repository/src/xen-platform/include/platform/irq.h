/*
 * irq.h - sleeping until something happens.
 *
 * Interrupts only wake the processor, they carry nothing: devices are polled
 * after each sleep.  They are taken nowhere but inside irq_wait, so the rest
 * of the program knows no concurrency.
 *
 *	for (;;) {
 *		poll_devices();
 *		irq_wait(time_to_next_timer);
 *	}
 */
#ifndef PLATFORM_IRQ_H
#define PLATFORM_IRQ_H

#include <stdbool.h>
#include <stdint.h>

/* Called by the platform before main.  False: irq_wait can only poll. */
bool irq_init(void);

/* Halt for at most `us`, less when a device calls.  What came since the last
 * irq_wait also wakes, so nothing is lost between polling and sleeping. */
void irq_wait(uint64_t us);

#endif
