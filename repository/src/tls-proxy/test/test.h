/* test.h - the few words a test needs; prints TAP. */
#ifndef TLS_PROXY_TEST_H
#define TLS_PROXY_TEST_H

#include <stdio.h>

static int test_count, test_failed;

/* One test point: its name is its condition or a line of a table. */
static inline void
ok(int good, const char *name)
{
	test_failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++test_count, name);
}

static inline int
done(void)
{
	printf("1..%d\n", test_count);
	return test_failed ? 1 : 0;
}

#endif
