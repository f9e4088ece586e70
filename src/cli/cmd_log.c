#include <string.h>

#include "base/gz.h"
#include "base/path.h"
#include "cli/ctx.h"
#include "cli/out.h"

enum { LOG_MAX = 256 << 20 };

/* Of a package of the switch, or by the id that a failure printed. */
int
cmd_log(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct str id, text;
	const char *path;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 1)
		return err_set(e, ERR_USAGE, "usage: pkg log PACKAGE|ID");
	id = str_of(argv[0]);
	if (str_starts(id, "sha256:"))
		argv[0] += strlen("sha256:"), id = str_of(argv[0]);
	if (strchr(argv[0], '/'))
		return err_set(e, ERR_USAGE, "'%s' is neither a package nor the id of a log",
			       out_safe(c, id));
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
				       out_safe(c, id), name);
		if (!record->log.n)
			return err_set(e, ERR_NOTFOUND, "%s has no build log: it has nothing to build",
				       out_safe(c, id));
		json_key_str(out_data(c), "package", record->name);
		json_key_str(out_data(c), "version", record->version);
		id = record->log;
	}
	path = arena_printf(c->a, "log/%.*s.gz", STR_ARG(id));
	if (gz_read(c->a, c->root.fd, path, LOG_MAX, &text, e) < 0)
		return -1;
	/* A log is referred to, not copied: it may be large. */
	out_json_sha256(out_data(c), "id", id);
	json_key_c(out_data(c), "path", path_join(c->a, c->root.path, path));
	json_key_int(out_data(c), "size", (int64_t)text.n);
	out_bytes(c, text);
	return 0;
}
