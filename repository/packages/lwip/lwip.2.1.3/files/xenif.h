/*
 * xenif.h - lwIP's network interface over the platform's Ethernet.
 *
 *	netif_add(&nif, &ip, &mask, &gw, NULL, xenif_init, ethernet_input);
 *	for (;;) {
 *		xenif_poll(&nif);
 *		sys_check_timeouts();
 *		...
 *	}
 *
 * Also gives lwIP its clock (sys_now).
 */
#ifndef XENIF_H
#define XENIF_H

#include "lwip/err.h"

struct netif;

/* For netif_add, after net_init; nif->state is the 6 bytes of the address. */
err_t xenif_init(struct netif *nif);

/* Hand what has arrived to lwIP, at most a ring full so that timers are heard.
 * Returns how many frames there were. */
unsigned xenif_poll(struct netif *nif);

#endif
