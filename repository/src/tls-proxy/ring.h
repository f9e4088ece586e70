/*
 * ring.h - bytes that a peer sent and that have not been passed on.
 *
 * As large as the TCP window, so what a peer is allowed to send always fits,
 * and the memory of a connection does not depend on how it sends.
 *
 *	ring_put(&r, data, n);
 *	p = ring_peek(&r, &n);
 *	ring_drop(&r, use(p, n));
 */
#ifndef TLS_PROXY_RING_H
#define TLS_PROXY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SIZE	16384u		/* a power of two */

struct ring {
	uint32_t in, out;		/* bytes ever put and dropped */
	unsigned char bytes[RING_SIZE];
};

void ring_clear(struct ring *r);
size_t ring_used(const struct ring *r);

/* All of it or, when it does not fit, nothing and false. */
bool ring_put(struct ring *r, const void *from, size_t n);

/* The oldest bytes that lie together; fewer than ring_used at the seam. */
const unsigned char *ring_peek(const struct ring *r, size_t *n);
void ring_drop(struct ring *r, size_t n);

#endif
