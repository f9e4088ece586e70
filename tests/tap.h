/* tap.h - a unit test prints TAP:
 *
 *	OK(x == 1, "x is one");
 *	EQ_STR(name, "zlib", "name of %s", file);
 *	return tap_done();
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static int
tap_ok(int good, const char *fmt, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	tap_failed += !good;
	return good;
}

#define OK(condition, ...)                                                                                   \
	do {                                                                                                 \
		if (!tap_ok(!!(condition), __VA_ARGS__))                                                     \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                             \
	} while (0)

#define EQ_INT(got, want, ...)                                                                               \
	do {                                                                                                 \
		long long got_ = (got), want_ = (want);                                                      \
		if (!tap_ok(got_ == want_, __VA_ARGS__))                                                     \
			printf("# %s:%d: got %lld, want %lld\n", __FILE__, __LINE__, got_, want_);           \
	} while (0)

#define EQ_STR(got, want, ...)                                                                               \
	do {                                                                                                 \
		const char *got_ = (got), *want_ = (want);                                                   \
		if (!tap_ok(got_ && want_ && strcmp(got_, want_) == 0, __VA_ARGS__))                         \
			printf("# %s:%d: got '%s', want '%s'\n", __FILE__, __LINE__, got_ ? got_ : "(null)", \
			       want_ ? want_ : "(null)");                                                    \
	} while (0)

__attribute__((unused)) static int
tap_skip_all(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

__attribute__((unused)) static int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
