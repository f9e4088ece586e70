#include "cli/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/debug.h"
#include "cli/ctx.h"
#include "cli/help.h"

#define CMD_ROW(name, args, text, needs) {#name, args, text, needs, cmd_##name},
const struct cmd cmds[] = {COMMANDS(CMD_ROW)};
const size_t cmd_count = COUNT_OF(cmds);

static const struct {
	const char *alias, *name;
} aliases[] = {{"uninstall", "remove"}, {"repository", "repo"}, {"remote", "repo"}, {"info", "show"}};

const struct cmd *
cmd_find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		if (str_is(name, aliases[i].alias))
			name = str_of(aliases[i].name);
	for (size_t i = 0; i < cmd_count; i++)
		if (str_is(name, cmds[i].name))
			return &cmds[i];
	return NULL;
}

static const struct opt *
copy_options(struct arena *a, const struct opt *options)
{
	size_t n = 0;
	struct opt *copy;

	while (options[n].name)
		n++;
	copy = arena_array(a, struct opt, n + 1);
	memcpy(copy, options, (n + 1) * sizeof(*options));
	return copy;
}

const struct opt *
global_options(struct ctx *c)
{
	struct globals *g = &c->global;
	const struct opt options[] = {
		{OPT_STRING, 'C', "directory", "DIR", "work in DIR", &g->directory},
		{OPT_STRING, 0, "root", "DIR", "the root folder (PKGROOT)", &g->root},
		{OPT_STRING, 0, "switch", "SWITCH", "the switch meant (PKGSWITCH)", &g->switch_name},
		{OPT_FLAG, 'y', "yes", NULL, "answer yes to every question (PKGYES)", &g->yes},
		{OPT_FLAG, 0, "dry-run", NULL, "say what would be done, and do nothing", &g->dry_run},
		{OPT_FLAG, 0, "json", NULL, "print the answer as JSON", &g->json},
		{OPT_FLAG, 0, "offline", NULL, "open no socket", &g->offline},
		{OPT_INT, 'j', "jobs", "N", "jobs of a build (PKGJOBS)", &g->jobs},
		{OPT_STRING, 'm', "message", "TEXT", "the reason, kept in the ledger", &g->message},
		{OPT_FLAG, 'v', "verbose", NULL, "say more", &g->verbose},
		{OPT_FLAG, 'q', "quiet", NULL, "say only errors", &g->quiet},
		{OPT_STRING, 0, "debug", "SECTIONS", "traces for maintainers", &g->debug},
		{OPT_FLAG, 'h', "help", NULL, "print the manual page", &g->help},
		{OPT_FLAG, 0, "version", NULL, "print the version", &g->version},
		{.name = NULL},
	};

	return copy_options(c->a, options);
}

static int
use_globals(struct ctx *c, struct err *e)
{
	struct globals *g = &c->global;

	if (g->directory && chdir(g->directory) < 0)
		return err_sys(e, "entering %s", g->directory);
	g->directory = NULL; /* options are read again for a sub-word */
	if (g->debug && !debug_enable(g->debug))
		return err_set(e, ERR_USAGE, "--debug: unknown section in '%s'", g->debug);
	if (ctx_env("PKGYES", NULL) && strcmp(getenv("PKGYES"), "0") != 0)
		g->yes = true;
	if (!g->jobs && ctx_env("PKGJOBS", NULL))
		g->jobs = strtol(getenv("PKGJOBS"), NULL, 10);
	if (g->jobs < 0 || g->jobs > 1024)
		return err_set(e, ERR_USAGE, "--jobs: %ld is no number of jobs", g->jobs);
	return 0;
}

int
cmd_options(struct ctx *c, const struct opt *own, int argc, char **argv, int *n, struct err *e)
{
	static const struct opt none[] = {{.name = NULL}};
	const struct cmd *cmd = cmd_find(str_of(c->command));

	if (c->describe) {
		*n = -1;
		c->describe->own = copy_options(c->a, own ? own : none);
		return 0;
	}
	*n = opt_parse(c->a, own ? own : none, global_options(c), argc, argv, NULL, e);
	if (*n < 0)
		return err_hint(e, "`pkg help %s` lists the options", c->command);
	if (c->global.help) {
		*n = -1;
		return help_page(c, c->command, e);
	}
	if (use_globals(c, e) < 0)
		return -1;
	return c->have_root ? 0 : ctx_open(c, cmd->needs, e);
}

int
cmd_word(const struct opt *options, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		bool takes_value = false;

		if (argv[i][0] != '-' || argv[i][1] == '\0')
			return i;
		for (const struct opt *o = options; o->name; o++) {
			bool here = (argv[i][1] == o->letter && o->letter && !argv[i][2]) ||
				    (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, o->name) == 0);

			takes_value |= here && o->kind != OPT_FLAG && o->kind != OPT_OPTIONAL;
		}
		i += takes_value;
	}
	return argc;
}

int
cmd_sub(struct ctx *c, const struct subcmd *table, size_t n, int argc, char **argv, struct err *e)
{
	int at = cmd_word(global_options(c), argc, argv), operands;

	if (c->describe) {
		c->describe->subs = table;
		c->describe->sub_count = n;
	}
	if (at == argc) {
		if (cmd_options(c, NULL, argc, argv, &operands, e) < 0)
			return -1;
		return operands < 0 ? 0 : table[0].run(c, argc, argv, e);
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(argv[at], table[i].name) != 0)
			continue;
		if (c->describe)
			c->describe->sub = table[i].name;
		memmove(argv + at, argv + at + 1, (size_t)(argc - at - 1) * sizeof(*argv));
		return table[i].run(c, argc - 1, argv, e);
	}
	err_set(e, ERR_USAGE, "pkg %s: unknown word '%s'", c->command, argv[at]);
	return err_hint(e, "`pkg help %s` lists what there is", c->command);
}

int
cmd_describe(struct ctx *c, const struct cmd *cmd, int argc, char **argv, struct description *description,
	     struct err *e)
{
	int rc;

	*description = (struct description){0};
	c->command = cmd->name;
	c->describe = description;
	rc = cmd->run(c, argc, argv, e);
	c->describe = NULL;
	return rc;
}
