#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/out.h"

int
cmd_fetch(struct ctx *c, int argc, char **argv, struct err *e)
{
	const char *locked = NULL;
	const struct opt options[] = {
		{OPT_OPTIONAL, 0, "locked", "FILE", "the lock (pkg.lock)", &locked},
		{.name = NULL},
	};
	struct session s = {.ap = &c->apply, .name = "default", .lock = {.fd = -1}};
	struct lock lock;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0 || !locked)
		return err_set(e, ERR_USAGE, "usage: pkg fetch --locked[=FILE]");
	if (act_lock(c, locked, &lock, e) < 0 || lock_fetch(&s, c->a, &lock, e) < 0)
		return -1;
	json_key_int(out_data(c), "packages", (int64_t)lock.state.record_count);
	out_message(c, "the sources of %zu packages are in the store\n", lock.state.record_count);
	return 0;
}
