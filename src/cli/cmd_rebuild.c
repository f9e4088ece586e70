#include "apply/undo.h"
#include "base/buf.h"
#include "cli/ctx.h"
#include "cli/dry.h"
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

/* The packages that would be built again. */
static int
say_only(struct ctx *c, const struct state *state, const struct opam_strings *names, struct err *e)
{
	struct json *j = out_data(c);
	struct buf what = buf_new(c->a);

	for (size_t i = 0; i < names->n; i++)
		if (!state_record(state, names->v[i]))
			return err_set(e, ERR_NOTFOUND, "%.*s is not installed", STR_ARG(names->v[i]));
	json_key_array(j, "packages");
	for (size_t i = 0; i < state->record_count; i++) {
		const struct record *r = &state->records[i];
		bool wanted = !names->n;

		for (size_t k = 0; k < names->n; k++)
			wanted |= str_eq(names->v[k], r->name);
		if (!wanted)
			continue;
		json_object(j);
		json_key_str(j, "name", r->name);
		json_key_str(j, "version", r->version);
		json_end(j);
		buf_printf(&what, " %.*s.%.*s", STR_ARG(r->name), STR_ARG(r->version));
	}
	json_end(j);
	return dry_would(c, "build again and compare:%.*s", STR_ARG(buf_str(&what)));
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
	struct rebuilt *list = NULL;
	struct session s;
	const char *name;
	size_t count = 0;
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
	if (c->global.dry_run)
		rc = say_only(c, &s.state, &names, e);
	else
		rc = rebuild_check(&s, c->a, &names, &list, &count, e);
	session_close(&s);
	if (rc < 0 || c->global.dry_run)
		return rc;
	return tell(c, list, count, e);
}
