#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/operand.h"

int
cmd_upgrade(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change.kind = REQUEST_UPGRADE};
	const struct opt options[] = {
		{OPT_FLAG, 't', "with-test", NULL, "run the tests of the named packages",
		 &act.change.with_test},
		{OPT_FLAG, 'b', "keep-build-dir", NULL, "keep the folder of a failed build",
		 &act.options.keep_build},
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (operand_lists(c, &argv, &n, e) < 0 || act_atoms(c, argv, n, &act.change, e) < 0 ||
	    ctx_switch(c, &act.switch_name, e) < 0)
		return -1;
	act.subject = act_subject(c, "upgrade", argv, n);
	return act_run(c, &act, e);
}
