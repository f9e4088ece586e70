/*
 * queue.h - clients that wait because every slot is taken.
 *
 * Their TCP connections stand, but nothing of what they send is taken; lwIP
 * keeps one segment of each.  First come, first served.
 */
#ifndef TLS_PROXY_QUEUE_H
#define TLS_PROXY_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_MAX	128u

struct tcp_pcb;

bool queue_empty(void);

/* False when the queue is full. */
bool queue_put(struct tcp_pcb *pcb, uint64_t now);

/* Who waits longest, taken out; NULL when nobody waits. */
struct tcp_pcb *queue_take(void);

/* Reset who has waited longer than `ms`. */
void queue_expire(uint64_t now, uint64_t ms);

#endif
