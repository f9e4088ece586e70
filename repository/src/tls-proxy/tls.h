/* tls.h - the server's end of TLS 1.2, by BearSSL. */
#ifndef TLS_PROXY_TLS_H
#define TLS_PROXY_TLS_H

#include <bearssl.h>
#include <stdbool.h>

#include "module.h"

/* What one connection needs. */
struct tls {
	br_ssl_server_context server;
	unsigned char buffer[BR_SSL_BUFSIZE_BIDI];
};

/* NULL, or why we cannot be this server: the first certificate is read and
 * must belong to the key.  *id and what it points to must stay. */
const char *tls_identity(const struct identity *id);

/* Ready for a client's first byte; false when the engine does not start. */
bool tls_begin(struct tls *t);

/* A few words for an error of the engine. */
const char *tls_error(int error);

#endif
