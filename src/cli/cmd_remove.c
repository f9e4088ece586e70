#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/request.h"

int
cmd_remove(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change = {.kind = REQUEST_REMOVE, .explanation = &c->explanation}};
	const struct opt options[] = {
		{OPT_FLAG, 'a', "auto-remove", NULL, "remove also dependencies that nothing needs any more",
		 &act.change.auto_remove},
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0 && !act.change.auto_remove)
		return err_set(e, ERR_USAGE, "which packages?"), err_hint(e, "pkg remove PACKAGE...");
	if (request_read(c, argv, n, &act.change, e) < 0 || ctx_switch(c, &act.switch_name, e) < 0)
		return -1;
	act.subject = act_subject(c, "remove", argv, n);
	return act_run(c, &act, e);
}
