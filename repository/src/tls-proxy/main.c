#include "config.h"
#include "conn.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"
#include "module.h"
#include "netif/ethernet.h"
#include "platform/clock.h"
#include "platform/console.h"
#include "platform/halt.h"
#include "platform/irq.h"
#include "platform/net.h"
#include "platform/start.h"
#include "tls.h"
#include "xenif.h"

const char *const program_name = "tls-proxy " VERSION;

static struct netif netif;

/* Nothing can be served: told once, and a person has to act. */
static _Noreturn void
refuse(const char *of, const char *why)
{
	console_printf("error: %s: %s\n", of, why);
	halt();
}

static void
read_config(struct config *c, const char *cmdline)
{
	struct config_error e;

	if (config_parse(c, cmdline, &e) == 0)
		return;
	console_printf("error: command line: ");
	if (e.word_size > 0) {
		console_printf("\"");
		console_write(e.word, e.word_size);
		console_printf("\": ");
	}
	console_printf("%s\n", e.why);
	halt();
}

static void
read_module(const struct boot *boot)
{
	struct identity id;
	const char *why;

	if (!boot->module)
		refuse("boot module",
		       "missing; tls-proxy-module makes one of key and "
		       "certificate, the loader passes it (QEMU: -initrd)");
	why = module_parse(&id, boot->module, boot->module_size);
	if (!why)
		why = tls_identity(&id);
	if (why)
		refuse("boot module", why);
}

static void
address(ip4_addr_t *to, uint32_t ip)
{
	IP4_ADDR(to, ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static void
start_network(const struct config *c)
{
	static uint8_t mac[6];
	ip4_addr_t ip, mask, gw;
	const char *why = net_init(mac);

	if (why)
		refuse("network", why);
	lwip_init();
	address(&ip, c->ip);
	address(&mask, c->mask);
	address(&gw, c->gw);
	if (!netif_add(&netif, &ip, &mask, &gw, mac, xenif_init,
		       ethernet_input))
		refuse("network", "the interface cannot be added");
	netif_set_default(&netif);
	netif_set_up(&netif);
	why = conn_listen(c);
	if (why)
		refuse("network", why);
}

static void
print_clock(void)
{
	struct clock_utc t;

	console_printf("clock uptime_ms=%lu utc=", clock_ms());
	if (clock_utc(&t))
		console_printf("%04u-%02u-%02uT%02u:%02u:%02uZ", t.year,
			       t.month, t.day, t.hour, t.minute, t.second);
	else
		console_printf("unknown");
	console_printf(" connections=%u\n", conn_active());
}

static void
print_endpoint(const char *what, uint32_t ip, unsigned port)
{
	console_printf("%s %u.%u.%u.%u:%u", what, ip >> 24, ip >> 16 & 255,
		       ip >> 8 & 255, ip & 255, port);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int
main(const struct boot *boot)
{
	struct config c;
	uint64_t next_clock;

	read_config(&c, boot->cmdline);
	read_module(boot);
	start_network(&c);
	print_clock();
	print_endpoint("listening on", c.ip, c.port);
	print_endpoint(", backend", c.backend_ip, c.backend_port);
	console_printf("\n");

	next_clock = clock_ms() + c.clock_s * 1000ull;
	for (;;) {
		unsigned frames = xenif_poll(&netif);
		uint64_t now, wait;

		sys_check_timeouts();
		now = clock_ms();
		wait = least(conn_run(now), sys_timeouts_sleeptime());
		if (c.clock_s > 0) {
			if (now >= next_clock) {
				print_clock();
				next_clock += c.clock_s * 1000ull;
			}
			wait = least(wait, next_clock - now);
		}
		if (frames == 0)
			irq_wait(wait * 1000);
	}
}
