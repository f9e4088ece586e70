#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/environ.h"
#include "cli/out.h"

/* Options before `--` are ours, what follows is the command's. */
int
cmd_exec(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opam_strings variables = {0};
	char **command;
	int n, failed, rest = 0;

	c->global.json = NULL; /* PKGJSON is for what pkg answers, and here the command does */
	while (rest < argc && strcmp(argv[rest], "--") != 0)
		rest++;
	if (cmd_options(c, NULL, rest, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (c->global.json)
		return err_set(e, ERR_USAGE, "exec prints what the command prints: --json has no place here");
	command = rest < argc ? argv + rest + 1 : argv;
	if (rest < argc ? n > 0 || rest + 1 == argc : n == 0) {
		err_set(e, ERR_USAGE, "which command?");
		return err_hint(e, "pkg exec -- COMMAND [ARGUMENT...]");
	}
	if (rest >= argc)
		argv[n] = NULL;
	if (environ_of(c, &variables, e) < 0)
		return -1;
	if (c->global.dry_run)
		return dry_would(c, "run %s", command[0]);
	for (size_t i = 0; i < variables.n; i++) {
		struct str value = variables.v[i], name = {0};

		str_cut(&value, '=', &name);
		setenv(str_c(c->a, name), str_c(c->a, value), 1);
	}
	ctx_close(c);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execvp(command[0], command);
	failed = errno;
	fprintf(stderr, "pkg: %s %s: %s\n", out_label(c, LABEL_ERROR), out_safe(c, str_of(command[0])),
		strerror(failed));
	return CMD_STATUS + (failed == ENOENT ? 127 : 126);
}
