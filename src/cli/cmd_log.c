#include "base/gz.h"
#include "cli/ctx.h"
#include "cli/out.h"

enum { LOG_MAX = 256 << 20 };

/* Of a package of the switch, or by the id that a failure printed. */
int
cmd_log(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct str id, text;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 1)
		return err_set(e, ERR_USAGE, "usage: pkg log PACKAGE|ID");
	id = str_of(argv[0]);
	if (!fs_exists(c->root.fd, arena_printf(c->a, "log/%s.gz", argv[0]))) {
		const struct record *record;
		struct state state = {0};
		const char *name;
		struct oid head;

		if (ctx_state(c, &name, &head, &state, e) < 0)
			return -1;
		record = state_record(&state, id);
		if (!record)
			return err_set(e, ERR_NOTFOUND, "%s is neither installed in %s nor the id of a log",
				       argv[0], name);
		if (!record->log.n)
			return err_set(e, ERR_NOTFOUND, "%s has no build log: it has nothing to build",
				       argv[0]);
		id = record->log;
	}
	if (gz_read(c->a, c->root.fd, arena_printf(c->a, "log/%.*s.gz", STR_ARG(id)), LOG_MAX, &text, e) < 0)
		return -1;
	out_bytes(c, text);
	return 0;
}
