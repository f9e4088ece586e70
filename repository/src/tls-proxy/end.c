#include <string.h>

#include "end.h"
#include "lwip/tcp.h"

_Static_assert(RING_SIZE == TCP_WND, "what may be sent must fit");

#define POLL_SLOW	2u		/* half seconds */

static void
detach(struct end *e)
{
	struct tcp_pcb *pcb = e->pcb;

	e->pcb = NULL;
	e->open = false;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_poll(pcb, NULL, 0);
	tcp_backlog_accepted(pcb);
}

static err_t
on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct end *e = arg;

	(void)pcb;
	(void)err;
	e->awake = true;
	if (!p) {
		e->eof = true;
		/* closed both ways: lwIP frees it when its time is over */
		if (e->shut)
			detach(e);
		return ERR_OK;
	}
	if (p->tot_len > RING_SIZE - ring_used(&e->in))
		return ERR_MEM;		/* lwIP keeps it and comes again */
	for (const struct pbuf *q = p; q; q = q->next)
		ring_put(&e->in, q->payload, q->len);
	pbuf_free(p);
	return ERR_OK;
}

static err_t
on_sent(void *arg, struct tcp_pcb *pcb, u16_t n)
{
	struct end *e = arg;

	(void)pcb;
	(void)n;
	e->awake = e->moved = true;
	return ERR_OK;
}

/* Now and then: memory that was short may be there again. */
static err_t
on_poll(void *arg, struct tcp_pcb *pcb)
{
	struct end *e = arg;

	(void)pcb;
	e->awake = true;
	return ERR_OK;
}

/* lwIP has freed the connection already. */
static void
on_error(void *arg, err_t err)
{
	struct end *e = arg;

	(void)err;
	e->pcb = NULL;
	e->open = false;
	e->lost = e->awake = true;
}

static err_t
on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct end *e = arg;

	(void)pcb;
	(void)err;
	e->open = e->awake = true;
	return ERR_OK;
}

void
end_clear(struct end *e)
{
	e->pcb = NULL;
	e->awake = e->moved = false;
	e->open = e->eof = e->shut = e->lost = false;
	ring_clear(&e->in);
}

static void
attach(struct end *e, struct tcp_pcb *pcb)
{
	e->pcb = pcb;
	tcp_arg(pcb, e);
	tcp_recv(pcb, on_recv);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
	tcp_poll(pcb, on_poll, POLL_SLOW);
	tcp_nagle_disable(pcb);
}

void
end_attach(struct end *e, struct tcp_pcb *pcb)
{
	attach(e, pcb);
	e->open = e->awake = true;
}

bool
end_connect(struct end *e, uint32_t ip, uint16_t port)
{
	struct tcp_pcb *pcb = tcp_new();
	ip_addr_t to;

	if (!pcb)
		return false;
	ip_addr_set_ip4_u32(&to, lwip_htonl(ip));
	attach(e, pcb);
	if (tcp_connect(pcb, &to, port, on_connected) == ERR_OK)
		return true;
	end_reset(e);
	return false;
}

size_t
end_give(struct end *e, const unsigned char *p, size_t n)
{
	if (!e->pcb || !e->open || e->shut)
		return 0;
	if (n > tcp_sndbuf(e->pcb))
		n = tcp_sndbuf(e->pcb);
	if (n == 0 || tcp_write(e->pcb, p, (u16_t)n, TCP_WRITE_FLAG_COPY))
		return 0;
	return n;
}

void
end_consumed(struct end *e, size_t n)
{
	ring_drop(&e->in, n);
	if (e->pcb)
		tcp_recved(e->pcb, (u16_t)n);
}

void
end_discard(struct end *e)
{
	size_t n = ring_used(&e->in);

	if (n > 0)
		end_consumed(e, n);
}

void
end_shut(struct end *e)
{
	struct tcp_pcb *pcb = e->pcb;

	if (!pcb || e->shut)
		return;
	if (!e->eof) {
		e->shut = tcp_shutdown(pcb, 0, 1) == ERR_OK;
		return;
	}
	/* closed both ways now: lwIP delivers what is left by itself */
	detach(e);
	if (tcp_close(pcb) == ERR_OK)
		e->shut = true;
	else
		end_attach(e, pcb);
}

void
end_reset(struct end *e)
{
	struct tcp_pcb *pcb = e->pcb;

	if (!pcb)
		return;
	detach(e);
	tcp_abort(pcb);
}
