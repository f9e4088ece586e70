#include "cli/cmd.h"

#include <string.h>

#include "base/term.h"
#include "cli/ctx.h"
#include "cli/foreign.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "cli/out.h"
#include "cli/pager.h"

#define CMD_ROW(name, args, text, needs) {#name, args, text, needs, cmd_##name},
#define CMD_ROW2(first, second, args, text, needs)                                                           \
	{#first "-" #second, args, text, needs, cmd_##first##_##second},
const struct cmd cmds[] = {COMMANDS(CMD_ROW, CMD_ROW2)};
const size_t cmd_count = COUNT_OF(cmds);

static const struct {
	const char *alias, *name, *word;
} aliases[] = {
	{"uninstall", "remove", NULL}, {"repository", "repo", NULL}, {"remote", "repo", NULL},
	{"info", "show", NULL},        {"unpin", "pin", "remove"},
};

static const struct cmd *
find(struct str name, const char **word)
{
	*word = NULL;
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		if (str_is(name, aliases[i].alias)) {
			name = str_of(aliases[i].name);
			*word = aliases[i].word;
		}
	for (size_t i = 0; i < cmd_count; i++)
		if (str_is(name, cmds[i].name))
			return &cmds[i];
	return NULL;
}

const struct cmd *
cmd_find(struct str name)
{
	const char *word;

	return find(name, &word);
}

/* --- did you mean --- */

enum { NEAR = 2 };

struct near {
	struct str typed;
	unsigned distance;
	const char *names[4]; /* all at that distance */
	size_t n;
};

static void
near_try(struct near *near, const char *name)
{
	unsigned distance = str_distance(near->typed, str_of(name), NEAR);

	/* A word that shares no letter with what was typed is no help. */
	if (distance > NEAR || distance >= near->typed.n || distance > near->distance)
		return;
	if (distance < near->distance)
		near->n = 0;
	near->distance = distance;
	if (near->n < COUNT_OF(near->names))
		near->names[near->n++] = name;
}

static int
unknown_command(struct ctx *c, struct str name, struct err *e)
{
	struct near near = {.typed = name, .distance = NEAR + 1};
	const char *here = foreign_command(name);

	if (here)
		return err_set(e, ERR_USAGE, "opam's `" STR_FMT "` is %s here", STR_ARG(name), here);
	for (size_t i = 0; i < cmd_count; i++)
		near_try(&near, cmds[i].name);
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		near_try(&near, aliases[i].alias);
	err_set(e, ERR_USAGE, "unknown command '%s'", out_safe(c, name));
	for (size_t i = 0; i < near.n; i++)
		err_hint(e, "did you mean `pkg %s`?", near.names[i]);
	return near.n ? -1 : err_hint(e, "`pkg help` lists the commands");
}

/* --- options --- */

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
	*n = opt_parse(c->a, own ? own : none, global_rows(c), argc, argv, NULL, e);
	if (*n < 0)
		return err_hint(e, "`pkg help %s` lists the options", c->command);
	if (globals_apply(c, e) < 0)
		return -1;
	if (c->global.help || c->global.summary) {
		*n = -1;
		return c->global.help ? help_page(c, c->command, e) : help_summary(c, cmd, own ? own : none);
	}
	if (!c->have_root && ctx_open(c, cmd->needs & (NEED_ROOT | NEED_CREATE), e) < 0)
		return -1;
	return cmd->needs & PAGED ? pager_start(c, e) : 0;
}

/* --- where the words stand --- */

/* Calls what runs a command or a word of it; it stops at cmd_options(). */
static int
describe(struct ctx *c, int (*run)(struct ctx *c, int argc, char **argv, struct err *e), int argc,
	 char **argv, struct description *description, struct err *e)
{
	struct description *outer = c->describe;
	int rc;

	*description = (struct description){0};
	c->describe = description;
	rc = run(c, argc, argv, e);
	c->describe = outer;
	return rc;
}

int
cmd_describe(struct ctx *c, const struct cmd *cmd, int argc, char **argv, struct description *description,
	     struct err *e)
{
	c->command = cmd->name;
	return describe(c, cmd->run, argc, argv, description, e);
}

/* Is argv[at] the first operand, when it is read with the options of what it names? So `--rank 1 add` has
 * its word third, because `add` knows that --rank takes a value. */
static bool
is_first(struct ctx *c, int (*run)(struct ctx *c, int argc, char **argv, struct err *e), int argc,
	 char **argv, int at)
{
	char **rest = arena_array(c->a, char *, (size_t)argc + 1);
	struct description description;
	struct err ignored;

	memcpy(rest, argv, (size_t)at * sizeof(*rest));
	memcpy(rest + at, argv + at + 1, (size_t)(argc - at - 1) * sizeof(*rest));
	return describe(c, run, argc - 1, rest, &description, &ignored) == 0 &&
	       opt_word(description.own, global_options(c), argc, argv) == at;
}

const struct cmd *
cmd_locate(struct ctx *c, int argc, char **argv, int *at, const char **word, struct err *e)
{
	const struct cmd *cmd;
	int first = opt_word(NULL, global_options(c), argc, argv);

	*at = first;
	*word = NULL;
	if (first == argc)
		return NULL;
	for (int i = first; i < argc && strcmp(argv[i], "--") != 0; i++) {
		cmd = find(str_of(argv[i]), word);
		if (!cmd)
			continue;
		c->command = cmd->name;
		if (i == first || is_first(c, cmd->run, argc, argv, i)) {
			*at = i;
			return cmd;
		}
	}
	c->command = NULL;
	unknown_command(c, str_of(argv[first]), e);
	return NULL;
}

static const struct subcmd *
find_word(struct ctx *c, const struct subcmd *table, size_t n, int argc, char **argv, int *at)
{
	for (*at = 0; *at < argc && strcmp(argv[*at], "--") != 0; ++*at)
		for (size_t i = 0; i < n; i++)
			if (strcmp(argv[*at], table[i].name) == 0 &&
			    is_first(c, table[i].run, argc, argv, *at))
				return &table[i];
	*at = opt_word(NULL, global_options(c), argc, argv);
	return NULL;
}

int
cmd_sub(struct ctx *c, const struct subcmd *table, size_t n, int argc, char **argv, struct err *e)
{
	struct near near = {.distance = NEAR + 1};
	int at, operands;
	const struct subcmd *sub = find_word(c, table, n, argc, argv, &at);

	if (c->describe) {
		c->describe->subs = table;
		c->describe->sub_count = n;
		c->describe->sub = sub ? sub->name : NULL;
	}
	if (sub) {
		memmove(argv + at, argv + at + 1, (size_t)(argc - at - 1) * sizeof(*argv));
		return sub->run(c, argc - 1, argv, e);
	}
	if (c->describe)
		return cmd_options(c, NULL, argc, argv, &operands, e);
	if (at == argc)
		return table[0].run(c, argc, argv, e);
	near.typed = str_of(argv[at]);
	for (size_t i = 0; i < n; i++)
		near_try(&near, table[i].name);
	err_set(e, ERR_USAGE, "pkg %s: unknown word '%s'", c->command, out_safe(c, near.typed));
	for (size_t i = 0; i < near.n; i++)
		err_hint(e, "did you mean `pkg %s %s`?", c->command, near.names[i]);
	return err_hint(e, "`pkg help %s` lists what there is", c->command);
}
