#include <string.h>

#include "conn.h"
#include "log.h"
#include "lwip/tcp.h"
#include "platform/clock.h"
#include "queue.h"
#include "relay.h"

/* Time limits in ms. */
#define WAIT_MS		10000u		/* for a slot */
#define HANDSHAKE_MS	10000u
#define CONNECT_MS	5000u
#define IDLE_MS		60000u
#define LINGER_MS	5000u

#define STEPS		8u		/* at once, before others have a turn */

/* What lwIP is built for must be what we need of it. */
_Static_assert(MEMP_NUM_TCP_PCB >= 2 * CONN_SLOTS + QUEUE_MAX,
	       "two ends for each slot, and who waits");
_Static_assert(CONN_SLOTS + QUEUE_MAX <= 255, "the backlog is a byte");

static struct relay slots[CONN_SLOTS];
static uint32_t backend_ip;
static uint16_t backend_port;

/* Give up: both peers see a reset, which nobody takes for an orderly end. */
static void
drop(struct relay *r)
{
	end_reset(&r->client);
	end_reset(&r->backend);
	/* session keys do not outlive their session */
	memset(&r->tls, 0, sizeof(r->tls));
	r->phase = PHASE_FREE;
}

static void
enter(struct relay *r, enum phase phase, uint64_t deadline)
{
	r->phase = phase;
	r->deadline = deadline;
}

/* False: there is no connection any more. */
static bool
begin(struct relay *r, struct tcp_pcb *pcb, uint64_t now)
{
	end_clear(&r->client);
	end_clear(&r->backend);
	end_attach(&r->client, pcb);
	r->client_ip = lwip_ntohl(ip_addr_get_ip4_u32(&pcb->remote_ip));
	r->flushed = true;
	enter(r, PHASE_HANDSHAKE, now + HANDSHAKE_MS);
	if (tls_begin(&r->tls))
		return true;
	log_peer("client", r->client_ip, "TLS does not start", NULL);
	drop(r);
	return false;
}

static struct relay *
free_slot(void)
{
	for (struct relay *r = slots; r < slots + CONN_SLOTS; r++)
		if (r->phase == PHASE_FREE)
			return r;
	return NULL;
}

static err_t
on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct relay *r = free_slot();

	(void)arg;
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	/* counts against the backlog until its end, so that lwIP answers no
	 * more clients than there are slots and places to wait */
	tcp_backlog_delayed(pcb);
	if (r && queue_empty())
		return begin(r, pcb, clock_ms()) ? ERR_OK : ERR_ABRT;
	if (queue_put(pcb, clock_ms()))
		return ERR_OK;
	tcp_backlog_accepted(pcb);
	tcp_abort(pcb);
	return ERR_ABRT;
}

static void
admit(uint64_t now)
{
	struct relay *r;
	struct tcp_pcb *pcb;

	while ((r = free_slot()) != NULL && (pcb = queue_take()) != NULL)
		begin(r, pcb, now);
	queue_expire(now, WAIT_MS);
}

/* Did a peer go away in a way that ends all? */
static bool
ended_early(const struct relay *r)
{
	if (r->backend.lost && r->phase == PHASE_CONNECT) {
		log_peer("backend", backend_ip, "refused the connection", NULL);
		return true;
	}
	if (r->client.lost)
		return true;
	/* in the middle of an answer: the client must not take it for whole */
	if (r->backend.lost && r->phase != PHASE_CLOSE)
		return true;
	/* a client that went before there was an answer to wait for */
	return r->client.eof && ring_used(&r->client.in) == 0 &&
	       (r->phase == PHASE_HANDSHAKE || r->phase == PHASE_CONNECT);
}

/* The engine is done: closed by the client, or something is wrong. */
static void
engine_closed(struct relay *r, uint64_t now)
{
	int error = br_ssl_engine_last_error(&r->tls.server.eng);

	if (error != BR_ERR_OK) {
		log_peer("client", r->client_ip, "TLS", tls_error(error));
		/* the backend must not take what it has for the whole */
		end_reset(&r->backend);
	}
	enter(r, PHASE_CLOSE, now + LINGER_MS);
}

static void
step_handshake(struct relay *r, uint64_t now)
{
	br_ssl_engine_context *e = &r->tls.server.eng;

	if (!(br_ssl_engine_current_state(e) & BR_SSL_SENDAPP))
		return;
	if (end_connect(&r->backend, backend_ip, backend_port)) {
		enter(r, PHASE_CONNECT, now + CONNECT_MS);
		return;
	}
	log_peer("backend", backend_ip, "cannot be called", NULL);
	drop(r);
}

static void
step_relay(struct relay *r, uint64_t now, bool moved)
{
	if (moved)
		r->deadline = now + IDLE_MS;
	/* After a FIN without close_notify the client may still read, but has
	 * likely gone.  It is no orderly end, so the backend is told none. */
	if (r->client.eof && (moved || r->deadline > now + LINGER_MS))
		r->deadline = now + LINGER_MS;
	if (r->backend.eof && ring_used(&r->backend.in) == 0) {
		br_ssl_engine_close(&r->tls.server.eng);
		enter(r, PHASE_CLOSE, now + LINGER_MS);
		r->client.awake = true;
	}
}

static void
step_close(struct relay *r, uint64_t now, bool moved)
{
	if (moved)
		r->deadline = now + LINGER_MS;
	if (!relay_unsent(r))
		end_shut(&r->client);
	end_shut(&r->backend);
	if (!r->client.pcb && !r->backend.pcb)
		drop(r);
}

static void
step(struct relay *r, uint64_t now)
{
	br_ssl_engine_context *e = &r->tls.server.eng;
	bool moved = r->client.moved || r->backend.moved;

	r->client.awake = r->client.moved = false;
	r->backend.awake = r->backend.moved = false;
	if (ended_early(r)) {
		drop(r);
		return;
	}
	if (r->phase == PHASE_CONNECT && r->backend.open)
		enter(r, PHASE_RELAY, now + IDLE_MS);
	moved |= relay_pump(r);
	if (br_ssl_engine_current_state(e) == BR_SSL_CLOSED &&
	    r->phase != PHASE_CLOSE) {
		engine_closed(r, now);
		relay_pump(r);
	}
	switch (r->phase) {
	case PHASE_HANDSHAKE:
		step_handshake(r, now);
		break;
	case PHASE_RELAY:
		step_relay(r, now, moved);
		break;
	case PHASE_CLOSE:
		step_close(r, now, moved);
		break;
	default:
		break;
	}
}

static void
out_of_time(struct relay *r)
{
	if (r->phase == PHASE_HANDSHAKE)
		log_peer("client", r->client_ip, "no handshake in time", NULL);
	if (r->phase == PHASE_CONNECT)
		log_peer("backend", backend_ip, "does not answer", NULL);
	drop(r);
}

uint64_t
conn_run(uint64_t now)
{
	uint64_t next = IDLE_MS;

	for (struct relay *r = slots; r < slots + CONN_SLOTS; r++) {
		for (unsigned i = 0; i < STEPS && r->phase != PHASE_FREE &&
				     (r->client.awake || r->backend.awake); i++)
			step(r, now);
		if (r->phase != PHASE_FREE && now >= r->deadline)
			out_of_time(r);
	}
	admit(now);
	for (struct relay *r = slots; r < slots + CONN_SLOTS; r++) {
		if (r->phase == PHASE_FREE)
			continue;
		if (r->client.awake || r->backend.awake)
			return 0;
		if (r->deadline - now < next)
			next = r->deadline - now;
	}
	return next;
}

unsigned
conn_active(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONN_SLOTS; i++)
		n += slots[i].phase != PHASE_FREE;
	return n;
}

const char *
conn_listen(const struct config *config)
{
	struct tcp_pcb *pcb = tcp_new(), *listener;

	backend_ip = config->backend_ip;
	backend_port = config->backend_port;
	if (!pcb || tcp_bind(pcb, IP4_ADDR_ANY, config->port) != ERR_OK)
		return "cannot bind the port";
	listener = tcp_listen_with_backlog(pcb, CONN_SLOTS + QUEUE_MAX);
	if (!listener)
		return "cannot listen";
	tcp_accept(listener, on_accept);
	return NULL;
}
