/*
 * end.h - one TCP connection, of a client or to the backend.
 *
 * lwIP's callbacks only note here what happened; whoever owns the end acts on
 * it from the main loop.  So nothing is ever closed inside a callback.
 */
#ifndef TLS_PROXY_END_H
#define TLS_PROXY_END_H

#include <stdbool.h>
#include <stddef.h>

#include "ring.h"

struct tcp_pcb;

struct end {
	struct tcp_pcb *pcb;	/* NULL: not open, or no longer ours */
	bool awake;		/* something happened: look at it */
	bool moved;		/* the peer acknowledged bytes */
	bool open;		/* the connection is established */
	bool eof;		/* the peer will send no more */
	bool shut;		/* we will send no more */
	bool lost;		/* reset, or given up by lwIP */
	struct ring in;		/* received, and not yet passed on */
};

void end_clear(struct end *e);

/* Take over a connection that is new to us. */
void end_attach(struct end *e, struct tcp_pcb *pcb);

/* A connection of our own; noted as open when it is.  False: cannot begin. */
bool end_connect(struct end *e, uint32_t ip, uint16_t port);

/* Hand at most n bytes to TCP; returns how many it took. */
size_t end_give(struct end *e, const unsigned char *p, size_t n);

/* n bytes of the ring are passed on: the peer may send as many more. */
void end_consumed(struct end *e, size_t n);

/* All of the ring is of no more use; its sender is not held up by it. */
void end_discard(struct end *e);

/* We have nothing more to send.  May fail for lack of memory: then e->shut
 * stays false, and it is to be called again. */
void end_shut(struct end *e);

/* End it at once; the peer sees a reset. */
void end_reset(struct end *e);

#endif
