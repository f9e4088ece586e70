/* Text for terminals. */
#include "base/term.h"

#include "base/utf8.h"
#include "../tap.h"

static const struct {
	struct str text;
	const char *safe, *lines; /* lines: with keep_lines; NULL: the same */
} safes[] = {
	{STR(""), "", NULL},
	{STR("plain \xc3\xa4 \xe4\xb8\xad \xf0\x9f\x98\x80"), "plain \xc3\xa4 \xe4\xb8\xad \xf0\x9f\x98\x80",
	 NULL},
	{STR("a\tb"), "a\tb", NULL},
	{STR("a\nb\n"), "a\\x0ab\\x0a", "a\nb\n"},
	{STR("\r\a\b"), "\\x0d\\x07\\x08", NULL},
	{STR("\x1b[31mred\x1b]0;title\x07"), "\\x1b[31mred\\x1b]0;title\\x07", NULL},
	{STR("a\0b\x7f"), "a\\x00b\\x7f", NULL},
	{STR("\xc2\x9b"
	     "31m"),
	 "\\u009b31m", NULL},
	{STR("\xe2\x80\xae"
	     "evil\xe2\x80\xac"),
	 "\\u202eevil\\u202c", NULL},
	{STR("\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f"), "\\u2066\\u2069\\u200e\\u200f", NULL},
	{STR("zero\xe2\x80\x8bwidth\xef\xbb\xbf"), "zero\\u200bwidth\\ufeff", NULL},
	{STR("\xe2\x80\xa8"), "\\u2028", NULL},
	{STR("\xf3\xa0\x81\x81"), "\\U000e0041", NULL},
	{STR("\xff\xfe"), "\\xff\\xfe", NULL},
	{STR("\xe4\xb8"), "\\xe4\\xb8", NULL},
	{STR("\xc0\x80"), "\\xc0\\x80", NULL},
	{STR("\xed\xa0\x80"), "\\xed\\xa0\\x80", NULL},
	{STR("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", NULL},
	{STR("x\x9b"
	     "y"),
	 "x\\x9by", NULL},
};

static const struct {
	const char *text;
	size_t width;
} widths[] = {
	{"", 0},
	{"abc", 3},
	{"\xc3\xa4", 1},
	{"a\xcc\x88", 1},
	{"\xe4\xb8\xad\xe6\x96\x87", 4},
	{"\xf0\x9f\x98\x80", 2},
	{"\xe2\x9c\x93", 1},
	{"\xe2\x80\x8b", 0},
	{"\xff", 1},
	{"\xef\xbd\x81", 2},
	{"\xea\xb0\x80", 2},
};

int
main(void)
{
	struct arena a = {0};
	bool good = true;
	uint32_t c;

	for (size_t i = 0; i < COUNT_OF(safes); i++) {
		EQ_STR(term_safe(&a, safes[i].text, false).s, safes[i].safe, "made harmless, case %zu", i);
		EQ_STR(term_safe(&a, safes[i].text, true).s, safes[i].lines ? safes[i].lines : safes[i].safe,
		       "with lines, case %zu", i);
	}
	for (size_t i = 0; i < COUNT_OF(widths); i++)
		EQ_INT(term_width(str_of(widths[i].text)), widths[i].width, "width of '%s'",
		       term_safe(&a, str_of(widths[i].text), false).s);

	/* Whatever comes in: printable UTF-8 comes out, and what comes out stays as it is. */
	for (unsigned i = 0; i < 65536; i++) {
		struct str text = {(char[]){'a', (char)(i >> 8), (char)i, 'b'}, 4}, safe;

		safe = term_safe(&a, text, false);
		good &= utf8_valid(safe) && str_eq(term_safe(&a, safe, false), safe);
		for (size_t at = 0; at < safe.n; at++)
			good &= safe.s[at] == '\t' ||
				((unsigned char)safe.s[at] >= 0x20 && safe.s[at] != 0x7f);
		if (i % 4096 == 0)
			arena_free(&a);
	}
	OK(good, "all pairs of bytes");
	OK(utf8_next(STR("\xf0\x9f\x98\x80x"), &c) == 4 && c == 0x1f600, "a character of four bytes");
	EQ_INT(utf8_next((struct str){0}, &c), 0, "no character");
	arena_free(&a);
	return tap_done();
}
