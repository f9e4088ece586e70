#include "opam/value.h"

#include <stdio.h>
#include <string.h>

#include "opam/text.h"

size_t
opam_chain(const struct opam_value *v)
{
	return v->kind == OPAM_AND || v->kind == OPAM_OR ? (size_t)v->i + 2 : 1;
}

const struct opam_value *
opam_operand(const struct opam_value *v, size_t i)
{
	size_t links = opam_chain(v) - 1;

	if (!links)
		return v;
	return i ? v[(ptrdiff_t)i - (ptrdiff_t)links].kids[1] : v[1 - (ptrdiff_t)links].kids[0];
}

struct opam_value *
opam_chain_new(struct arena *a, enum opam_kind kind, const struct opam_value *const *operands, size_t n)
{
	/* Nothing writes through a tree once it is built: const ends at its edge. */
	struct opam_value **kids, *chain, *first = (struct opam_value *)(uintptr_t)operands[0];
	size_t links = n - 1;

	if (!links)
		return first;
	chain = arena_array(a, struct opam_value, links);
	kids = arena_array(a, struct opam_value *, links * 2);
	for (size_t i = 0; i < links; i++) {
		const struct opam_value *right = operands[i + 1];

		kids[i * 2] = i ? &chain[i - 1] : first;
		kids[i * 2 + 1] = (struct opam_value *)(uintptr_t)right;
		chain[i].kind = kind;
		chain[i].i = (int64_t)i;
		chain[i].kids = &kids[i * 2];
		chain[i].n = 2;
		chain[i].at.off = first->at.off;
		chain[i].at.len = right->at.off + right->at.len - first->at.off;
	}
	return &chain[links - 1];
}

struct pos
opam_pos(const struct opam_text *t, uint32_t off)
{
	struct pos pos = {.file = t->path, .line = 1};
	const char *p = t->text.s, *at, *eol;

	if (off > t->text.n)
		off = (uint32_t)t->text.n;
	at = off ? p + off : p;
	while (p < at && (eol = memchr(p, '\n', (size_t)(at - p)))) {
		pos.line++;
		p = eol + 1;
	}
	pos.col = (uint32_t)(at - p) + 1;
	return pos;
}

/* A hostile text must not steer the terminal on which its error is shown. */
static void
clean(char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			*text = '?';
}

/* The line that holds the offset, unless the place lies beyond what e can keep of it. */
static void
source_line(struct err *e, const struct opam_text *t, uint32_t off)
{
	size_t from, n;
	const char *eol;

	if (off > t->text.n)
		off = (uint32_t)t->text.n;
	from = (size_t)off + 1 - e->at.col;
	if (e->at.col >= sizeof(e->line) || from == t->text.n)
		return;
	eol = memchr(t->text.s + from, '\n', t->text.n - from);
	n = eol ? (size_t)(eol - t->text.s) - from : t->text.n - from;
	if (n && t->text.s[from + n - 1] == '\r')
		n--;
	if (n >= sizeof(e->line))
		n = sizeof(e->line) - 1;
	memcpy(e->line, t->text.s + from, n);
	e->line[n] = '\0';
	/* A NUL would end the line early and move nothing else. */
	for (size_t i = 0; i < n; i++)
		if (!e->line[i])
			e->line[i] = '?';
	clean(e->line);
}

int
opam_err(struct err *e, const struct opam_text *t, struct opam_span at, const char *fmt, ...)
{
	char text[sizeof(e->msg)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean(text);
	err_at(e, ERR_PARSE, opam_pos(t, at.off), "%s", text);
	source_line(e, t, at.off);
	return -1;
}

int
opam_bad_text(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->msg)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean(text);
	return err_set(e, ERR_PARSE, "%s", text);
}
