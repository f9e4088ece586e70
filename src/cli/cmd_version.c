#include "cli/ctx.h"
#include "cli/help.h"

int
cmd_version(struct ctx *c, int argc, char **argv, struct err *e)
{
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	return n > 0 ? err_set(e, ERR_USAGE, "version takes no argument") : help_version(c);
}
