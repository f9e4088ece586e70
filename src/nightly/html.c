#include "nightly/html.h"

#include <string.h>
#include <time.h>

#include "base/term.h"
#include "base/utf8.h"

static void
add_escaped(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.s[i]) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		case '\'':
			buf_adds(b, "&#39;");
			break;
		default:
			buf_addc(b, text.s[i]);
		}
}

void
html_text(struct buf *b, struct str text)
{
	struct arena tmp = {0};

	add_escaped(b, term_safe(&tmp, text, true));
	arena_free(&tmp);
}

/* --- logs --- */

/* ESC [ ... letter: what colours a terminal. */
static struct str
without_colours(struct arena *a, struct str line)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < line.n; i++) {
		if (line.s[i] != '\033' || i + 1 >= line.n || line.s[i + 1] != '[') {
			buf_addc(&b, line.s[i]);
			continue;
		}
		for (i += 2; i < line.n && !(line.s[i] >= '@' && line.s[i] <= '~'); i++)
			;
	}
	return buf_str(&b);
}

static const char *
look_of(struct str line)
{
	static const char *const bad[] = {"error:", "Error:", "ERROR", "fatal", "undefined reference"};

	if (str_starts(line, "+ "))
		return "command";
	if (str_starts(line, "- status") || str_starts(line, "- timed out"))
		return "bad";
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (memmem(line.s, line.n, bad[i], strlen(bad[i])))
			return "bad";
	return memmem(line.s, line.n, "warning:", 8) ? "warn" : NULL;
}

void
html_log(struct buf *b, struct str log)
{
	struct str line;

	while (str_cut(&log, '\n', &line)) {
		struct arena tmp = {0};
		const char *look;

		if (line.n && line.s[line.n - 1] == '\r')
			line.n--;
		line = without_colours(&tmp, line);
		look = look_of(line);
		if (look)
			buf_printf(b, "<span class=\"%s\">", look);
		html_text(b, line);
		buf_adds(b, look ? "</span>\n" : "\n");
		arena_free(&tmp);
	}
}

/* --- parts --- */

void
html_state(struct buf *b, enum night_state s)
{
	buf_printf(b, "<span class=\"state %s\" title=\"%s\">%s</span>", night_state_text(s),
		   night_state_meaning(s), night_state_text(s));
}

void
html_begin(struct buf *b, const char *up, struct str title)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(b, title);
	buf_printf(b, "</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n</head>\n<body>\n", up);
}

void
html_end(struct buf *b)
{
	buf_adds(b, "<footer>Made by <code>pkg nightly report</code> " PKG_VERSION
		    "</footer>\n</body>\n</html>\n");
}

void
html_time(struct buf *b, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm = {0};
	char text[64];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%e %B %Y, %H:%M UTC", &tm);
	buf_adds(b, text + (text[0] == ' '));
}

void
html_duration(struct buf *b, long ms)
{
	long s = ms / 1000;

	if (s >= 3600)
		buf_printf(b, "%ld h %ld min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		buf_printf(b, "%ld min %ld s", s / 60, s % 60);
	else if (s >= 1)
		buf_printf(b, "%ld.%ld s", s, ms / 100 % 10);
	else
		buf_printf(b, "%ld ms", ms);
}

void
html_count(struct buf *b, size_t n, const char *one, const char *many)
{
	buf_printf(b, "%zu %s", n, n == 1 ? one : many);
}

void
html_package(struct buf *b, const struct night_result *night, const char *up, struct str name,
	     struct str version)
{
	const struct night_row *row = night_row(night, name);

	if (row)
		buf_printf(b, "<a href=\"%sp/" STR_FMT ".html\">", up, STR_ARG(name));
	html_text(b, name);
	if (row)
		buf_adds(b, "</a>");
	if (version.n) {
		buf_adds(b, " <span class=\"version\">");
		html_text(b, version);
		buf_adds(b, "</span>");
	}
}
