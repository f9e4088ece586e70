#include "base/path.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"

/* Is it there already? What else may be wrong with it is an error as ever. */
static int
say_only(struct ctx *c, struct err *e)
{
	const char *path = ctx_root_path(c, e);

	if (!path)
		return -1;
	json_key_c(out_data(c), "path", path);
	if (fs_exists(AT_FDCWD, path_join(c->a, path, "store.git"))) {
		json_key_bool(out_data(c), "dry_run", true);
		out("%s\n", out_safe(c, str_of(path)));
		return ctx_open(c, NEED_ROOT, e);
	}
	return dry_would(c, "make %s", path);
}

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
	if (c->global.dry_run)
		return say_only(c, e);
	if (ctx_open(c, NEED_CREATE, e) < 0)
		return -1;
	json_key_c(out_data(c), "path", c->root.path);
	out("%s\n", out_safe(c, str_of(c->root.path)));
	return 0;
}
