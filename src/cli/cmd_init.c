#include "cli/ctx.h"
#include "cli/out.h"

int
cmd_init(struct ctx *c, int argc, char **argv, struct err *e)
{
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "init takes no argument; `pkg repo add` adds a repository");
	json_key_c(out_data(c), "path", c->root.path);
	out("%s\n", out_safe(c, str_of(c->root.path)));
	return 0;
}
