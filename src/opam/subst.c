#include "opam/subst.h"

#include <string.h>

#include "base/buf.h"
#include "opam/expand.h"
#include "opam/parse.h"

static struct str
escaped(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, s.s[i]);
	}
	return buf_str(&b);
}

static void
expand(struct buf *b, const struct opam_passes *p, struct str text, bool in_string)
{
	struct str out;

	opam_expand_pass(p, PASS_ALL, text, in_string ? escaped : NULL, &out);
	buf_str_add(b, out);
}

/* Up to a quote or a line end; inside a string, a backslash takes the next byte of the line along. */
static size_t
run_length(struct str s, bool in_string)
{
	size_t n = 0;

	while (n < s.n && s.s[n] != '"' && s.s[n] != '\n') {
		if (in_string && s.s[n] == '\\' && n + 1 < s.n && s.s[n + 1] != '\n')
			n++;
		n++;
	}
	return n;
}

/* As opam does it: quotes in comments count as quotes too. */
static void
expand_format(struct buf *b, const struct opam_passes *p, struct str rest)
{
	size_t quotes = 0, n; /* quotes: what the string is closed by; 0 outside */

	while (rest.n) {
		n = run_length(rest, quotes != 0);
		if (n) {
			expand(b, p, str_sub(rest, 0, n), quotes != 0);
		} else {
			n = str_starts(rest, "\"\"\"") ? 3 : 1;
			buf_add(b, rest.s, n);
			if (*rest.s == '"')
				quotes = !quotes ? n : n >= quotes ? 0 : quotes;
		}
		rest = str_sub(rest, n, rest.n);
	}
}

struct str
opam_subst(struct arena *a, struct str text, const struct opam_scope *scope)
{
	struct opam_passes p = {.a = a, .last = scope};
	struct arena scratch = {0};
	struct buf b = buf_new(a);
	struct str line, rest = text;
	struct opam_text tree;
	struct err e;
	bool format;

	format = opam_parse(&scratch, "", text, &tree, &e) == 0;
	arena_free(&scratch);
	if (format) {
		expand_format(&b, &p, text);
		return buf_str(&b);
	}
	while (str_cut(&rest, '\n', &line)) {
		expand(&b, &p, line, false);
		buf_addc(&b, '\n');
	}
	return buf_str(&b);
}
