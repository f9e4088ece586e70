/*
 * conn.h - all connections: a fixed number of slots, and their lives.
 *
 * A client whose TCP connection stands gets a slot, or waits for one; the
 * backend is called only when the TLS handshake is done.  Every state has a
 * time limit.
 *
 *	why = conn_listen(&config);
 *	for (;;) {
 *		... lwIP and its timers ...
 *		wait = conn_run(clock_ms());
 *	}
 */
#ifndef TLS_PROXY_CONN_H
#define TLS_PROXY_CONN_H

#include <stdint.h>

#include "config.h"

#define CONN_SLOTS	64u

/* NULL, or why we cannot listen. */
const char *conn_listen(const struct config *config);

/* Look after all slots.  Returns how many ms until the next time limit. */
uint64_t conn_run(uint64_t now);

/* Slots in use. */
unsigned conn_active(void);

#endif
