#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "cli/act.h"
#include "cli/ask.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"
#include "cli/request.h"

static int
switch_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opam_strings names = {0}, rows = {0};
	struct str head = {0};
	struct json *j;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "switch list takes no argument");
	if (live_names(&c->root, c->a, &names, e) < 0 || store_head_get(c->root.store, c->a, &head, e) < 0)
		return -1;
	head = str_sub(head, strlen("refs/heads/"), head.n);
	j = out_data(c);
	json_key_array(j, "switches");
	rows.v = arena_array(c->a, struct str, names.n + 1);
	for (size_t i = 0; i < names.n; i++) {
		const char *prefix = switch_prefix(&c->root, c->a, str_c(c->a, names.v[i]));
		bool current = str_eq(names.v[i], head);

		json_object(j);
		json_key_str(j, "name", names.v[i]);
		json_key_bool(j, "current", current);
		json_key_c(j, "prefix", prefix);
		json_end(j);
		rows.v[rows.n++] =
			str_printf(c->a, "%s %.*s\t%s", current ? "*" : " ", STR_ARG(names.v[i]), prefix);
	}
	json_end(j);
	out_table(c, &rows);
	return 0;
}

/* All of what was named, as it was named: base packages, conditions. */
static struct str
invariant_text(struct ctx *c, char **packages, int n)
{
	struct buf text = buf_new(c->a);

	for (int i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", packages[i]);
	return buf_str(&text);
}

/* The repositories of a new switch, all of which must be there. */
static int
choose_repos(struct ctx *c, const struct opt_list *names, struct change *change, struct err *e)
{
	struct opam_strings *chosen = arena_new(c->a, struct opam_strings), missing;

	*chosen = (struct opam_strings){names->v, names->n};
	for (size_t i = 0; i < names->n; i++)
		if (!repo_find(&c->apply.repos, names->v[i], e))
			return -1;
	if (repos_once(chosen, e) < 0)
		return -1;
	repos_choose(c->a, &c->apply.repos, chosen, &missing);
	change->chosen = chosen;
	return 0;
}

/* Its base package was not named: it may not be there. */
static int
hint_base(const char *name, struct err *e)
{
	if (e->code != ERR_NOTFOUND)
		return -1;
	return err_hint(e,
			"`pkg switch create %s --empty` makes it without a base package,\n"
			"`pkg switch create %s PACKAGE` with another",
			name, name);
}

static int
switch_create(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.create = true, .change.kind = REQUEST_INSTALL};
	bool empty = false;
	struct opt_list repos = {0};
	const struct opt options[] = {
		{OPT_FLAG, 0, "empty", NULL, "without a base package", &empty},
		{OPT_LIST, 0, "repos", "NAMES", "its repositories, in order of priority (all)", &repos},
		{.name = NULL},
	};
	char **packages;
	int n, count;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg switch create NAME [PACKAGE...] [--empty]");
	if (empty && n > 1)
		return err_set(e, ERR_USAGE, "--empty takes no packages");
	act.switch_name = argv[0];
	packages = n > 1 ? argv + 1 : argv;
	count = empty ? 0 : n > 1 ? n - 1 : 1;
	if (choose_repos(c, &repos, &act.change, e) < 0 || switch_name_ok(act.switch_name, e) < 0 ||
	    request_read(c, packages, count, &act.change, e) < 0 ||
	    prefix_live_ok(switch_prefix(&c->root, c->a, act.switch_name), e) < 0)
		return -1;
	act.change.invariant = invariant_text(c, packages, count);
	act.subject = act_subject(c, "switch create", argv, n);
	if (act_run(c, &act, e) == 0)
		return 0;
	return n == 1 ? hint_base(argv[0], e) : -1;
}

/* What it takes to meet the new one is installed, as by a request. */
static int
switch_set_invariant(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change.kind = REQUEST_INSTALL};
	struct change checked = {.kind = REQUEST_INSTALL};
	bool none = false;
	const struct opt options[] = {
		{OPT_FLAG, 0, "none", NULL, "nothing has to stay from now on", &none},
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (none == (n > 0))
		return err_set(e, ERR_USAGE, "usage: pkg switch set-invariant PACKAGE... | --none");
	if (request_read(c, argv, n, &checked, e) < 0 || ctx_switch(c, &act.switch_name, e) < 0)
		return -1;
	act.change.invariant = none ? STR(" ") : invariant_text(c, argv, n);
	act.subject = act_subject(c, none ? "switch set-invariant --none" : "switch set-invariant", argv, n);
	return act_run(c, &act, e);
}

static int
switch_set(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct oid commit;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 1)
		return err_set(e, ERR_USAGE, "usage: pkg switch set NAME");
	if (switch_name_ok(argv[0], e) < 0 || ledger_head(c->root.store, c->a, argv[0], &commit, e) < 0)
		return -1;
	json_key_c(out_data(c), "switch", argv[0]);
	if (c->global.dry_run)
		return dry_would(c, "make %s the current switch", argv[0]);
	return store_head_set(c->root.store, arena_printf(c->a, "refs/heads/%s", argv[0]), e);
}

static int
switch_show(struct ctx *c, int argc, char **argv, struct err *e)
{
	const char *name;
	struct state state = {0};
	struct oid head;
	struct json *j;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (ctx_state(c, &name, &head, &state, e) < 0)
		return -1;
	j = out_data(c);
	json_key_c(j, "name", name);
	json_key_c(j, "prefix", switch_prefix(&c->root, c->a, name));
	json_key_c(j, "commit", head.hex);
	json_key_str(j, "invariant", state.invariant);
	json_key_int(j, "packages", (int64_t)state.record_count);
	json_key_array(j, "repositories");
	for (size_t i = 0; i < c->apply.repos.n; i++)
		json_add_str(j, c->apply.repos.v[i].name);
	json_end(j);
	out("%s\n", name);
	if (c->global.verbose)
		out("prefix     %s\nledger     %s\ninvariant  %s\npackages   %zu\n",
		    out_safe(c, str_of(switch_prefix(&c->root, c->a, name))), head.hex,
		    state.invariant.n ? out_safe(c, state.invariant) : "none", state.record_count);
	return 0;
}

/* With its lock: nobody works in it any more. *kept names the ref that its history stays under. */
static int
remove_one(struct ctx *c, const char *name, const char **kept, struct err *e)
{
	struct session s;
	int rc = 0;

	if (session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	*kept = arena_printf(c->a, "refs/pkg/removed/%s/%s", name, s.head.hex);
	if (!c->global.dry_run)
		rc = ask_name(c, arena_printf(c->a, "This removes the switch %s with its files.", name), name,
			      e);
	if (rc == 0 && !c->global.dry_run)
		rc = live_remove(&c->root, c->a, name, e);
	session_close(&s);
	return rc;
}

static int
switch_remove(struct ctx *c, int argc, char **argv, struct err *e)
{
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg switch remove NAME...");
	for (int i = 0; i < n; i++) {
		const char *kept;

		if (remove_one(c, argv[i], &kept, e) < 0)
			return -1;
		if (!c->global.dry_run)
			out_message(c, "removed %s; its history stays at %s\n", argv[i], kept);
	}
	if (c->global.dry_run)
		dry_would(c, "%s", str_c(c->a, act_subject(c, "remove", argv, n)));
	out_json_args(out_data(c), "removed", argv, n);
	return 0;
}

int
cmd_switch(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {{"list", switch_list}, {"create", switch_create},
					      {"set", switch_set},   {"set-invariant", switch_set_invariant},
					      {"show", switch_show}, {"remove", switch_remove}};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
