#include "apply/undo.h"
#include "cli/ctx.h"
#include "cli/out.h"

static int
tell(struct ctx *c, const struct rebuilt *list, size_t n, struct err *e)
{
	struct json *j = out_data(c);
	size_t different = 0;

	json_key_array(j, "packages");
	for (size_t i = 0; i < n; i++) {
		const char *first = list[i].path.n ? out_safe(c, list[i].path) : "its meta data";

		different += !list[i].same;
		json_object(j);
		json_key_str(j, "name", list[i].name);
		json_key_str(j, "version", list[i].version);
		json_key_bool(j, "same", list[i].same);
		json_key_str(j, "first_difference", list[i].path);
		json_end(j);
		out("%s %s: %s%s%s\n", out_safe(c, list[i].name), out_safe(c, list[i].version),
		    list[i].same ? "the same" : "different", list[i].same ? "" : ", first in ",
		    list[i].same ? "" : first);
	}
	json_end(j);
	if (!different)
		return 0;
	return err_set(e, ERR_VERIFY, "%zu of %zu package%s did not come out as recorded", different, n,
		       n == 1 ? "" : "s");
}

int
cmd_rebuild(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool check = false;
	const struct opt options[] = {
		{OPT_FLAG, 0, "check", NULL, "compare with what is recorded; change nothing", &check},
		{.name = NULL},
	};
	struct opam_strings names = {0};
	struct rebuilt *list;
	struct session s;
	const char *name;
	size_t count;
	int n, rc;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (!check)
		return err_set(e, ERR_USAGE, "usage: pkg rebuild --check [PACKAGE...]");
	names.v = arena_array(c->a, struct str, (size_t)n + 1);
	for (int i = 0; i < n; i++)
		names.v[names.n++] = str_of(argv[i]);
	if (ctx_switch(c, &name, e) < 0 || session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	rc = rebuild_check(&s, c->a, &names, &list, &count, e);
	session_close(&s);
	if (rc < 0)
		return -1;
	return tell(c, list, count, e);
}
