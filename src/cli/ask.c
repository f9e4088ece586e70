#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "cli/out.h"

enum { ANSWER = 256 };

/* One line, or what comes before the end of the input. A signal is let in only while it waits, so that none
 * is missed between looking and waiting. */
static int
read_line(char line[ANSWER], struct err *e)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t signals, before;
	size_t n = 0;
	char c = '\0';
	int rc = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	while (c != '\n' && !proc_interrupted) {
		ssize_t got;

		if (ppoll(&in, 1, NULL, &before) < 0)
			continue;
		got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (n + 1 < ANSWER)
			line[n++] = c;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	line[n] = '\0';
	if (c != '\n')
		fputc('\n', stderr);
	if (proc_interrupted)
		rc = err_set(e, ERR_INTERRUPTED, "interrupted at a question; nothing was changed");
	return rc;
}

/* 1 asked, 0 answered by an option, -1. */
static int
may_ask(struct ctx *c, const char *question, struct err *e)
{
	fflush(stdout);
	if (c->global.yes)
		return 0;
	if (c->global.no)
		return err_set(e, ERR_ABORTED, "%s The answer is no: nothing was changed", question);
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return 1;
	err_set(e, ERR_ABORTED, "%s Nobody is there to answer", question);
	return err_hint(e, "-y says yes");
}

int
ask_yes(struct ctx *c, const char *question, struct err *e)
{
	int rc = may_ask(c, question, e);
	char line[ANSWER];
	struct str answer;

	if (rc <= 0)
		return rc;
	fprintf(stderr, "%s [y/N] ", question);
	if (read_line(line, e) < 0)
		return -1;
	answer = str_trim(str_of(line));
	if (str_is(answer, "y") || str_is(answer, "Y") || str_is(answer, "yes"))
		return 0;
	return err_set(e, ERR_ABORTED, "nothing was changed");
}

int
ask_name(struct ctx *c, const char *warning, const char *name, struct err *e)
{
	int rc = may_ask(c, warning, e);
	char line[ANSWER];

	if (rc <= 0)
		return rc;
	fprintf(stderr, "%s\nType its name to go on: ", warning);
	if (read_line(line, e) < 0)
		return -1;
	if (str_is(str_trim(str_of(line)), name))
		return 0;
	return err_set(e, ERR_ABORTED, "that is not its name; nothing was changed");
}
