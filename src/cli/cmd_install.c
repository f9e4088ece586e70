#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/operand.h"
#include "cli/out.h"
#include "cli/request.h"

/* No switch yet: `default` is made, with the base package of that name if a repository has one. */
static int
default_switch(struct ctx *c, struct err *e)
{
	struct act act = {.switch_name = "default",
			  .create = true,
			  .part = "created",
			  .change.kind = REQUEST_INSTALL,
			  .subject = STR("switch create default")};
	struct repo_packages found = {0};
	char base[] = "default", *name[] = {base};

	if (repo_versions(c->root.store, c->a, &c->apply.repos, STR("default"), &found, e) < 0)
		return -1;
	act.change.invariant = found.n ? STR("default") : (struct str){0};
	if (found.n && request_read(c, name, 1, &act.change, e) < 0)
		return -1;
	out_message(c, "note: there was no switch, `default` is made%s\n", found.n ? "" : ", empty");
	return act_run(c, &act, e);
}

static bool
is_pinned(const struct act *act, struct str name)
{
	for (size_t i = 0; i < act->pin_count; i++)
		if (str_eq(act->pins[i].name, name))
			return true;
	return false;
}

/* A name that nobody has is told before a switch is made for it. */
static int
check_names(struct ctx *c, const struct act *act, struct err *e)
{
	for (size_t i = 0; i < act->change.n; i++) {
		struct str name = act->change.atoms[i]->name;
		struct repo_packages found = {0};

		if (is_pinned(act, name))
			continue;
		if (repo_versions(c->root.store, c->a, &c->apply.repos, name, &found, e) < 0)
			return -1;
		if (found.n)
			continue;
		err_set(e, ERR_NOTFOUND, "there is no package '%.*s'", STR_ARG(name));
		request_hint(c, &act->change, e);
		return -1;
	}
	return 0;
}

/* The switch meant; with none at all, `default` is made first. */
static int
find_switch(struct ctx *c, struct act *act, struct err *e)
{
	struct err none;

	if (ctx_switch(c, &act->switch_name, &none) == 0)
		return 0;
	if (none.code != ERR_CONFIG)
		return *e = none, -1;
	if (c->global.dry_run)
		return err_set(e, ERR_CONFIG, "there is no switch yet, and --dry-run makes none"),
		       err_hint(e, "`pkg solve` says what an empty one would get");
	if (check_names(c, act, e) < 0)
		return -1;
	return default_switch(c, e) < 0 ? -1 : ctx_switch(c, &act->switch_name, e);
}

/* Into the switch meant, which is made when it is not there: a lock needs no base package. */
static int
install_locked(struct ctx *c, struct act *act, const char *path, int operands, struct err *e)
{
	struct lock *lock = arena_new(c->a, struct lock);
	struct oid head;
	struct err none;

	if (operands)
		return err_set(e, ERR_USAGE, "--locked installs what the lock says, and takes no package");
	if (act_lock(c, path, lock, e) < 0)
		return -1;
	if (ctx_switch(c, &act->switch_name, &none) < 0) {
		if (none.code != ERR_CONFIG)
			return *e = none, -1;
		act->switch_name = "default";
	}
	act->create = ledger_head(c->root.store, c->a, act->switch_name, &head, &none) < 0;
	if (act->create && none.code != ERR_CONFIG)
		return *e = none, -1;
	act->lock = lock;
	act->change.locked = &lock->state;
	act->change.with_test = act->change.with_doc = true; /* where the lock says so */
	act->subject = STR("install --locked");
	return act_run(c, act, e);
}

int
cmd_install(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change = {.kind = REQUEST_INSTALL, .explanation = &c->explanation}};
	struct request_options how = {0};
	const char *locked = NULL;
	const struct opt options[] = {
		REQUEST_WITH(&act.change),
		{OPT_FLAG, 'b', "keep-build-dir", NULL, "keep the folder of a failed build",
		 &act.options.keep_build},
		{OPT_OPTIONAL, 0, "locked", "FILE", "install exactly what a lock says (pkg.lock)", &locked},
		{OPT_FLAG, 0, "allow-drift", NULL, "with another toolchain or system package than the lock's",
		 &act.options.allow_drift},
		REQUEST_SOLVING(&act.change, &how),
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (locked)
		return install_locked(c, &act, locked, n, e);
	if (n == 0)
		return err_set(e, ERR_USAGE, "which packages?"), err_hint(e, "pkg install PACKAGE...");
	act.subject = act_subject(c, "install", argv, n);
	if (request_use(&how, &act.change, e) < 0 || operand_lists(c, &argv, &n, e) < 0 ||
	    operand_places(c, &argv, &n, &act, e) < 0 || request_read(c, argv, n, &act.change, e) < 0 ||
	    find_switch(c, &act, e) < 0)
		return -1;
	return act_run(c, &act, e);
}
