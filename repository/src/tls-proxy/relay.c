#include <string.h>

#include "lwip/tcp.h"
#include "relay.h"

/* client -> engine */
static bool
take_records(struct relay *r)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	const unsigned char *from;
	unsigned char *to;
	size_t n, room;

	from = ring_peek(&r->client.in, &n);
	to = br_ssl_engine_recvrec_buf(e, &room);
	if (!to || n == 0)
		return false;
	if (n > room)
		n = room;
	memcpy(to, from, n);
	end_consumed(&r->client, n);
	br_ssl_engine_recvrec_ack(e, n);
	return true;
}

/* engine -> client */
static bool
give_records(struct relay *r)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	unsigned char *from;
	size_t n;

	from = br_ssl_engine_sendrec_buf(e, &n);
	if (!from)
		return false;
	n = end_give(&r->client, from, n);
	if (n > 0)
		br_ssl_engine_sendrec_ack(e, n);
	return n > 0;
}

/* engine -> backend */
static bool
give_plain(struct relay *r)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	unsigned char *from;
	size_t n;

	from = br_ssl_engine_recvapp_buf(e, &n);
	if (!from)
		return false;
	n = end_give(&r->backend, from, n);
	if (n > 0)
		br_ssl_engine_recvapp_ack(e, n);
	return n > 0;
}

/* backend -> engine */
static bool
take_plain(struct relay *r)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	const unsigned char *from;
	unsigned char *to;
	size_t n, room;

	from = ring_peek(&r->backend.in, &n);
	if (n == 0) {
		/* what there was is a record now, though a short one */
		if (!r->flushed)
			br_ssl_engine_flush(e, 0);
		r->flushed = true;
		return false;
	}
	to = br_ssl_engine_sendapp_buf(e, &room);
	if (!to)
		return false;
	if (n > room)
		n = room;
	memcpy(to, from, n);
	end_consumed(&r->backend, n);
	br_ssl_engine_sendapp_ack(e, n);
	r->flushed = false;
	return true;
}

bool
relay_unsent(const struct relay *r)
{
	size_t n;

	return br_ssl_engine_sendrec_buf(&r->tls.server.eng, &n) != NULL;
}

bool
relay_pump(struct relay *r)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	bool moved, any = false;

	do {
		moved = take_records(r);
		moved |= give_plain(r);
		if (r->phase == PHASE_RELAY)
			moved |= take_plain(r);
		moved |= give_records(r);
		any |= moved;
	} while (moved);

	/* who is closing, or has nobody to send to, is not held up */
	if (br_ssl_engine_current_state(e) == BR_SSL_CLOSED)
		end_discard(&r->client);
	if (r->phase == PHASE_CLOSE)
		end_discard(&r->backend);
	if (r->client.pcb)
		tcp_output(r->client.pcb);
	if (r->backend.pcb && r->backend.open)
		tcp_output(r->backend.pcb);
	return any;
}
