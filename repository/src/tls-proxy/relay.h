/*
 * relay.h - one connection: a client's TLS on one side, the backend's plain
 * TCP on the other, and what is under way between them.
 */
#ifndef TLS_PROXY_RELAY_H
#define TLS_PROXY_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "end.h"
#include "tls.h"

enum phase {
	PHASE_FREE,
	PHASE_HANDSHAKE,	/* TLS with the client; no backend yet */
	PHASE_CONNECT,		/* to the backend */
	PHASE_RELAY,
	PHASE_CLOSE,		/* what is left is delivered, then nothing */
};

struct relay {
	enum phase phase;
	bool flushed;		/* the engine holds no unsent plaintext */
	uint64_t deadline;	/* of the phase, by clock_ms */
	uint32_t client_ip;
	struct end client, backend;
	struct tls tls;
};

/* Move bytes both ways until nothing moves, and say whether any did.  What
 * cannot go on stays where it is, the window of who sent it is not opened,
 * and so that peer waits. */
bool relay_pump(struct relay *r);

/* Does the engine hold records that TCP has not taken? */
bool relay_unsent(const struct relay *r);

#endif
