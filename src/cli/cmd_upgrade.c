#include "cli/act.h"

int
cmd_upgrade(struct ctx *c, int argc, char **argv, struct err *e)
{
	return act_again(c, REQUEST_UPGRADE, true, argc, argv, e);
}
