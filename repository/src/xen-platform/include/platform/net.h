/*
 * net.h - Ethernet frames through virtio-net on a virtio-mmio transport.
 *
 * Polled: nothing here is called by an interrupt.
 *
 *	void *frame = net_tx_get();
 *	if (frame)
 *		net_tx_put(fill(frame));
 *	while ((p = net_rx_get(&n))) {
 *		use(p, n);
 *		net_rx_put();
 *	}
 */
#ifndef PLATFORM_NET_H
#define PLATFORM_NET_H

#include <stddef.h>
#include <stdint.h>

#define NET_FRAME_MAX	1514u

/* NULL and the device's address, or why there is no device. */
const char *net_init(uint8_t mac[6]);

/* A buffer of NET_FRAME_MAX bytes for one frame; NULL when all are under way.
 * It is sent by net_tx_put, and can be abandoned by not calling that. */
void *net_tx_get(void);
void net_tx_put(size_t n);

/* The oldest frame received, or NULL; it lives until net_rx_put. */
const void *net_rx_get(size_t *n);
void net_rx_put(void);

#endif
