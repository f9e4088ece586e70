#include "lwip/tcp.h"
#include "queue.h"

struct waiting {
	struct tcp_pcb *pcb;	/* NULL: gone while it waited */
	uint64_t since;
};

static struct waiting ring[QUEUE_MAX];
static uint32_t first, last;		/* ever taken and put */

static void
silence(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_err(pcb, NULL);
}

static void
drop(struct tcp_pcb *pcb)
{
	silence(pcb);
	tcp_backlog_accepted(pcb);
	tcp_abort(pcb);
}

static err_t
on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct waiting *w = arg;

	(void)err;
	if (p)
		return ERR_MEM;		/* lwIP keeps it and comes again */
	/* gone without a word; lwIP does not tell of it twice */
	w->pcb = NULL;
	drop(pcb);
	return ERR_ABRT;
}

static void
on_error(void *arg, err_t err)
{
	struct waiting *w = arg;

	(void)err;
	w->pcb = NULL;
}

static void
forget_gone(void)
{
	while (first != last && !ring[first % QUEUE_MAX].pcb)
		first++;
}

bool
queue_empty(void)
{
	forget_gone();
	return first == last;
}

bool
queue_put(struct tcp_pcb *pcb, uint64_t now)
{
	struct waiting *w;

	forget_gone();
	if (last - first == QUEUE_MAX)
		return false;
	w = &ring[last++ % QUEUE_MAX];
	w->pcb = pcb;
	w->since = now;
	tcp_arg(pcb, w);
	tcp_recv(pcb, on_recv);
	tcp_err(pcb, on_error);
	return true;
}

struct tcp_pcb *
queue_take(void)
{
	struct tcp_pcb *pcb;

	forget_gone();
	if (first == last)
		return NULL;
	pcb = ring[first++ % QUEUE_MAX].pcb;
	silence(pcb);
	return pcb;
}

void
queue_expire(uint64_t now, uint64_t ms)
{
	for (forget_gone(); first != last; forget_gone()) {
		struct waiting *w = &ring[first % QUEUE_MAX];

		if (now - w->since < ms)
			return;
		first++;
		drop(w->pcb);
	}
}
