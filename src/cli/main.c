/* main.c - argv to a row of the command table, and the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/debug.h"
#include "base/proc.h"
#include "cli/complete.h"
#include "cli/ctx.h"
#include "cli/help.h"
#include "cli/out.h"

static void
on_signal(int number)
{
	proc_interrupted = number;
}

static void
catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	/* The second one has its default action: a program that does not listen can be ended. */
	struct sigaction caught = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction ignored = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		struct sigaction was;

		/* What nohup ignores stays ignored. */
		if (sigaction(numbers[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaction(numbers[i], &caught, NULL);
	}
	sigaction(SIGPIPE, &ignored, NULL);
	sigaction(SIGXFSZ, &ignored, NULL);
}

/* A closed 0, 1 or 2 would be given to the next file that is opened. */
static void
open_standard_fds(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR);
	if (fd > STDERR_FILENO)
		close(fd);
}

static struct str
command_line(struct arena *a, int argc, char **argv)
{
	struct buf b = buf_new(a);

	buf_adds(&b, "pkg");
	for (int i = 1; i < argc; i++)
		buf_printf(&b, " %s", argv[i]);
	return buf_str(&b);
}

static int
unknown_command(struct ctx *c, struct str name, struct err *e)
{
	err_set(e, ERR_USAGE, "unknown command '%.*s'", STR_ARG(name));
	for (size_t i = 0; i < cmd_count; i++)
		if (str_distance(name, str_of(cmds[i].name), 2) <= 2)
			err_hint(e, "did you mean `pkg %s`?", cmds[i].name);
	if (!e->hint[0])
		err_hint(e, "`pkg help` lists the commands");
	(void)c;
	return -1;
}

static int
run(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct opt *options = global_options(c);
	int at = 1 + cmd_word(options, argc - 1, argv + 1), n;
	const struct cmd *cmd;
	char **rest = arena_array(c->a, char *, (size_t)argc + 1);

	if (argc > 1 && strcmp(argv[1], "__complete") == 0)
		return complete(c, argc - 2, argv + 2, e);
	/* Options before the command are read with those after it: the name alone is taken out. */
	n = 0;
	for (int i = 1; i < argc; i++)
		if (i != at)
			rest[n++] = argv[i];
	if (at == argc) {
		if (opt_parse(c->a, options, NULL, n, rest, NULL, e) < 0)
			return -1;
		return c->global.version ? help_version() : help_overview(c, !c->global.help, e);
	}
	cmd = cmd_find(str_of(argv[at]));
	if (!cmd)
		return unknown_command(c, str_of(argv[at]), e);
	c->command = cmd->name;
	return cmd->run(c, n, rest, e);
}

static const char *
own_path(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	return n > 0 ? arena_strndup(a, path, (size_t)n) : "pkg";
}

int
main(int argc, char **argv)
{
	struct arena a = {0};
	struct err e = {0};
	struct ctx c = {.a = &a};
	int status;

	open_standard_fds();
	catch_signals();
	c.program = own_path(&a);
	fs_lock_command = "pkg";
	c.report = (struct report){out_report, &c};
	c.command_line = command_line(&a, argc, argv);
	status = run(&c, argc, argv, &e);
	if (status >= 0 && out_flush(&e) < 0)
		status = -1;
	if (status < 0) {
		out_error(&c, &e);
		status = (int)e.code;
	} else if (status >= CMD_STATUS) {
		status -= CMD_STATUS;
	}
	ctx_close(&c);
	arena_free(&a);
	if (status == ERR_INTERRUPTED && proc_interrupted) {
		/* The shell must see the signal itself. */
		signal(proc_interrupted, SIG_DFL);
		raise(proc_interrupted);
	}
	return status;
}
