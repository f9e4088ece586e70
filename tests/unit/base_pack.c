/* Numbers and texts as bytes, the checksum, and what an arena does when it is freed. */
#include <stdint.h>

#include "base/pack.h"
#include "base/sum.h"
#include "../tap.h"

static void
test_numbers(void)
{
	static const uint64_t numbers[] = {0, 1, 127, 128, 300, 1u << 31, UINT64_MAX - 1, UINT64_MAX};
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct str rest;
	uint64_t n;

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		pack_number(&b, numbers[i]);
	rest = buf_str(&b);
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		OK(unpack_number(&rest, &n) && n == numbers[i], "%llu comes back",
		   (unsigned long long)numbers[i]);
	EQ_INT(rest.n, 0, "and nothing else");
	OK(!unpack_number(&rest, &n), "at the end there is no number");
	rest = STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
	OK(!unpack_number(&rest, &n), "a number without end");
	rest = STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
	OK(!unpack_number(&rest, &n), "a number of more than 64 bits");
	rest = STR("\x80");
	OK(!unpack_number(&rest, &n), "half a number");
	arena_free(&a);
}

static void
test_texts(void)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct str rest, s;
	size_t n;

	pack_str(&b, STR("zlib"));
	pack_str(&b, STR(""));
	rest = buf_str(&b);
	OK(unpack_str(&rest, &s) && str_is(s, "zlib"), "a text comes back");
	OK(unpack_str(&rest, &s) && s.n == 0 && rest.n == 0, "so does the empty one");
	rest = str_sub(buf_str(&b), 0, 4);
	OK(!unpack_str(&rest, &s), "a text that is cut off");
	rest = STR("\x03"
		   "ab");
	OK(!unpack_count(&rest, &n), "more elements than bytes");
	arena_free(&a);
}

static void
test_sum(void)
{
	char bytes[101];

	for (int i = 0; i < 101; i++)
		bytes[i] = (char)(i * 7);
	OK(sum64(STR("")) == 0xef46db3751d8e999u, "XXH64 of nothing");
	OK(sum64((struct str){bytes, 5}) == 0x8ad58ce18a6fd093u, "of 5 bytes");
	OK(sum64((struct str){bytes, 100}) == 0x8e2272c08247d5dbu, "of 100");
	for (size_t i = 0; i < 100; i += 9) {
		uint64_t before = sum64((struct str){bytes, 100});

		bytes[i] ^= 4;
		OK(sum64((struct str){bytes, 100}) != before, "a bit of byte %zu counts", i);
	}
}

static void
note(void *ctx)
{
	struct str *order = ctx;

	*order = (struct str){order->s, order->n * 10 + 1};
}

static void
note_two(void *ctx)
{
	struct str *order = ctx;

	*order = (struct str){order->s, order->n * 10 + 2};
}

static void
test_defer(void)
{
	struct str order = {0};
	struct arena a = {0};

	arena_defer(&a, note, &order);
	arena_defer(&a, note_two, &order);
	arena_free(&a);
	EQ_INT(order.n, 21, "what was deferred is done when the arena is freed, the latest first");
	arena_free(&a);
	EQ_INT(order.n, 21, "and once");
}

int
main(void)
{
	test_numbers();
	test_texts();
	test_sum();
	test_defer();
	return tap_done();
}
