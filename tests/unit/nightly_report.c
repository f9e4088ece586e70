/* What a log says first, what a page makes of hostile text, what differs between two nights. */
#include "nightly/html.h"
#include "nightly/work.h"
#include "../tap.h"

static struct arena arena;

static const struct {
	const char *log, *errors;
} logs[] = {
	{"", ""},
	{"+ true\n- status 1\n", ""},
	{"+ make\ncc a.c\na.c:1: error: x\nmake: *** Error 1\n- status 2\n",
	 "a.c:1: error: x\nmake: *** Error 1"},
	/* Of the last command alone. */
	{"+ one\nan error that was none\n+ two\nquiet words\n- status 1\n", "quiet words"},
	{"+ ld\nx.o: undefined reference to `f'\n- status 1\n", "x.o: undefined reference to `f'"},
	{"no command at all\nfatal: here\n", "fatal: here"},
	/* Nothing looks bad: the last lines. */
	{"+ c\n1\n2\n3\n4\n5\n- status 1\n", "4\n5"},
	{"+ c\nerror 1\nerror 2\nerror 3\n- timed out, status 143\n", "error 1\nerror 2"},
};

static const struct {
	struct str text;
	const char *html;
} texts[] = {
	{STR("plain"), "plain"},
	{STR("<b a='1' c=\"2\">&amp;"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;"},
	{STR("</pre><script>alert(1)</script>"), "&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
	{STR("a\0b\033]0;t\007"), "a\\x00b\\x1b]0;t\\x07"},
	{STR("\xe2\x80\xae"
	     "evil"),
	 "\\u202eevil"},
	{STR("\xff<"), "\\xff&lt;"},
};

static const struct {
	const char *log, *html;
} pages[] = {
	{"+ make <all>\n", "<span class=\"command\">+ make &lt;all&gt;</span>\n"},
	{"\033[1;31mx.c: error: no\033[0m\r\n", "<span class=\"bad\">x.c: error: no</span>\n"},
	{"x.c: warning: hm\nfine\n", "<span class=\"warn\">x.c: warning: hm</span>\nfine\n"},
	{"- status 2", "<span class=\"bad\">- status 2</span>\n"},
	{"\033[", "\n"},
};

static struct night_row
row(const char *name, const char *version, enum night_state state)
{
	return (struct night_row){.name = str_of(name), .version = str_of(version), .fate = {.state = state}};
}

static void
test_diff(void)
{
	struct night_row before[] = {row("a", "1", NIGHT_OK),     row("b", "1", NIGHT_OK),
				     row("c", "1", NIGHT_FAILED), row("d", "1", NIGHT_BLOCKED),
				     row("e", "1", NIGHT_OK),     row("f", "1", NIGHT_CACHED)};
	struct night_row after[] = {row("a", "1", NIGHT_CACHED), row("b", "1", NIGHT_TIMEOUT),
				    row("c", "1", NIGHT_OK),     row("d", "1", NIGHT_FAILED),
				    row("f", "2", NIGHT_OK),     row("g", "1", NIGHT_OK)};
	struct night_result was = {.rows = before, .row_count = COUNT_OF(before)};
	struct night_result now = {.rows = after, .row_count = COUNT_OF(after)};
	static const struct {
		const char *name;
		int kind;
	} want[] = {{"b", DIFF_BROKEN},  {"c", DIFF_MENDED}, {"d", DIFF_CHANGED},
		    {"f", DIFF_CHANGED}, {"g", DIFF_NEW},    {"e", DIFF_GONE}};
	struct night_difference *v;
	size_t n;

	night_diff(&arena, &was, &now, &v, &n);
	EQ_INT(n, COUNT_OF(want), "so many differ");
	for (size_t i = 0; i < n && i < COUNT_OF(want); i++) {
		EQ_STR(str_c(&arena, v[i].name), want[i].name, "%s differs", want[i].name);
		EQ_INT(v[i].kind, want[i].kind, "and how");
	}
	night_diff(&arena, &now, &now, &v, &n);
	EQ_INT(n, 0, "a night does not differ from itself");
	OK(!night_row(&now, STR("nobody")), "a row that is not there");
}

int
main(void)
{
	enum night_state s;

	for (size_t i = 0; i < COUNT_OF(logs); i++)
		EQ_STR(str_c(&arena, log_errors(&arena, str_of(logs[i].log), 2)), logs[i].errors, "log %zu",
		       i);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct buf b = buf_new(&arena);

		html_text(&b, texts[i].text);
		EQ_STR(b.s, texts[i].html, "text %zu", i);
	}
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct buf b = buf_new(&arena);

		html_log(&b, str_of(pages[i].log));
		EQ_STR(b.s, pages[i].html, "log as a page, %zu", i);
	}
	for (int i = 0; i < NIGHT_STATE_COUNT; i++)
		OK(night_state_of(str_of(night_state_text((enum night_state)i)), &s) && (int)s == i,
		   "state %d and back", i);
	OK(!night_state_of(STR("good"), &s), "a state that is none");
	test_diff();
	arena_free(&arena);
	return tap_done();
}
