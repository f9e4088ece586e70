#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "module.h"

#define MAGIC		"TLSPROX1"
#define MAGIC_SIZE	8u
#define HEADER		5u
#define FILL_MAX	4096u

struct cursor {
	const unsigned char *p;
	size_t left;
};

/* The number of points of P-256: a key is at least 1 and below it. */
static const unsigned char order[MODULE_KEY] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

/* Looks at every byte whatever they are: it is the key. */
static bool
key_in_range(const unsigned char *key)
{
	unsigned any = 0, borrow = 0;

	for (size_t i = MODULE_KEY; i-- > 0;) {
		any |= key[i];
		borrow = ((unsigned)key[i] - order[i] - borrow) >> 8 & 1;
	}
	return any != 0 && borrow != 0;
}

/* Is it one DER sequence and nothing more?  The rest is BearSSL's to read. */
static bool
is_sequence(const unsigned char *p, size_t n)
{
	size_t size = 0, bytes;

	if (n < 2 || p[0] != 0x30)
		return false;
	if (p[1] < 0x80)
		return n == 2u + p[1];
	bytes = p[1] & 0x7f;
	if (bytes < 1 || bytes > 2 || n < 2 + bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		size = size << 8 | p[2 + i];
	return size >= (bytes == 1 ? 0x80u : 0x100u) && n == 2 + bytes + size;
}

static const char *
certificate(struct identity *id, const unsigned char *p, size_t n)
{
	if (id->ncerts == MODULE_CERTS)
		return "more than 4 certificates";
	if (n > MODULE_CERT_MAX)
		return "a certificate is larger than 8192 bytes";
	if (!is_sequence(p, n))
		return "a certificate is not DER";
	id->certs[id->ncerts].der = p;
	id->certs[id->ncerts].size = n;
	id->ncerts++;
	return NULL;
}

static const char *
end(const struct identity *id, size_t n, struct cursor rest)
{
	if (n != 0)
		return "the end record is not empty";
	if (id->ncerts == 0)
		return "there is no certificate";
	if (!id->key)
		return "there is no private key";
	if (rest.left >= FILL_MAX)
		return "there is something after the end record";
	while (rest.left-- > 0)
		if (*rest.p++ != 0)
			return "there is something after the end record";
	return NULL;
}

const char *
module_parse(struct identity *id, const void *data, size_t size)
{
	struct cursor c = { data, size };
	const char *why;

	memset(id, 0, sizeof(*id));
	if (size < MAGIC_SIZE || memcmp(data, MAGIC, MAGIC_SIZE) != 0)
		return "it does not begin as one of tls-proxy-module";
	c.p += MAGIC_SIZE;
	c.left -= MAGIC_SIZE;
	while (c.left >= HEADER) {
		unsigned type = c.p[0];
		size_t n = (size_t)c.p[1] << 24 | (size_t)c.p[2] << 16 |
			   (size_t)c.p[3] << 8 | c.p[4];
		const unsigned char *p = c.p + HEADER;

		c.left -= HEADER;
		if (n > c.left)
			return "a record is larger than the module";
		c.p = p + n;
		c.left -= n;
		switch (type) {
		case 'C':
			why = certificate(id, p, n);
			if (why)
				return why;
			break;
		case 'K':
			if (id->key)
				return "there are two private keys";
			if (n != MODULE_KEY || !key_in_range(p))
				return "the private key is not one of P-256";
			id->key = p;
			break;
		case 'E':
			return end(id, n, c);
		default:
			return "a record has an unknown type";
		}
	}
	return "it has no end record";
}
