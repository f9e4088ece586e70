/*
 * config.h - the command line of the machine.
 *
 *	ip=10.0.2.15 mask=255.255.255.0 gw=10.0.2.2 backend=10.0.2.2:8080
 *
 * ip, mask and backend are required; gw is where the backend or a client is
 * in another network; port= is where to listen (443); clock=N prints uptime
 * and time of day each N seconds.  Every word must be known and stand once.
 */
#ifndef TLS_PROXY_CONFIG_H
#define TLS_PROXY_CONFIG_H

#include <stddef.h>
#include <stdint.h>

/* Addresses are numbers: 10.0.2.15 is 0x0a00020f. */
struct config {
	uint32_t ip, mask, gw, backend_ip;
	uint16_t port, backend_port;
	uint32_t clock_s;
};

/* Why a command line is refused, and the word at fault ("" if none). */
struct config_error {
	const char *why;
	const char *word;
	size_t word_size;
};

/* 0, or -1 and *e. */
int config_parse(struct config *c, const char *cmdline, struct config_error *e);

#endif
