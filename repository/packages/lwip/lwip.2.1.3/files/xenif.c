#include <string.h>

#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "netif/ethernet.h"
#include "platform/clock.h"
#include "platform/net.h"
#include "xenif.h"

#define MTU		1500
#define BURST		128

u32_t
sys_now(void)
{
	return (u32_t)clock_ms();
}

static err_t
output(struct netif *nif, struct pbuf *p)
{
	void *frame;

	(void)nif;
	if (p->tot_len > NET_FRAME_MAX)
		return ERR_BUF;
	frame = net_tx_get();
	if (!frame)
		return ERR_MEM;		/* TCP sends it again */
	pbuf_copy_partial(p, frame, p->tot_len, 0);
	net_tx_put(p->tot_len);
	return ERR_OK;
}

err_t
xenif_init(struct netif *nif)
{
	nif->name[0] = 'v';
	nif->name[1] = 'n';
	nif->mtu = MTU;
	nif->hwaddr_len = ETH_HWADDR_LEN;
	memcpy(nif->hwaddr, nif->state, ETH_HWADDR_LEN);
	nif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
		     NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
	nif->output = etharp_output;
	nif->linkoutput = output;
	return ERR_OK;
}

unsigned
xenif_poll(struct netif *nif)
{
	const void *frame;
	unsigned n;
	size_t length;

	for (n = 0; n < BURST && (frame = net_rx_get(&length)) != NULL; n++) {
		struct pbuf *p;

		p = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
		if (p)
			pbuf_take(p, frame, (u16_t)length);
		net_rx_put();
		/* without a buffer the frame is lost, as on any full network */
		if (p && nif->input(p, nif) != ERR_OK)
			pbuf_free(p);
	}
	return n;
}
