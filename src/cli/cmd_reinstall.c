#include "cli/act.h"

int
cmd_reinstall(struct ctx *c, int argc, char **argv, struct err *e)
{
	return act_again(c, REQUEST_REINSTALL, false, argc, argv, e);
}
