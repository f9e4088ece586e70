/*
 * module.h - the boot module: certificates and private key.
 *
 * They are never in the image.  The module is made by tls-proxy-module and
 * handed over by the loader (QEMU: -initrd, xl: ramdisk=).  It is
 *
 *	"TLSPROX1"		8 bytes
 *	records			type, 1 byte; size, 4 bytes, highest first; data
 *	  'C'			a certificate in DER, the server's own first, then
 *				its issuers: 1 to 4
 *	  'K'			the private key: 32 bytes, a number of the curve
 *				P-256, highest byte first: once
 *	  'E'			the end, of size 0
 *	zeros			less than a page, where a loader fills up
 *
 * and nothing else.
 */
#ifndef TLS_PROXY_MODULE_H
#define TLS_PROXY_MODULE_H

#include <stddef.h>

#define MODULE_CERTS	4u
#define MODULE_CERT_MAX	8192u
#define MODULE_KEY	32u

/* Points into the module. */
struct identity {
	struct {
		const unsigned char *der;
		size_t size;
	} certs[MODULE_CERTS];
	unsigned ncerts;
	const unsigned char *key;
};

/* NULL, or what is wrong.  That key and certificate belong together is not
 * looked at here. */
const char *module_parse(struct identity *id, const void *data, size_t size);

#endif
