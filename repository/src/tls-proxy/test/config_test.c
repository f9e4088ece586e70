#include <string.h>

#include "config.h"
#include "test.h"

#define NET "ip=10.0.2.15 mask=255.255.255.0 "
#define ALL NET "gw=10.0.2.2 backend=10.0.2.2:8080"

static const struct {
	const char *cmdline;
	const char *why;	/* part of the message; NULL: accepted */
	const char *word;	/* the word at fault */
} cases[] = {
	{ ALL, NULL, NULL },
	{ "  " ALL "  ", NULL, NULL },
	{ NET "backend=10.0.2.2:1", NULL, NULL },
	{ ALL " port=8443 clock=2", NULL, NULL },
	{ ALL " virtio_mmio.device=512@0xfeb02e00:12", NULL, NULL },
	{ "ip=10.0.2.15 mask=255.255.255.252 backend=10.0.2.14:1", "ip=", "" },
	{ "ip=10.0.2.14 mask=255.255.255.252 backend=10.0.2.13:65535", NULL,
	  NULL },
	{ "", "missing", "ip" },
	{ "mask=255.0.0.0 backend=1.2.3.4:5", "missing", "ip" },
	{ "ip=10.0.2.15 backend=10.0.2.2:80", "missing", "mask" },
	{ NET "gw=10.0.2.2", "missing", "backend" },
	{ ALL " ip=10.0.2.16", "twice", "ip=10.0.2.16" },
	{ ALL " quiet", "unknown", "quiet" },
	{ ALL " ip", "unknown", "ip" },
	{ ALL " ipx=1", "unknown", "ipx=1" },
	{ ALL " IP=10.0.2.1", "unknown", "IP=10.0.2.1" },
	{ ALL " virtio_mmio.devic", "unknown", "virtio_mmio.devic" },
	{ "ip=10.0.2 mask=255.0.0.0", "address", "ip=10.0.2" },
	{ "ip=10.0.2.256", "address", "ip=10.0.2.256" },
	{ "ip=10.0.2.015", "address", "ip=10.0.2.015" },
	{ "ip=10.0.2.15.", "address", "ip=10.0.2.15." },
	{ "ip=10.0.2.-1", "address", "ip=10.0.2.-1" },
	{ "ip=10..2.15", "address", "ip=10..2.15" },
	{ "ip=", "address", "ip=" },
	{ "ip=10.0.2.99999999999999999999", "address",
	  "ip=10.0.2.99999999999999999999" },
	{ "ip=127.0.0.1 mask=255.0.0.0 backend=127.0.0.2:1", "host", "" },
	{ "ip=224.0.0.1 mask=255.0.0.0 backend=10.0.0.2:1", "host", "" },
	{ "ip=10.0.2.0 mask=255.255.255.0 backend=10.0.2.2:1", "host", "" },
	{ "ip=10.0.2.255 mask=255.255.255.0 backend=10.0.2.2:1", "host", "" },
	{ "ip=10.0.2.1 mask=255.0.255.0 backend=10.0.2.2:1", "mask=", "" },
	{ "ip=10.0.2.1 mask=0.0.0.0 backend=10.0.2.2:1", "mask=", "" },
	{ "ip=10.0.2.1 mask=255.255.255.255 backend=10.0.2.2:1", "mask=", "" },
	{ NET "gw=10.0.3.2 backend=10.0.2.2:1", "gw=", "" },
	{ NET "gw=10.0.2.15 backend=10.0.2.2:1", "gw=", "" },
	{ NET "backend=192.168.0.1:80", "gw= is missing", "" },
	{ NET "gw=10.0.2.2 backend=192.168.0.1:80", NULL, NULL },
	{ NET "backend=10.0.2.15:80", "backend=", "" },
	{ NET "backend=0.0.0.0:80", "backend=", "" },
	{ NET "backend=10.0.2.2", "port", "backend=10.0.2.2" },
	{ NET "backend=10.0.2.2:", "port", "backend=10.0.2.2:" },
	{ NET "backend=10.0.2.2:0", "port", "backend=10.0.2.2:0" },
	{ NET "backend=10.0.2.2:65536", "port", "backend=10.0.2.2:65536" },
	{ NET "backend=10.0.2.2:80x", "port", "backend=10.0.2.2:80x" },
	{ NET "backend=localhost:80", "port", "backend=localhost:80" },
	{ ALL " port=0", "port", "port=0" },
	{ ALL " clock=86401", "seconds", "clock=86401" },
	{ ALL " clock=", "seconds", "clock=" },
};

static int
holds(const char *cmdline, const char *why, const char *word)
{
	struct config c;
	struct config_error e = { "", "", 0 };

	if (config_parse(&c, cmdline, &e) == 0)
		return why == NULL;
	return why && strstr(e.why, why) && e.word_size == strlen(word) &&
	       memcmp(e.word, word, e.word_size) == 0;
}

int
main(void)
{
	struct config c;
	struct config_error e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ok(holds(cases[i].cmdline, cases[i].why, cases[i].word),
		   cases[i].cmdline);

	ok(config_parse(&c, ALL " port=8443 clock=7", &e) == 0 &&
	   c.ip == 0x0a00020f && c.mask == 0xffffff00 && c.gw == 0x0a000202 &&
	   c.backend_ip == 0x0a000202 && c.backend_port == 8080 &&
	   c.port == 8443 && c.clock_s == 7, "the values are the ones given");
	ok(config_parse(&c, NET "backend=10.0.2.2:80", &e) == 0 &&
	   c.port == 443 && c.clock_s == 0 && c.gw == 0,
	   "what is left out has its default");
	return done();
}
