#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/request.h"

int
cmd_upgrade(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change = {.kind = REQUEST_UPGRADE, .explanation = &c->explanation}};
	struct request_options how = {0};
	const struct opt options[] = {
		REQUEST_WITH(&act.change),
		{OPT_FLAG, 'b', "keep-build-dir", NULL, "keep the folder of a failed build",
		 &act.options.keep_build},
		REQUEST_SOLVING(&act.change, &how),
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (request_use(&how, &act.change, e) < 0 || request_read(c, argv, n, &act.change, e) < 0 ||
	    ctx_switch(c, &act.switch_name, e) < 0)
		return -1;
	act.subject = act_subject(c, "upgrade", argv, n);
	return act_run(c, &act, e);
}
