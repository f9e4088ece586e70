#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"

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

void
out_bytes(struct ctx *c, struct str bytes)
{
	if (isatty(STDOUT_FILENO))
		bytes = term_safe(c->a, bytes, true);
	fwrite(bytes.s, 1, bytes.n, stdout);
}

int
out_flush(struct err *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_sys(e, "writing the answer");
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

void
out_error(struct ctx *c, const struct err *e)
{
	if (c->global.json) {
		struct json j = out_json_open(c);

		out_json_close(c, &j, e);
		fflush(stdout);
	}
	fflush(stdout);
	if (e->at.line)
		fprintf(stderr, "%s:%u:%u: error: %s [%s]\n", out_safe(c, str_of(e->file)), e->at.line,
			e->at.col, out_safe_lines(c, str_of(e->msg)), err_name(e->code));
	else
		fprintf(stderr, "pkg: error: %s [%s]\n", out_safe_lines(c, str_of(e->msg)),
			err_name(e->code));
	if (e->at.line && e->line[0])
		print_source(c, e);
	print_lines(c, "  ", e->note);
	print_lines(c, "hint: ", e->hint);
}

int
out_confirm(struct ctx *c, const char *question, struct err *e)
{
	char answer[16];

	if (c->global.yes)
		return 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		err_set(e, ERR_ABORTED, "%s Nobody is there to answer", question);
		return err_hint(e, "-y says yes");
	}
	fprintf(stderr, "%s [y/N] ", question);
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return err_set(e, ERR_ABORTED, "nothing was changed");
}

void
out_table(struct ctx *c, const struct opam_strings *rows)
{
	size_t widths[16] = {0}, columns = 0;

	for (size_t i = 0; i < rows->n; i++) {
		struct str rest = rows->v[i], cell;

		for (size_t at = 0; at < COUNT_OF(widths) && str_cut(&rest, '\t', &cell); at++) {
			size_t width = term_width(term_safe(c->a, cell, false));

			if (width > widths[at])
				widths[at] = width;
			if (at + 1 > columns)
				columns = at + 1;
		}
	}
	for (size_t i = 0; i < rows->n; i++) {
		struct str rest = rows->v[i], cell;
		size_t owed = 0; /* blanks before the next cell, so that no line ends in blanks */

		for (size_t at = 0; at < columns && str_cut(&rest, '\t', &cell); at++) {
			const char *text = out_safe(c, cell);

			if (*text)
				out("%*s%s", (int)owed, "", text), owed = 0;
			owed += widths[at] + 2 - term_width(str_of(text));
		}
		out("\n");
	}
}

struct json
out_json_open(struct ctx *c)
{
	struct json j = json_new(c->a);

	json_object(&j);
	json_key_str(&j, "schema", str_printf(c->a, "pkg/1/%s", c->command ? c->command : "pkg"));
	json_key_c(&j, "tool", PKG_VERSION);
	if (c->have_root)
		json_key_c(&j, "root", c->root.path);
	json_key_array(&j, "repo");
	for (size_t i = 0; i < c->apply.repos.n; i++) {
		json_object(&j);
		json_key_str(&j, "name", c->apply.repos.v[i].name);
		json_key_c(&j, "commit", c->apply.repos.v[i].commit.hex);
		json_end(&j);
	}
	json_end(&j);
	json_key_object(&j, "data");
	return j;
}

static void
json_error(struct ctx *c, struct json *j, const struct err *e)
{
	struct str rest = str_of(e->hint), line;

	json_key_object(j, "error");
	json_key_c(j, "id", err_name(e->code));
	json_key_int(j, "code", e->code);
	json_key_c(j, "message", e->msg);
	json_key_c(j, "note", e->note);
	if (e->at.line) {
		json_key_c(j, "file", e->file);
		json_key_int(j, "line", e->at.line);
		json_key_int(j, "col", e->at.col);
	}
	json_key_array(j, "hints");
	while (str_cut(&rest, '\n', &line))
		json_add_str(j, line);
	json_end(j);
	json_end(j);
	(void)c;
}

void
out_json_close(struct ctx *c, struct json *j, const struct err *e)
{
	struct str text;

	json_end(j);
	json_key_array(j, "warnings");
	for (size_t i = 0; i < c->warnings.n; i++)
		json_add_str(j, c->warnings.v[i]);
	json_end(j);
	if (e) {
		json_error(c, j, e);
	} else {
		json_name(j, "error");
		json_add_null(j);
	}
	json_end(j);
	text = json_done(j);
	fwrite(text.s, 1, text.n, stdout);
}
