#include "cli/pager.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "cli/ctx.h"

/* What the shell says of a program that it cannot run, or find. */
enum { NOT_RUN = 126, NOT_FOUND = 127 };

const char *
pager_command(struct ctx *c)
{
	const char *path = ctx_env("PATH", "/usr/bin:/bin");
	const char *command = getenv("PKG_PAGER");

	if (c->global.no_pager || strcmp(ctx_env("TERM", "dumb"), "dumb") == 0)
		return NULL;
	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = proc_find(c->a, "less", path) ? "less -FRX" : "";
	return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

/* Whether the first word names no program. What only the shell understands is left to it. */
static bool
is_missing(struct ctx *c, const char *command)
{
	struct str rest = str_trim(str_of(command)), word = {0};

	str_cut(&rest, ' ', &word);
	for (size_t i = 0; i < word.n; i++)
		if (!isalnum((unsigned char)word.s[i]) && str_chr(STR("/._+-"), word.s[i]) < 0)
			return false;
	return !proc_find(c->a, str_c(c->a, word), ctx_env("PATH", "/usr/bin:/bin"));
}

/* The shell takes the command line apart. What we ignore is the pager's to see. */
static int
start(const char *command, int input, pid_t *pid)
{
	char sh[] = "/bin/sh", dash_c[] = "-c", *line = strdup(command);
	char *argv[] = {sh, dash_c, line, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int rc;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	rc = line ? posix_spawn(pid, sh, &actions, &attributes, argv, environ) : ENOMEM;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	free(line);
	return rc;
}

int
pager_start(struct ctx *c, struct err *e)
{
	const char *command;
	int ends[2], rc;

	if (c->pager || !c->terminal || !isatty(STDOUT_FILENO) || !(command = pager_command(c)))
		return 0;
	if (is_missing(c, command)) {
		report_text(&c->report, REPORT_WARN, (struct str){0}, "the pager '%s' is not there", command);
		return 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "making a pipe for the pager");
	/* -F: what fits is not paged; the rest as git has it. */
	setenv("LESS", "FRX", 0);
	rc = start(command, ends[0], &c->pager);
	close(ends[0]);
	if (rc == 0) {
		fflush(stdout);
		dup2(ends[1], STDOUT_FILENO);
	} else {
		c->pager = 0;
	}
	close(ends[1]);
	return 0;
}

int
pager_end(struct ctx *c, struct err *e)
{
	int ended = 0, status;

	if (!c->pager)
		return 0;
	/* Ctrl-C is for the pager. */
	signal(SIGINT, SIG_IGN);
	fflush(stdout);
	close(STDOUT_FILENO);
	while (waitpid(c->pager, &ended, 0) < 0 && errno == EINTR)
		continue;
	c->pager = 0;
	proc_interrupted = 0;
	status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 0;
	if (status != NOT_RUN && status != NOT_FOUND)
		return 0;
	err_set(e, ERR_SYSTEM, "the pager ended with status %d, and showed nothing", status);
	return err_hint(e, "it is what PKG_PAGER or PAGER says; --no-pager does without");
}
