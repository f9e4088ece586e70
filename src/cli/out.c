#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/term.h"
#include "cli/plan_out.h"

void
out(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

void
out_message(const struct ctx *c, const char *fmt, ...)
{
	va_list args;

	if (c->global.quiet)
		return;
	fflush(stdout); /* what was said before comes before */
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
}

const char *
out_safe(struct ctx *c, struct str text)
{
	return str_c(c->a, term_safe(c->a, text, false));
}

const char *
out_safe_lines(struct ctx *c, struct str text)
{
	return str_c(c->a, term_safe(c->a, text, true));
}

struct str
out_folded(struct arena *a, struct str text)
{
	struct buf b = buf_new(a);
	bool blank = true;

	buf_reserve(&b, text.n);
	for (size_t i = 0; i < text.n; i++) {
		bool is_blank = str_chr(STR(" \t\n\r"), text.s[i]) >= 0;

		if (!is_blank || !blank)
			buf_addc(&b, is_blank ? ' ' : text.s[i]);
		blank = is_blank;
	}
	return buf_str(&b);
}

void
out_bytes(struct ctx *c, struct str bytes)
{
	if (c->terminal && (c->pager || isatty(STDOUT_FILENO)))
		bytes = term_safe(c->a, bytes, true);
	fwrite(bytes.s, 1, bytes.n, stdout);
}

int
out_flush(struct ctx *c, struct err *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (c->pager && errno == EPIPE)
		return 0;
	c->unread = errno == EPIPE;
	return err_sys(e, "writing the answer");
}

const char *
out_label(struct ctx *c, enum label label)
{
	static const struct {
		const char *plain, *colored;
	} labels[] = {
		[LABEL_ERROR] = {"error:", "\033[1;31merror:\033[0m"},
		[LABEL_WARNING] = {"warning:", "\033[1;33mwarning:\033[0m"},
		[LABEL_HINT] = {"hint:", "\033[36mhint:\033[0m"},
	};

	return c->colored ? labels[label].colored : labels[label].plain;
}

static void
print_lines(struct ctx *c, const char *label, const char *text)
{
	struct str rest = str_of(text), line;

	while (str_cut(&rest, '\n', &line))
		fprintf(stderr, "%s%s\n", label, out_safe(c, line));
}

static void
print_source(struct ctx *c, const struct err *e)
{
	struct str before = str_sub(str_of(e->line), 0, e->at.col ? e->at.col - 1 : 0);
	size_t width = term_width(term_safe(c->a, before, false));

	fprintf(stderr, "%5u | %s\n", e->at.line, out_safe(c, str_of(e->line)));
	fprintf(stderr, "      | %*s^\n", (int)width, "");
}

const char *
out_place(struct ctx *c, const struct pos *at)
{
	const char *file = at->file ? out_safe(c, str_of(at->file)) : "";

	if (!*file)
		return "";
	return at->line ? arena_printf(c->a, "%s:%u:%u: ", file, at->line, at->col)
			: arena_printf(c->a, "%s: ", file);
}

void
out_error(struct ctx *c, const struct err *e)
{
	const struct pos at = {e->file, e->at.line, e->at.col};
	const char *place = out_place(c, &at);
	const char *label = out_label(c, LABEL_ERROR), *hint = out_label(c, LABEL_HINT);

	fflush(stdout);
	fprintf(stderr, "%s%s %s [%s]\n", *place ? place : "pkg: ", label, out_safe(c, str_of(e->msg)),
		err_name(e->code));
	if (e->at.line && e->line[0])
		print_source(c, e);
	if (c->global.verbose && c->explanation.reasons.n)
		explanation_print(c, &c->explanation);
	else
		print_lines(c, "  ", e->note);
	print_lines(c, arena_printf(c->a, "%s ", hint), e->hint);
}

static size_t
most_cells(const struct opam_strings *rows)
{
	size_t most = 0;

	for (size_t i = 0; i < rows->n; i++) {
		size_t cells = 1;

		for (size_t j = 0; j < rows->v[i].n; j++)
			cells += rows->v[i].s[j] == '\t';
		most = cells > most ? cells : most;
	}
	return most;
}

void
out_table(struct ctx *c, const struct opam_strings *rows)
{
	size_t columns = most_cells(rows);
	size_t *widths = arena_array(c->a, size_t, columns + 1);

	for (size_t i = 0; i < rows->n; i++) {
		struct str rest = rows->v[i], cell;

		for (size_t at = 0; str_cut(&rest, '\t', &cell); at++) {
			size_t width = term_width(term_safe(c->a, cell, false));

			if (width > widths[at])
				widths[at] = width;
		}
	}
	for (size_t i = 0; i < rows->n; i++) {
		struct str rest = rows->v[i], cell;
		size_t owed = 0; /* blanks before the next cell, so that no line ends in blanks */

		for (size_t at = 0; str_cut(&rest, '\t', &cell); at++) {
			const char *text = out_safe(c, cell);

			if (*text)
				out("%*s%s", (int)owed, "", text), owed = 0;
			owed += widths[at] + 2 - term_width(str_of(text));
		}
		out("\n");
	}
}
