/*
 * log.h - lines on the console about what clients and the backend do.
 *
 * What a client can cause may not flood the console: a few lines a second,
 * then only their number.
 */
#ifndef TLS_PROXY_LOG_H
#define TLS_PROXY_LOG_H

#include <stdint.h>

/* "NAME A.B.C.D: WHAT[: DETAIL]"; ip as in struct config, detail or NULL. */
void log_peer(const char *name, uint32_t ip, const char *what,
	      const char *detail);

#endif
