#include "cli/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/proc.h"
#include "cli/ctx.h"
#include "cli/globals.h"
#include "cli/out.h"
#include "cli/pager.h"

int
help_version(struct ctx *c)
{
	struct json *j = out_data(c);
	char git2[32];

	store_library_version(git2);
	json_key_c(j, "version", PKG_VERSION);
	json_key_c(j, "cli", "1.0");
	json_key_c(j, "libgit2", git2);
	out("pkg %s\nlibgit2 %s\n", PKG_VERSION, git2);
	return 0;
}

static int
by_option(const void *a, const void *b)
{
	return strcmp(((const struct opt *)a)->name, ((const struct opt *)b)->name);
}

static int
by_command(const void *a, const void *b)
{
	return strcmp(((const struct cmd *)a)->name, ((const struct cmd *)b)->name);
}

static const void *
sorted(struct arena *a, const void *v, size_t n, size_t size, int (*by)(const void *a, const void *b))
{
	void *copy = arena_calloc(a, n + 1, size); /* and a row without name */

	memcpy(copy, v, n * size);
	qsort(copy, n, size, by);
	return copy;
}

static void
json_options(struct ctx *c, const struct opt *options)
{
	struct json *j = out_data(c);
	size_t n = 0;

	while (options[n].name)
		n++;
	json_key_array(j, "options");
	for (const struct opt *o = sorted(c->a, options, n, sizeof(*o), by_option); o->name; o++) {
		const char letter[] = {o->letter, '\0'};

		json_object(j);
		json_key_c(j, "name", o->name);
		json_key_c(j, "letter", letter);
		json_key_c(j, "argument", o->arg);
		json_key_c(j, "help", o->help);
		json_end(j);
	}
	json_end(j);
}

static void
json_overview(struct ctx *c)
{
	const struct cmd *all = sorted(c->a, cmds, cmd_count, sizeof(*cmds), by_command);
	struct json *j = out_data(c);

	json_key_array(j, "commands");
	for (const struct cmd *cmd = all; cmd->name; cmd++) {
		json_object(j);
		json_key_c(j, "name", cmd->name);
		json_key_c(j, "arguments", cmd->args);
		json_key_c(j, "help", cmd->help);
		json_end(j);
	}
	json_end(j);
	json_options(c, global_options(c));
}

static int
option_width(const struct opt *o)
{
	return (int)(strlen(o->name) + (o->arg ? 1 + strlen(o->arg) : 0));
}

/* In two columns; what is too long for the first has a line of its own. */
static void
print_options(FILE *to, const struct opt *options)
{
	enum { WIDEST = 30 };
	int width = 0;

	for (const struct opt *o = options; o->name; o++)
		if (option_width(o) > width && option_width(o) <= WIDEST)
			width = option_width(o);
	for (const struct opt *o = options; o->name; o++) {
		char letter[] = {'-', o->letter, ',', ' ', '\0'};
		int own = option_width(o);

		fprintf(to, "  %s--%s%s%s", o->letter ? letter : "    ", o->name, o->arg ? "=" : "",
			o->arg ? o->arg : "");
		if (own > width)
			fprintf(to, "\n%*s", width + 8, "");
		else
			fprintf(to, "%*s", width - own, "");
		fprintf(to, "  %s\n", o->help);
	}
}

int
help_overview(struct ctx *c, bool wrong_usage, struct err *e)
{
	FILE *to = wrong_usage ? stderr : stdout;

	if (!wrong_usage) {
		json_overview(c);
		if (pager_start(c, e) < 0)
			return -1;
	}
	fprintf(to, "usage: pkg [OPTIONS] COMMAND [ARGUMENTS]\n\n");
	for (size_t i = 0; i < cmd_count; i++)
		fprintf(to, "  %-10s %-28s %s\n", cmds[i].name, cmds[i].args, cmds[i].help);
	fprintf(to, "\noptions of every command:\n");
	print_options(to, global_options(c));
	fprintf(to, "\n`pkg help COMMAND` prints the manual page of a command.\n");
	if (wrong_usage)
		return err_set(e, ERR_USAGE, "no command given");
	return 0;
}

const char *
help_find(struct ctx *c, const char *const *places, size_t n)
{
	struct str dir = path_dir(str_of(c->program));

	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(c->a, "%.*s/%s", STR_ARG(dir), places[i]);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static void
json_page(struct ctx *c, const char *command, const char *path)
{
	struct json *j = out_data(c);
	const struct cmd *cmd = command ? cmd_find(str_of(command)) : NULL;
	const char *running = c->command;
	struct description takes;
	struct err ignored;

	json_key_c(j, "command", command);
	json_key_c(j, "page", path);
	if (!cmd)
		return;
	json_key_c(j, "arguments", cmd->args);
	json_key_c(j, "help", cmd->help);
	if (cmd_describe(c, cmd, 0, NULL, &takes, &ignored) == 0 && takes.own)
		json_options(c, takes.own);
	c->command = running;
}

static const char *
page_path(struct ctx *c, const char *page)
{
	const char *const places[] = {
		arena_printf(c->a, "../man/%s", page),
		arena_printf(c->a, "../../man/%s", page),
		arena_printf(c->a, "../../../man/%s", page),
		arena_printf(c->a, "../share/man/man1/%s", page),
	};

	return help_find(c, places, COUNT_OF(places));
}

/* Through our pager: a formatter that pages by itself would run in the background of the terminal. */
static int
format_page(struct ctx *c, const char *const *argv, struct err *e)
{
	struct proc p = {.argv = argv, .out = PROC_INHERIT, .err = PROC_INHERIT};
	struct proc_result r;

	if (c->pager)
		setenv("MAN_KEEP_FORMATTING", "1", 0);
	if (proc_run(c->a, &p, &r, e) < 0)
		return -1;
	/* A pager that was left early ends its writer. */
	if (r.status && !c->pager)
		return err_set(e, ERR_SYSTEM, "%s ended with status %d", argv[0], r.status);
	return 0;
}

int
help_page(struct ctx *c, const char *command, struct err *e)
{
	const char *page = command ? arena_printf(c->a, "pkg-%s.1", command) : "pkg.1";
	const char *path = page_path(c, page), *search = ctx_env("PATH", "/usr/bin:/bin");
	const char *const man[] = {"man", "-l", path, NULL}, *const mandoc[] = {"mandoc", path, NULL};
	struct str text;

	if (!path)
		return err_set(e, ERR_NOTFOUND, "the manual page %s is not installed", page);
	json_page(c, command, path);
	if (c->answer.alone)
		return 0;
	if (pager_start(c, e) < 0)
		return -1;
	if (proc_find(c->a, "man", search))
		return format_page(c, man, e);
	if (proc_find(c->a, "mandoc", search))
		return format_page(c, mandoc, e);
	if (fs_read(c->a, AT_FDCWD, path, 1 << 20, &text, e) < 0)
		return -1;
	out_bytes(c, text);
	return 0;
}

/* The lines of its section EXAMPLES that a test runs. */
static void
print_examples(struct ctx *c, const char *path)
{
	struct str text, line;
	struct err ignored;

	if (!path || fs_read(c->a, AT_FDCWD, path, 1 << 20, &text, &ignored) < 0)
		return;
	out("\nexamples:\n");
	while (str_cut(&text, '\n', &line))
		if (str_starts(line, ".Dl "))
			out("  %s\n", out_safe(c, str_sub(line, strlen(".Dl "), line.n)));
}

int
help_summary(struct ctx *c, const struct cmd *cmd, const struct opt *own)
{
	const char *path = page_path(c, arena_printf(c->a, "pkg-%s.1", cmd->name));

	json_page(c, cmd->name, path);
	out("usage: pkg %s [OPTIONS] %s\n  %s\n", cmd->name, cmd->args, cmd->help);
	if (own->name) {
		out("\noptions:\n");
		print_options(stdout, own);
	}
	print_examples(c, path);
	out("\n`pkg %s --help` prints the manual page, `pkg help` the options of every command.\n",
	    cmd->name);
	return 0;
}
