/* The small ones: arena, str, buf, vec, map, err, report. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/report.h"
#include "base/vec.h"
#include "../tap.h"

static void
test_arena(void)
{
	struct arena a = {0};
	char *small = arena_strdup(&a, "small"), *big = arena_alloc(&a, 100000),
	     *after = arena_strdup(&a, "after");
	bool zero = true;

	for (size_t i = 0; i < 100000; i++)
		zero &= big[i] == 0;
	OK(zero, "memory of an arena is zero");
	memset(big, 'x', 100000);
	EQ_STR(small, "small", "a big block leaves the one before alone");
	EQ_STR(after, "after", "a big block leaves the one after alone");
	EQ_INT((uintptr_t)arena_alloc(&a, 1) % _Alignof(max_align_t), 0, "memory is aligned");
	EQ_STR(arena_printf(&a, "%d-%s", 7, "x"), "7-x", "arena_printf");
	arena_free(&a);
	OK(!a.block, "a freed arena is empty");
	EQ_STR(arena_strndup(&a, "abc", 2), "ab", "a freed arena is usable");
	arena_free(&a);
}

static void
test_str(void)
{
	struct str rest = STR("a,,b"), word;

	OK(str_eq(STR(""), (struct str){0}), "empty texts are equal");
	OK(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0,
	   "order by bytes, then length");
	OK(str_cmp(STR("\xff"), STR("a")) > 0, "bytes are unsigned");
	OK(str_starts(STR("abc"), "ab") && !str_starts(STR("a"), "ab"), "starts");
	OK(str_ends(STR("abc"), "bc") && !str_ends(STR("c"), "bc"), "ends");
	EQ_INT(str_sub(STR("abc"), 5, 9).n, 0, "a part out of range is empty");
	EQ_INT(str_sub(STR("abc"), 1, SIZE_MAX).n, 2, "a part is cut at the end");
	OK(str_is(str_trim(STR(" \t a b\r\n")), "a b"), "trim");
	EQ_INT(str_rchr(STR("a/b/c"), '/'), 3, "last slash");
	EQ_INT(str_chr(STR(""), '/'), -1, "no slash");
	OK(str_cut(&rest, ',', &word) && str_is(word, "a"), "first word");
	OK(str_cut(&rest, ',', &word) && word.n == 0, "empty word");
	OK(str_cut(&rest, ',', &word) && str_is(word, "b"), "last word");
	OK(!str_cut(&rest, ',', &word), "no more words");
	EQ_INT(str_distance(STR("install"), STR("instlal"), 2), 1, "a swap counts one");
	EQ_INT(str_distance(STR("abc"), STR("xyz"), 2), 3, "too far is limit + 1");
}

static void
test_containers(void)
{
	struct arena a = {0};
	struct buf b = buf_new(&a);
	struct map m = map_new(&a), none = {0};
	VEC(int) v = {0};
	bool good = true;

	EQ_STR(b.s, "", "an empty buf is a C string");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	EQ_INT(b.n, 3890, "a buf grows");
	buf_cut(&b, 4);
	EQ_STR(b.s, "0,1,", "a buf is cut");
	buf_add(&b, "\0x", 2);
	EQ_INT(buf_str(&b).n, 6, "a buf holds any byte");

	for (int i = 0; i < 5000; i++) {
		struct str key = str_printf(&a, "key%d", i);

		map_set(&m, key, (void *)(intptr_t)(i + 1));
		vec_push(&a, &v, i);
	}
	map_set(&m, STR("key7"), (void *)(intptr_t)77);
	for (int i = 0; i < 5000; i++) {
		struct str key = str_printf(&a, "key%d", i);

		good &= (intptr_t)map_get(&m, key) == (i == 7 ? 77 : i + 1) && v.v[i] == i;
		good &= str_eq(m.entries[i].key, key);
	}
	OK(good && m.n == 5000 && v.n == 5000, "5,000 entries are found, in their order");
	OK(!map_get(&m, STR("key")) && !map_has(&m, STR("")), "what is not there is not found");
	OK(!map_get(&none, STR("x")), "a zeroed map is empty");
	arena_free(&a);
}

static void
test_err(void)
{
	struct err e;

	errno = ENOSPC;
	EQ_INT(err_sys(&e, "writing %s", "/x"), -1, "err_sys returns -1");
	EQ_INT(e.sys, ENOSPC, "and keeps errno");
	EQ_INT(e.code, ERR_SYSTEM, "and has the code of the system");
	EQ_STR(e.msg, "writing /x: No space left on device", "and says what happened");
	err_note(&e, "while %s", "one");
	err_note(&e, "while two");
	EQ_STR(e.note, "while one\nwhile two", "notes are lines");
	err_at(&e, ERR_PARSE, (struct pos){"f", 3, 4}, "bad");
	OK(e.at.file == e.file && strcmp(e.file, "f") == 0 && e.at.line == 3, "a position");
	EQ_STR(e.note, "", "a new error forgets old notes");
	EQ_STR(err_name(ERR_FETCH), "FETCH", "the name of a code");
	OK(!err_meaning(77) && err_meaning(20), "the meaning of a code");
	for (int i = 0; i < 2000; i++)
		err_note(&e, "a line of notes that is repeated");
	EQ_INT(strlen(e.note), sizeof(e.note) - 1, "too many notes are cut");
}

static void
keep_text(void *ctx, const struct report_event *event)
{
	snprintf(ctx, 64, "%d " STR_FMT, event->kind, STR_ARG(event->text));
}

static void
test_report(void)
{
	char text[64] = "";
	struct report r = {keep_text, text}, silent = {0};

	report_text(&silent, REPORT_WARN, STR("x"), "nobody hears");
	report_text(NULL, REPORT_WARN, STR("x"), "nobody hears");
	report_text(&r, REPORT_WARN, STR("x.1"), "%s!", "hello");
	EQ_STR(text, "1 hello!", "an event arrives");
}

int
main(void)
{
	test_arena();
	test_str();
	test_containers();
	test_err();
	test_report();
	return tap_done();
}
