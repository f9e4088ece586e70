/* main.c - argv to a row of the command table, and the exit status. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/proc.h"
#include "cli/complete.h"
#include "cli/ctx.h"
#include "cli/envelope.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/secret.h"

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
		buf_printf(&b, " %s", secret_shown(argv[i]));
	return buf_str(&b);
}

static int
run(struct ctx *c, int argc, char **argv, struct err *e)
{
	char **rest = arena_array(c->a, char *, (size_t)argc + 2);
	const struct cmd *cmd;
	const char *word;
	int at, n = 0;

	if (argc > 0 && strcmp(argv[0], "__complete") == 0)
		return complete(c, argc - 1, argv + 1, e);
	if (globals_from_env(c, e) < 0)
		return -1;
	cmd = cmd_locate(c, argc, argv, &at, &word, e);
	if (!cmd && at < argc)
		return -1;
	/* Options before the command are read with those after it: the name alone is taken out. */
	if (word)
		rest[n++] = arena_strdup(c->a, word);
	for (int i = 0; i < argc; i++)
		if (i != at)
			rest[n++] = argv[i];
	if (cmd)
		return cmd->run(c, n, rest, e);
	if (opt_parse(c->a, global_rows(c), NULL, n, rest, NULL, e) < 0 || globals_apply(c, e) < 0)
		return -1;
	return c->global.version ? help_version(c)
				 : help_overview(c, !c->global.help && !c->global.summary, e);
}

static const char *
own_path(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	return n > 0 ? arena_strndup(a, path, (size_t)n) : "pkg";
}

/* The exit status, once all has been said: a failure of saying it is one too. */
static int
conclude(struct ctx *c, int status, struct err *e)
{
	bool failed = status < 0;
	struct err unsaid;

	if (!failed && out_flush(c, e) < 0)
		failed = true;
	status = failed ? (int)e->code : status >= CMD_STATUS ? status - CMD_STATUS : status;
	if (failed && !c->unread)
		out_error(c, e);
	if (envelope_end(c, status, failed ? e : NULL, &unsaid) < 0) {
		if (!c->unread)
			out_error(c, &unsaid);
		status = (int)unsaid.code;
	}
	if (pager_end(c, &unsaid) < 0) {
		out_error(c, &unsaid);
		status = status ? status : (int)unsaid.code;
	}
	return status;
}

/* Ends as the signal would have: what started us must see it. */
static void
end_by(int number)
{
	signal(number, SIG_DFL);
	raise(number);
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
	status = run(&c, argc - (argc > 0), argv + (argc > 0), &e);
	/* Whatever was wrong with the command line, who asked for JSON gets it. */
	if (status < 0 && !c.answer.opened) {
		struct err ignored;

		if (!c.read)
			envelope_guess(&c, argc, argv);
		envelope_open(&c, &ignored);
	}
	status = conclude(&c, status, &e);
	ctx_close(&c);
	arena_free(&a);
	if (status == ERR_INTERRUPTED && proc_interrupted)
		end_by(proc_interrupted);
	if (c.unread)
		end_by(SIGPIPE);
	return status;
}
