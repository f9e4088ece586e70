#include "cli/globals.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/debug.h"
#include "cli/ctx.h"
#include "cli/envelope.h"
#include "cli/foreign.h"
#include "cli/out.h"
#include "cli/secret.h"

static const struct opt *
copy_rows(struct arena *a, const struct opt *rows, size_t n, const struct opt *more, size_t m)
{
	struct opt *copy = arena_array(a, struct opt, n + m + 1);

	memcpy(copy, rows, n * sizeof(*rows));
	if (m)
		memcpy(copy + n, more, m * sizeof(*more));
	return copy;
}

static const struct opt *
rows_of(struct ctx *c, bool foreign)
{
	struct globals *g = &c->global;
	const struct opt rows[] = {
		{OPT_STRING, 'C', "directory", "DIR", "work in DIR", &g->directory},
		{OPT_STRING, 0, "root", "DIR", "the root folder (PKGROOT)", &g->root},
		{OPT_STRING, 0, "switch", "SWITCH", "the switch meant (PKGSWITCH)", &g->switch_name},
		{OPT_STRING, 0, "at", "WHEN", "repositories as they were at a date or commit", &g->at},
		{OPT_FLAG, 'y', "yes", NULL, "answer yes to every question (PKGYES)", &g->yes},
		{OPT_FLAG, 0, "no", NULL, "answer no to every question", &g->no},
		{OPT_STRING, 0, "confirm-level", "ask|no|yes|unsafe-yes", "how questions are answered",
		 &g->confirm_level},
		{OPT_FLAG, 0, "dry-run", NULL, "say what would be done, and do nothing", &g->dry_run},
		{OPT_FLAG, 0, "show-actions", NULL, "the same as --dry-run", &g->dry_run},
		{OPT_OPTIONAL, 0, "json", "FILE|FD", "print the answer as JSON (PKGJSON)", &g->json},
		{OPT_STRING, 0, "format", "text|json", "the form of the answer", &g->format},
		{OPT_STRING, 0, "color", "auto|always|never", "colours (PKGCOLOR)", &g->color},
		{OPT_STRING, 0, "progress", "auto|bar|plain|none", "how progress is shown", &g->progress},
		{OPT_FLAG, 0, "no-pager", NULL, "show a long answer as it is (PKG_PAGER, PAGER)",
		 &g->no_pager},
		{OPT_FLAG, 0, "offline", NULL, "open no socket", &g->offline},
		{OPT_FLAG, 0, "no-wait", NULL, "end when somebody holds a lock, instead of waiting",
		 &g->no_wait},
		{OPT_INT, 'j', "jobs", "N", "jobs of a build (PKGJOBS)", &g->jobs},
		{OPT_INT, 0, "timeout", "SECONDS", "for one command of a build (0: none)", &g->timeout},
		{OPT_STRING, 'm', "message", "TEXT", "the reason, kept in the ledger", &g->message},
		{OPT_FLAG, 'v', "verbose", NULL, "say more", &g->verbose},
		{OPT_FLAG, 'q', "quiet", NULL, "say only errors", &g->quiet},
		{OPT_STRING, 0, "debug", "SECTIONS", "traces for maintainers", &g->debug},
		{OPT_STRING, 0, "cli", "1.0", "the version of the command line that is spoken", &g->cli},
		{OPT_FLAG, 'h', "summary", NULL, "print a summary with examples", &g->summary},
		{OPT_FLAG, 0, "help", NULL, "print the manual page", &g->help},
		{OPT_FLAG, 0, "version", NULL, "print the version", &g->version},
	};

	return copy_rows(c->a, rows, COUNT_OF(rows), foreign_options, foreign ? foreign_count : 0);
}

const struct opt *
global_options(struct ctx *c)
{
	return rows_of(c, false);
}

const struct opt *
global_rows(struct ctx *c)
{
	return rows_of(c, true);
}

/* --- the environment --- */

static int
env_bool(const char *name, bool *out_value, struct err *e)
{
	static const char *const yes[] = {"1", "yes", "true", "y"}, *const no[] = {"0", "no", "false", "n"};
	const char *value = ctx_env(name, NULL);

	for (size_t i = 0; value && i < COUNT_OF(yes); i++) {
		if (strcmp(value, yes[i]) == 0)
			return *out_value = true, 0;
		if (strcmp(value, no[i]) == 0)
			return *out_value = false, 0;
	}
	if (!value)
		return 0;
	return err_set(e, ERR_USAGE, "%s is '%s', which is neither yes nor no", name, value);
}

static int
env_jobs(struct ctx *c, struct err *e)
{
	const char *value = ctx_env("PKGJOBS", NULL);
	char *end;

	if (!value)
		return 0;
	c->global.jobs = strtol(value, &end, 10);
	if (*end || c->global.jobs < 1)
		return err_set(e, ERR_USAGE, "PKGJOBS is '%s', which is no number of jobs", value);
	return 0;
}

int
globals_from_env(struct ctx *c, struct err *e)
{
	struct globals *g = &c->global;

	g->color = ctx_env("PKGCOLOR", NULL);
	g->confirm_level = ctx_env("PKGCONFIRMLEVEL", NULL);
	g->json = ctx_env("PKGJSON", NULL);
	if (g->json && strcmp(g->json, "0") == 0)
		g->json = NULL;
	c->terminal = isatty(STDOUT_FILENO);
	if (env_bool("PKGYES", &c->yes_env, e) < 0 || env_jobs(c, e) < 0)
		return -1;
	g->yes = c->yes_env;
	return 0;
}

/* --- what was read takes effect --- */

static bool
is(const char *value, const char *word)
{
	return value && strcmp(value, word) == 0;
}

/* Where the help gives the words themselves ("auto|always|never"), the value is one of them. */
static int
check_words(struct ctx *c, struct err *e)
{
	for (const struct opt *o = global_options(c); o->name; o++) {
		const char *value = o->kind == OPT_STRING ? *(const char **)o->value : NULL;
		struct str rest = str_of(o->arg), word;
		bool found = false;

		if (!value || (rest.s[0] >= 'A' && rest.s[0] <= 'Z'))
			continue;
		while (str_cut(&rest, '|', &word))
			found |= str_is(word, value);
		if (!found)
			return err_set(e, ERR_USAGE, "--%s: '%s' is none of %s", o->name,
				       out_safe(c, str_of(value)), o->arg);
	}
	return 0;
}

static int
check_values(struct ctx *c, struct err *e)
{
	struct globals *g = &c->global;

	if (g->root && !*g->root)
		return err_set(e, ERR_USAGE, "--root needs a folder");
	if (g->switch_name && !*g->switch_name)
		return err_set(e, ERR_USAGE, "--switch needs a name");
	if (g->jobs < 0 || g->jobs > 1024)
		return err_set(e, ERR_USAGE, "--jobs: %ld is no number of jobs", g->jobs);
	if (g->timeout < 0 || g->timeout > 1000000)
		return err_set(e, ERR_USAGE, "--timeout: %ld is no number of seconds", g->timeout);
	if (g->debug && !debug_enable(g->debug))
		return err_set(e, ERR_USAGE, "--debug: unknown section in '%s'",
			       out_safe(c, str_of(g->debug)));
	return 0;
}

/* --yes and --no are words for levels. An option counts more than PKGYES, and no more than yes. */
static int
settle_answers(struct ctx *c, struct err *e)
{
	struct globals *g = &c->global;
	bool yes = g->yes && !c->yes_env;

	if (yes && g->no)
		return err_set(e, ERR_USAGE, "--yes and --no exclude each other");
	if (g->no || yes)
		g->confirm_level = g->no ? "no" : "yes";
	else if (!g->confirm_level && g->yes)
		g->confirm_level = "yes";
	g->no = is(g->confirm_level, "no");
	g->yes = is(g->confirm_level, "yes") || is(g->confirm_level, "unsafe-yes");
	c->yes_env = g->yes;
	return 0;
}

static bool
wants_color(const struct globals *g)
{
	if (g->color && !is(g->color, "auto"))
		return is(g->color, "always");
	if (ctx_env("NO_COLOR", NULL))
		return false;
	if (!is(ctx_env("CLICOLOR_FORCE", "0"), "0"))
		return true;
	return isatty(STDERR_FILENO) && !is(ctx_env("TERM", NULL), "dumb");
}

int
globals_apply(struct ctx *c, struct err *e)
{
	struct globals *g = &c->global;

	c->read = true;
	if (is(g->format, "json") && !g->json)
		g->json = "";
	if (is(g->format, "text"))
		g->json = NULL;
	c->colored = wants_color(g);
	if (g->directory && chdir(g->directory) < 0) {
		err_sys(e, "entering %s", out_safe(c, str_of(g->directory)));
		return ctx_operand(e);
	}
	g->directory = NULL; /* options are read again for a word of the command */
	if ((g->message && secret_refuse(g->message, e) < 0) || check_words(c, e) < 0 ||
	    envelope_open(c, e) < 0)
		return -1;
	return check_values(c, e) < 0 ? -1 : settle_answers(c, e);
}
