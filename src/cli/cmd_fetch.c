#include "base/buf.h"
#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"

static bool
is_there(struct store *store, const struct record *r)
{
	bool there = store_has(store, &r->definition);

	if (oid_is(&r->source.tree))
		there = there && store_has(store, &r->source.tree);
	for (size_t i = 0; i < r->extra_count; i++)
		there = there && store_has(store, &r->extras[i].id);
	return there;
}

static int
say_only(struct ctx *c, const struct state *state)
{
	struct buf what = buf_new(c->a);
	size_t n = 0;

	for (size_t i = 0; i < state->record_count; i++) {
		const struct record *r = &state->records[i];

		if (is_there(c->root.store, r))
			continue;
		buf_printf(&what, "%s%.*s.%.*s", n++ ? " " : ": ", STR_ARG(r->name), STR_ARG(r->version));
	}
	json_key_int(out_data(c), "packages", (int64_t)n);
	return dry_would(c, "fetch %zu package%s%.*s", n, n == 1 ? "" : "s", STR_ARG(buf_str(&what)));
}

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
	if (act_lock(c, locked, &lock, e) < 0)
		return -1;
	if (c->global.dry_run)
		return say_only(c, &lock.state);
	if (lock_fetch(&s, c->a, &lock, e) < 0)
		return -1;
	json_key_int(out_data(c), "packages", (int64_t)lock.state.record_count);
	out_message(c, "the sources of %zu packages are in the store\n", lock.state.record_count);
	return 0;
}
