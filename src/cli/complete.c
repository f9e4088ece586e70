#include "cli/complete.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "cli/ctx.h"
#include "cli/globals.h"
#include "cli/out.h"
#include "opam/version.h"

struct completion {
	struct ctx *c;
	const struct cmd *cmd; /* NULL: not there yet */
	struct description takes;
	struct str before;         /* of the word: "--NAME=" */
	struct str word;           /* what is there of the candidate */
	const struct opt *pending; /* the word is the value of this option */
	bool dashes;               /* after `--` */
	int operands;              /* before the word, the command's name and word among them */
};

/* Candidates are put into command lines: one that a shell could take for more than a word is left out. */
static void
offer(const struct completion *k, struct str text, struct str help)
{
	for (size_t i = 0; i < text.n; i++)
		if (!isalnum((unsigned char)text.s[i]) && !strchr("-_+.~=/@", text.s[i]))
			return;
	if (text.n < k->word.n || memcmp(text.s, k->word.s, k->word.n) != 0)
		return;
	out("%.*s%.*s", STR_ARG(k->before), STR_ARG(text));
	if (help.n)
		out("\t%s", out_safe(k->c, help));
	out("\n");
}

static void
offer_c(const struct completion *k, const char *text, const char *help)
{
	offer(k, str_of(text), str_of(help));
}

/* --- what arguments are --- */

static int
offer_commands(const struct completion *k, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < cmd_count; i++)
		offer_c(k, cmds[i].name, cmds[i].help);
	return 0;
}

static int
open_root(const struct completion *k, struct err *e)
{
	return k->c->have_root ? 0 : ctx_open(k->c, NEED_ROOT, e);
}

/* Names; behind a name and a dot, its versions. */
static int
offer_packages(const struct completion *k, struct err *e)
{
	ptrdiff_t dot = str_chr(k->word, '.');
	struct ctx *c = k->c;
	struct opam_strings names = {0};
	struct repo_packages versions = {0};

	if (open_root(k, e) < 0)
		return -1;
	if (dot < 0) {
		if (repo_names(c->root.store, c->a, &c->apply.repos, &names, e) < 0)
			return -1;
		for (size_t i = 0; i < names.n; i++)
			offer(k, names.v[i], STR(""));
		return 0;
	}
	if (!opam_name_valid(str_sub(k->word, 0, (size_t)dot)))
		return 0;
	if (repo_versions(c->root.store, c->a, &c->apply.repos, str_sub(k->word, 0, (size_t)dot), &versions,
			  e) < 0)
		return -1;
	for (size_t i = 0; i < versions.n; i++)
		offer(k,
		      str_printf(c->a, "%.*s.%.*s", STR_ARG(versions.v[i].name),
				 STR_ARG(versions.v[i].version)),
		      versions.v[i].repo->name);
	return 0;
}

static int
read_state(const struct completion *k, struct state *state, struct err *e)
{
	const char *name;
	struct oid head;

	return open_root(k, e) < 0 ? -1 : ctx_state(k->c, &name, &head, state, e);
}

static int
offer_installed(const struct completion *k, struct err *e)
{
	struct state state = {0};

	if (read_state(k, &state, e) < 0)
		return -1;
	for (size_t i = 0; i < state.record_count; i++)
		offer(k, state.records[i].name, state.records[i].version);
	return 0;
}

static int
offer_pinned(const struct completion *k, struct err *e)
{
	struct state state = {0};

	if (read_state(k, &state, e) < 0)
		return -1;
	for (size_t i = 0; i < state.pin_count; i++)
		offer(k, state.pins[i].name, state.pins[i].url);
	return 0;
}

static int
offer_switches(const struct completion *k, struct err *e)
{
	struct opam_strings names = {0};

	if (open_root(k, e) < 0 || live_names(&k->c->root, k->c->a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		offer(k, names.v[i], STR(""));
	return 0;
}

static int
offer_repositories(const struct completion *k, struct err *e)
{
	if (open_root(k, e) < 0)
		return -1;
	for (size_t i = 0; i < k->c->apply.repos.n; i++)
		offer(k, k->c->apply.repos.v[i].name, k->c->apply.repos.v[i].url);
	return 0;
}

/* What a word of a usage line stands for. */
static const struct {
	const char *word;
	int (*offer)(const struct completion *k, struct err *e);
	const char *shell; /* or: the shell finds them */
} kinds[] = {
	{"COMMAND", offer_commands, NULL},
	{"PACKAGE", offer_packages, NULL},
	{"REQUEST", offer_packages, NULL},
	{"INSTALLED", offer_installed, NULL},
	{"PATTERN", offer_installed, NULL},
	{"PINNED", offer_pinned, NULL},
	{"SWITCH", offer_switches, NULL},
	{"REPOSITORY", offer_repositories, NULL},
	{"FILE", NULL, ":file"},
	{"IMAGE", NULL, ":file"},
	{"DIR", NULL, ":dir"},
	{"PROGRAM", NULL, ":program"},
};

/* Where the usage line of the command table says less than can be offered. */
static const struct {
	const char *command, *sub, *args;
} finer[] = {
	{"remove", NULL, "INSTALLED..."},
	{"upgrade", NULL, "INSTALLED..."},
	{"rebuild", NULL, "INSTALLED..."},
	{"reinstall", NULL, "INSTALLED..."},
	{"why", NULL, "INSTALLED..."},
	{"log", NULL, "INSTALLED"},
	{"exec", NULL, "PROGRAM FILE..."},
	{"pin", "add", "PACKAGE DIR"},
	{"pin", "remove", "PINNED..."},
	{"switch", "create", "NAME PACKAGE..."},
	{"switch", "set", "SWITCH"},
	{"switch", "remove", "SWITCH..."},
	{"repo", "add", "NAME DIR"},
	{"repo", "remove", "REPOSITORY..."},
	{"repo", "set-url", "REPOSITORY DIR"},
	{"repo", "priority", "REPOSITORY"},
	{"repo", "set-repos", "REPOSITORY..."},
	{"repo", "log", "REPOSITORY"},
};

static const char *
usage_of(const struct completion *k)
{
	for (size_t i = 0; i < COUNT_OF(finer); i++)
		if (strcmp(finer[i].command, k->cmd->name) == 0 &&
		    (finer[i].sub ? k->takes.sub && strcmp(finer[i].sub, k->takes.sub) == 0 : !k->takes.subs))
			return finer[i].args;
	return k->takes.subs ? "" : k->cmd->args;
}

/* One word of a usage line: KIND, KIND|KIND, literal|literal; brackets and dots do not matter. */
static int
offer_word(const struct completion *k, struct str usage, struct err *e)
{
	struct str kind;

	while (usage.n && strchr("[.", usage.s[0]))
		usage = str_sub(usage, 1, usage.n);
	while (usage.n && strchr("].", usage.s[usage.n - 1]))
		usage.n--;
	while (str_cut(&usage, '|', &kind)) {
		if (kind.n && islower((unsigned char)kind.s[0]))
			offer(k, kind, STR(""));
		for (size_t i = 0; i < COUNT_OF(kinds); i++) {
			if (!str_is(kind, kinds[i].word))
				continue;
			if (kinds[i].shell)
				out("%s\n", kinds[i].shell);
			else if (kinds[i].offer(k, e) < 0)
				return -1;
		}
	}
	return 0;
}

/* The word of a usage line for operand `at`; one with dots stands for all that follow. */
static struct str
usage_word(struct str usage, int at)
{
	struct str word;

	while (str_cut(&usage, ' ', &word))
		if (word.n && word.s[0] != '-' && (at-- <= 0 || memmem(word.s, word.n, "...", 3)))
			return word;
	return STR("");
}

/* --- the command line so far --- */

static void
offer_options(const struct completion *k, const struct opt *options)
{
	for (const struct opt *o = options; o && o->name; o++) {
		const char letter[] = {'-', o->letter, '\0'};

		offer(k, str_printf(k->c->a, "--%s", o->name), str_of(o->help));
		/* Both forms only before either has been begun. */
		if (o->letter && k->word.n == 1)
			offer_c(k, letter, o->help);
	}
}

/* The row of an option as it is typed: "--name", "--name=value", "-l", "-vl". */
static const struct opt *
find_option(const struct opt *options, const char *typed)
{
	size_t n = strcspn(typed, "=");

	for (const struct opt *o = options; o && o->name; o++)
		if (typed[1] == '-' ? str_is((struct str){typed + 2, n - 2}, o->name)
				    : o->letter && typed[n - 1] == o->letter)
			return o;
	return NULL;
}

static bool
takes_next(const struct opt *o, const char *typed)
{
	return o && o->kind != OPT_FLAG && o->kind != OPT_OPTIONAL && !strchr(typed, '=');
}

/* Options before the word: the global ones take effect, the others are passed over. */
static void
read_words(struct completion *k, const struct opt *global, int n, char **words)
{
	for (int i = 0; i < n; i++) {
		const struct opt *own, *o;
		struct err ignored;
		int with = 1;

		if (k->dashes || words[i][0] != '-' || !words[i][1]) {
			k->operands++;
			continue;
		}
		if (strcmp(words[i], "--") == 0) {
			k->dashes = true;
			continue;
		}
		own = find_option(k->takes.own, words[i]);
		o = own ? own : find_option(global, words[i]);
		if (takes_next(o, words[i])) {
			if (i + 1 == n)
				k->pending = o;
			else
				with = 2;
		}
		if (o && !own && !k->pending)
			opt_parse(k->c->a, global, NULL, with, words + i, NULL, &ignored);
		i += with - 1;
	}
}

/* The word is "--NAME=...". */
static int
offer_value(struct completion *k, const struct opt *global, struct err *e)
{
	size_t equals = (size_t)str_chr(k->word, '=');
	const char *typed = str_c(k->c->a, k->word);
	const struct opt *o = find_option(k->takes.own, typed);

	o = o ? o : find_option(global, typed);
	k->before = str_sub(k->word, 0, equals + 1);
	k->word = str_sub(k->word, equals + 1, k->word.n);
	return o && o->kind != OPT_FLAG ? offer_word(k, str_of(o->arg), e) : 0;
}

static int
answer(struct completion *k, const struct opt *global, struct err *e)
{
	int operand = k->operands - (k->cmd != NULL) - (k->takes.sub != NULL);

	if (k->pending)
		return offer_word(k, str_of(k->pending->arg), e);
	if (!k->dashes && str_starts(k->word, "--") && str_chr(k->word, '=') > 0)
		return offer_value(k, global, e);
	if (!k->dashes && str_starts(k->word, "-")) {
		offer_options(k, k->takes.own);
		offer_options(k, global);
		return 0;
	}
	if (!k->cmd)
		return offer_commands(k, e);
	if (k->takes.subs && !k->takes.sub) {
		for (size_t i = 0; i < k->takes.sub_count; i++)
			offer_c(k, k->takes.subs[i].name, "");
		return 0;
	}
	return offer_word(k, usage_word(str_of(usage_of(k)), operand), e);
}

int
complete(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct opt *global = global_options(c);
	struct completion k = {.c = c};
	char **words, **rest;
	int n, at;

	if (argc > 0 && strcmp(argv[0], "--") == 0)
		argc--, argv++;
	if (argc == 0)
		return err_set(e, ERR_USAGE, "usage: pkg __complete -- WORD...");
	words = argv;
	n = argc - 1;
	k.word = str_of(argv[n]);
	at = opt_word(NULL, global, n, words);
	if (at < n) {
		k.cmd = cmd_find(str_of(words[at]));
		if (!k.cmd)
			return 0;
		rest = arena_array(c->a, char *, (size_t)n + 1);
		memcpy(rest, words, (size_t)at * sizeof(*rest));
		memcpy(rest + at, words + at + 1, (size_t)(n - at - 1) * sizeof(*rest));
		if (cmd_describe(c, k.cmd, n - 1, rest, &k.takes, e) < 0)
			return -1;
	}
	read_words(&k, global, n, words);
	if (c->global.directory && chdir(c->global.directory) < 0)
		return err_sys(e, "entering %s", c->global.directory);
	return answer(&k, global, e);
}
