#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "test.h"

/* A module under construction. */
struct builder {
	unsigned char bytes[65536];
	size_t n;
};

static void
add(struct builder *b, const void *p, size_t n)
{
	memcpy(b->bytes + b->n, p, n);
	b->n += n;
}

static void
record(struct builder *b, char type, size_t claimed, const void *p, size_t n)
{
	unsigned char head[5] = { (unsigned char)type,
				  (unsigned char)(claimed >> 24),
				  (unsigned char)(claimed >> 16),
				  (unsigned char)(claimed >> 8),
				  (unsigned char)claimed };

	add(b, head, sizeof(head));
	add(b, p, n);
}

static const unsigned char key[32] = { 1, [31] = 2 };
static const unsigned char zero[8192];
static const unsigned char small[] = { 0x30, 3, 2, 1, 5 };
static unsigned char large[8193] = { 0x30, 0x82, 0x1f, 0xfd };
static const unsigned char order[32] = {
	0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static void
begin(struct builder *b)
{
	b->n = 0;
	add(b, "TLSPROX1", 8);
}

/* In memory of exactly its size, so that a sanitizer sees a read beyond. */
static const char *
parse(const struct builder *b)
{
	struct identity id;
	unsigned char *exact = malloc(b->n ? b->n : 1);
	const char *why;

	memcpy(exact, b->bytes, b->n);
	why = module_parse(&id, exact, b->n);
	free(exact);
	return why;
}

static void
refused(const struct builder *b, const char *part)
{
	const char *why = parse(b);

	ok(why && strstr(why, part), part);
}

static void
good(struct builder *b)
{
	begin(b);
	record(b, 'C', sizeof(small), small, sizeof(small));
	record(b, 'K', 32, key, 32);
	record(b, 'E', 0, "", 0);
}

static void
test_good(struct builder *b)
{
	struct identity id;
	bool all = true;

	good(b);
	ok(!module_parse(&id, b->bytes, b->n) && id.ncerts == 1 &&
	   id.certs[0].size == sizeof(small) &&
	   memcmp(id.certs[0].der, small, sizeof(small)) == 0 &&
	   memcmp(id.key, key, 32) == 0, "a good module");
	add(b, zero, 4095);
	ok(!parse(b), "zeros to the end of a page");
	add(b, zero, 1);
	refused(b, "after the end");
	good(b);
	add(b, "x", 1);
	refused(b, "after the end");

	good(b);
	for (size_t n = b->n; n-- > 0;) {
		b->n = n;
		all = all && parse(b) != NULL;
	}
	ok(all, "cut off at any byte it is refused");

	begin(b);
	record(b, 'K', 32, key, 32);
	for (unsigned i = 0; i < 4; i++)
		record(b, 'C', sizeof(large) - 1, large, sizeof(large) - 1);
	record(b, 'E', 0, "", 0);
	ok(parse(b) != NULL, "a length that does not fit its certificate");
	large[3] = 0xfc;
	begin(b);
	record(b, 'K', 32, key, 32);
	for (unsigned i = 0; i < 4; i++)
		record(b, 'C', 8192, large, 8192);
	record(b, 'E', 0, "", 0);
	ok(!parse(b), "four large certificates");
}

static void
test_records(struct builder *b)
{
	begin(b);
	for (unsigned i = 0; i < 5; i++)
		record(b, 'C', sizeof(small), small, sizeof(small));
	refused(b, "more than 4");
	begin(b);
	record(b, 'C', 8193, large, 8193);
	refused(b, "larger than 8192");
	begin(b);
	record(b, 'C', 0xffffffff, small, sizeof(small));
	refused(b, "larger than the module");
	begin(b);
	record(b, 'C', 0, "", 0);
	refused(b, "not DER");
	begin(b);
	record(b, 'C', 4, small, 4);
	refused(b, "not DER");
	begin(b);
	record(b, 'C', 5, "\x30\x84\0\0\0", 5);
	refused(b, "not DER");
	begin(b);
	record(b, 'X', 0, "", 0);
	refused(b, "unknown type");
	begin(b);
	record(b, 'E', 0, "", 0);
	refused(b, "no certificate");
	begin(b);
	record(b, 'C', sizeof(small), small, sizeof(small));
	record(b, 'E', 0, "", 0);
	refused(b, "no private key");
	begin(b);
	record(b, 'C', sizeof(small), small, sizeof(small));
	record(b, 'K', 32, key, 32);
	refused(b, "no end record");
	record(b, 'E', 1, "x", 1);
	refused(b, "not empty");
}

static void
test_keys(struct builder *b)
{
	unsigned char below[32];

	begin(b);
	record(b, 'K', 31, key, 31);
	refused(b, "P-256");
	begin(b);
	record(b, 'K', 33, zero, 33);
	refused(b, "P-256");
	begin(b);
	record(b, 'K', 32, zero, 32);
	refused(b, "P-256");
	begin(b);
	record(b, 'K', 32, order, 32);
	refused(b, "P-256");
	memcpy(below, order, 32);
	below[31]--;
	begin(b);
	record(b, 'K', 32, below, 32);
	record(b, 'K', 32, below, 32);
	refused(b, "two private keys");
}

int
main(void)
{
	static struct builder b;

	b.n = 0;
	refused(&b, "does not begin");
	add(&b, "TLSPROX2", 8);
	refused(&b, "does not begin");
	test_good(&b);
	test_records(&b);
	test_keys(&b);
	return done();
}
