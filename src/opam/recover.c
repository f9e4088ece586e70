#include <string.h>

#include "base/vec.h"
#include "opam/parse.h"
#include "opam/rules.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* Each error costs a parse. */
enum { ERRORS_MAX = 50 };

/* Where the line behind p starts. */
static size_t
next_line(struct str text, size_t p)
{
	const char *eol = p < text.n ? memchr(text.s + p, '\n', text.n - p) : NULL;

	return eol ? (size_t)(eol - text.s) + 1 : text.n;
}

/* The length of `name:`, `name {` or `name "title" {`, up to the sign, at the start of a line; 0: a line that
 * starts no item. */
static size_t
item_start(struct str text, size_t p)
{
	size_t n = 0;

	while (p + n < text.n && text.s[p + n] && strchr(n ? LETTERS "0123456789-_" : LETTERS, text.s[p + n]))
		n++;
	if (!n)
		return 0;
	while (p + n < text.n && (text.s[p + n] == ' ' || text.s[p + n] == '\t'))
		n++;
	return p + n < text.n && text.s[p + n] && strchr(":{\"", text.s[p + n]) ? n + 1 : 0;
}

static size_t
offset_of(struct str text, struct pos at)
{
	size_t p = 0;

	for (uint32_t line = 1; line < at.line; line++)
		p = next_line(text, p);
	p += at.col ? at.col - 1 : 0;
	return p < text.n ? p : text.n;
}

static bool
is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\n')
			return false;
	return true;
}

/* From the item that is broken to the next one. An error at the sign behind a name at the start of a line
 * is that of the item before: it was not closed. */
static void
broken_part(struct str text, size_t at, size_t *from, size_t *to)
{
	*from = 0;
	for (size_t p = 0; p < at; p = next_line(text, p)) {
		size_t n = item_start(text, p);

		if (n && (p + n - 1 < at || is_blank(text.s + *from, p - *from)))
			*from = p;
	}
	*to = *from;
	do {
		*to = next_line(text, *to);
	} while (*to < text.n && (!item_start(text, *to) || is_blank(text.s + *from, *to - *from)));
	if (is_blank(text.s + *from, *to - *from))
		*to = text.n;
}

struct opam_text
opam_recover(struct arena *a, const char *path, struct str text, struct opam_findings *out)
{
	struct opam_text t = {.path = path, .text = text};
	char *copy = NULL;
	struct err e;

	for (int i = 0; i < ERRORS_MAX && opam_parse(a, path, t.text, &t, &e) < 0; i++) {
		struct opam_finding f = {
			.error = true,
			.id = LINT_SYNTAX,
			.at = {path, e.at.line, e.at.col},
			.text = str_of(arena_strdup(a, e.msg)),
		};
		const struct opam_finding *last = out->n ? &out->v[out->n - 1] : NULL;
		size_t from, to;

		if (!i || !last || last->at.line != f.at.line || last->at.col != f.at.col)
			vec_push(a, out, f);
		t = (struct opam_text){.path = path, .text = t.text};
		if (t.text.n > OPAM_TEXT_MAX)
			break;
		if (!copy)
			copy = str_c(a, text);
		t.text.s = copy;
		broken_part(t.text, offset_of(t.text, e.at), &from, &to);
		for (size_t p = from; p < to; p++)
			if (copy[p] != '\n')
				copy[p] = ' ';
	}
	return t;
}
