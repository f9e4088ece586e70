#include <stdbool.h>
#include <string.h>

#include "config.h"

#define CLOCK_MAX	86400u
#define PORT_DEFAULT	443u

struct word {
	const char *s;
	size_t n;
};

enum key { IP, MASK, GW, BACKEND, PORT, CLOCK, KEYS };

static const char *const names[KEYS] = {
	[IP] = "ip", [MASK] = "mask", [GW] = "gw", [BACKEND] = "backend",
	[PORT] = "port", [CLOCK] = "clock",
};

/* QEMU's microvm tells Linux of its devices this way; we look for ours. */
static const char ignored[] = "virtio_mmio.device=";

static bool
is(struct word w, const char *s)
{
	return w.n == strlen(s) && memcmp(w.s, s, w.n) == 0;
}

/* A decimal number without sign or needless zeros, from the front of *w. */
static bool
number(struct word *w, uint32_t max, uint32_t *to)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < w->n && n < 10 && w->s[n] >= '0' && w->s[n] <= '9')
		v = v * 10 + (uint64_t)(w->s[n++] - '0');
	if (n == 0 || (n > 1 && w->s[0] == '0') || v > max)
		return false;
	w->s += n;
	w->n -= n;
	*to = (uint32_t)v;
	return true;
}

static bool
skip(struct word *w, char c)
{
	if (w->n == 0 || *w->s != c)
		return false;
	w->s++;
	w->n--;
	return true;
}

static bool
address(struct word *w, uint32_t *to)
{
	uint32_t part;

	*to = 0;
	for (unsigned i = 0; i < 4; i++) {
		if ((i > 0 && !skip(w, '.')) || !number(w, 255, &part))
			return false;
		*to = *to << 8 | part;
	}
	return true;
}

static bool
port(struct word *w, uint16_t *to)
{
	uint32_t v;

	if (!number(w, 65535, &v) || v == 0)
		return false;
	*to = (uint16_t)v;
	return true;
}

/* NULL, or what is wrong with the value of a key. */
static const char *
set(struct config *c, enum key key, struct word value)
{
	struct word w = value;
	bool good;

	switch (key) {
	case IP:
		good = address(&w, &c->ip);
		break;
	case MASK:
		good = address(&w, &c->mask);
		break;
	case GW:
		good = address(&w, &c->gw);
		break;
	case BACKEND:
		good = address(&w, &c->backend_ip) && skip(&w, ':') &&
		       port(&w, &c->backend_port);
		break;
	case PORT:
		good = port(&w, &c->port);
		break;
	case CLOCK:
		good = number(&w, CLOCK_MAX, &c->clock_s);
		break;
	default:
		good = false;
		break;
	}
	if (good && w.n == 0)
		return NULL;
	switch (key) {
	case BACKEND:
		return "expected an address and a port, as 10.0.2.2:8080";
	case PORT:
		return "expected a port, 1 to 65535";
	case CLOCK:
		return "expected a number of seconds, up to 86400";
	default:
		return "expected an address, as 10.0.2.15";
	}
}

/* Is it an address of one machine: not this net, loopback or multicast? */
static bool
is_host(uint32_t ip)
{
	return ip >> 24 != 0 && ip >> 24 != 127 && ip >> 24 < 224;
}

static bool
same_net(const struct config *c, uint32_t ip)
{
	return ((ip ^ c->ip) & c->mask) == 0;
}

/* Can a machine of our network have it: is it neither net nor broadcast? */
static bool
is_neighbour(const struct config *c, uint32_t ip)
{
	uint32_t host = ip & ~c->mask;

	return host != 0 && host != ~c->mask;
}

static const char *
check(const struct config *c)
{
	uint32_t host = ~c->mask;

	/* ones, then zeros; /31 and /32 have no room for a neighbour */
	if ((host & (host + 1)) != 0 || host < 3 || c->mask == 0)
		return "mask= is not a network mask, as 255.255.255.0";
	if (!is_host(c->ip) || !is_neighbour(c, c->ip))
		return "ip= is not the address of a host in its network";
	if (!is_host(c->backend_ip) || c->backend_ip == c->ip)
		return "backend= is not the address of another host";
	if (c->gw == 0)
		return same_net(c, c->backend_ip) ? NULL :
		       "backend= is in another network and gw= is missing";
	if (!same_net(c, c->gw))
		return "gw= is not in the network of ip=";
	if (c->gw == c->ip || !is_neighbour(c, c->gw))
		return "gw= is not the address of another host";
	return NULL;
}

static int
fail(struct config_error *e, const char *why, const char *word, size_t n)
{
	*e = (struct config_error){ why, word, n };
	return -1;
}

static int
take(struct config *c, struct word w, unsigned *seen, struct config_error *e)
{
	const char *why;

	if (w.n >= sizeof(ignored) - 1 &&
	    memcmp(w.s, ignored, sizeof(ignored) - 1) == 0)
		return 0;
	for (unsigned key = 0; key < KEYS; key++) {
		struct word name = { w.s, strlen(names[key]) };
		struct word value = { w.s + name.n + 1, w.n - name.n - 1 };

		if (w.n <= name.n || w.s[name.n] != '=' ||
		    !is(name, names[key]))
			continue;
		if (*seen & 1u << key)
			return fail(e, "stands twice", w.s, w.n);
		*seen |= 1u << key;
		why = set(c, key, value);
		return why ? fail(e, why, w.s, w.n) : 0;
	}
	return fail(e, "unknown; known are ip= mask= gw= backend= port= clock=",
		    w.s, w.n);
}

int
config_parse(struct config *c, const char *cmdline, struct config_error *e)
{
	static const enum key required[] = { IP, MASK, BACKEND };
	unsigned seen = 0;
	const char *why;

	*c = (struct config){ .port = PORT_DEFAULT };
	while (*cmdline) {
		struct word w = { cmdline, 0 };

		while (w.s[w.n] && w.s[w.n] != ' ')
			w.n++;
		if (w.n > 0 && take(c, w, &seen, e) < 0)
			return -1;
		cmdline = w.s + w.n;
		if (*cmdline)
			cmdline++;
	}
	for (unsigned i = 0; i < sizeof(required) / sizeof(*required); i++)
		if (!(seen & 1u << required[i]))
			return fail(e, "missing", names[required[i]],
				    strlen(names[required[i]]));
	why = check(c);
	return why ? fail(e, why, "", 0) : 0;
}
