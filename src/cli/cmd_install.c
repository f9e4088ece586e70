#include "cli/act.h"
#include "cli/ctx.h"
#include "cli/out.h"

/* No switch yet: `default` is made, with the base package of that name if a repository has one. */
static int
default_switch(struct ctx *c, struct err *e)
{
	struct act act = {.switch_name = "default", .create = true, .change.kind = REQUEST_INSTALL,
			  .subject = STR("switch create default")};
	struct repo_packages found = {0};
	char base[] = "default", *name[] = {base};

	if (repo_versions(c->root.store, c->a, &c->apply.repos, STR("default"), &found, e) < 0)
		return -1;
	act.change.invariant = found.n ? STR("default") : (struct str){0};
	if (found.n && act_atoms(c, name, 1, &act.change, e) < 0)
		return -1;
	out_message(c, "note: there was no switch, `default` is made%s\n", found.n ? "" : ", empty");
	return act_run(c, &act, e);
}

int
cmd_install(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct act act = {.change.kind = REQUEST_INSTALL};
	const struct opt options[] = {
		{OPT_FLAG, 't', "with-test", NULL, "run the tests of the named packages", &act.change.with_test},
		{OPT_FLAG, 'd', "with-doc", NULL, "build the documentation of the named packages", &act.change.with_doc},
		{OPT_FLAG, 'b', "keep-build-dir", NULL, "keep the folder of a failed build", &act.options.keep_build},
		{.name = NULL},
	};
	struct err no_switch;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which packages?"), err_hint(e, "pkg install PACKAGE...");
	if (act_atoms(c, argv, n, &act.change, e) < 0)
		return -1;
	if (ctx_switch(c, &act.switch_name, &no_switch) < 0) {
		if (no_switch.code != ERR_CONFIG)
			return *e = no_switch, -1;
		if (c->global.dry_run)
			return err_set(e, ERR_CONFIG, "there is no switch yet, and --dry-run makes none");
		if (default_switch(c, e) < 0 || ctx_switch(c, &act.switch_name, e) < 0)
			return -1;
	}
	act.subject = act_subject(c, "install", argv, n);
	return act_run(c, &act, e);
}
