#include "cli/ctx.h"
#include "cli/help.h"
#include "cli/out.h"

int
cmd_help(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct cmd *cmd;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return help_overview(c, false, e);
	cmd = cmd_find(str_of(argv[0]));
	if (!cmd) {
		err_set(e, ERR_USAGE, "there is no command '%s'", out_safe(c, str_of(argv[0])));
		return err_hint(e, "`pkg help` lists the commands");
	}
	return help_page(c, cmd->name, e);
}
