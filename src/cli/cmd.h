/* cmd.h - the table of commands: one row declares, dispatches, lists and completes a command.
 *
 * A command parses its own options, calls the lower floors and prints; it holds no logic of its own.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "apply/session.h"
#include "base/json.h"
#include "base/opt.h"
#include "solver/solver.h"

/* What a command needs before it runs. */
enum {
	NEED_ROOT = 1 << 0,   /* an existing root */
	NEED_CREATE = 1 << 1, /* a root, made when it is missing */
	PAGED = 1 << 2,       /* a long answer goes through a pager on a terminal */
};

/* X(name, ...), and D(first, second, ...) for a name of two words. */
#define COMMANDS(X, D)                                                                                       \
	X(install, "PACKAGE...", "install packages into the switch", NEED_CREATE)                            \
	X(remove, "PACKAGE...", "remove packages from the switch", NEED_ROOT)                                \
	X(upgrade, "[PACKAGE...]", "raise packages to what the repositories offer", NEED_ROOT)               \
	X(reinstall, "PACKAGE...", "build installed packages again", NEED_ROOT)                              \
	X(solve, "REQUEST...", "say what a request would lead to, for any state and platform", NEED_ROOT)    \
	X(why, "PACKAGE...", "say for what a package is installed", NEED_ROOT)                               \
	D(why, not, "PACKAGE...", "say why a package is not installed, or not newer", NEED_ROOT)             \
	X(tree, "[PACKAGE...]", "show what depends on what", NEED_ROOT | PAGED)                              \
	X(list, "[PATTERN...]", "list packages: installed, available, by many selectors", NEED_ROOT | PAGED) \
	X(search, "WORD...", "find packages by words", NEED_ROOT | PAGED)                                    \
	X(show, "PACKAGE...", "show what is known of a package", NEED_ROOT | PAGED)                          \
	X(pin, "add|remove|list", "take a package's source from elsewhere", NEED_ROOT)                       \
	X(switch, "create|list|set|...", "make, choose and remove switches", NEED_CREATE)                    \
	X(undo, "", "put the switch back to before its last transaction", NEED_ROOT)                         \
	X(lock, "[REQUEST...]", "write down exactly what is to be installed", NEED_CREATE)                   \
	X(fetch, "--locked[=FILE]", "bring all that a lock needs into the store", NEED_CREATE)               \
	X(rebuild, "[PACKAGE...]", "build again, and compare with what is recorded", NEED_ROOT)              \
	X(history, "", "list the transactions of the switch", NEED_ROOT | PAGED)                             \
	X(trace, "IMAGE", "name every source that went into an image", NEED_ROOT)                            \
	X(repo, "add|list|remove|...", "configure package repositories", NEED_CREATE)                        \
	X(update, "[REPOSITORY...]", "take new snapshots of the package repositories", NEED_ROOT)            \
	X(env, "", "print the environment of the switch for a shell", 0)                                     \
	X(exec, "-- COMMAND...", "run a command in the environment of the switch", NEED_ROOT)                \
	X(log, "PACKAGE", "print the build log of a package", NEED_ROOT | PAGED)                             \
	X(nightly, "run|status|report|...", "build whole repositories in containers", NEED_ROOT)             \
	X(lint, "FILE|DIR...", "say what is wrong with package definitions", 0)                              \
	X(init, "", "make the root folder (other commands do it when needed)", 0)                            \
	X(completion, "bash|zsh|fish", "print what completes pkg in a shell", 0)                             \
	X(version, "", "print the version", 0)                                                               \
	X(help, "[COMMAND]", "print the manual page of a command", 0)

struct globals {
	const char *directory, *root, *switch_name, *at, *message, *debug;
	const char *json; /* where the envelope goes: "" or "-" stdout, a number, a file; NULL: nowhere */
	const char *format, *color, *progress, *confirm_level, *cli;
	bool yes, no, dry_run, verbose, quiet, offline, no_wait, no_pager, help, summary, version;
	long jobs, timeout;
};

/* The envelope under construction, and where it goes. */
struct answer {
	struct json json;
	bool begun;  /* `data` is open */
	bool opened; /* fd is where it goes */
	bool alone;  /* it goes to stdout, and text nowhere */
	int fd;
};

struct ctx {
	struct arena *a;
	struct globals global;
	const char *command;     /* its name in the table */
	struct str command_line; /* as typed, for the ledger */
	const char *program;     /* /proc/self/exe */
	struct root root;
	bool have_root;
	struct apply apply;
	struct report report;
	struct answer answer;
	struct opam_strings warnings; /* for the JSON envelope */
	size_t warning_room;
	struct explanation explanation; /* of a request without solution */
	bool read;                      /* the options were read: what they say holds */
	bool yes_env;                   /* PKGYES says so, no option */
	bool colored;                   /* stderr takes colours */
	bool terminal;                  /* stdout is one, perhaps behind a pager */
	int pager;                      /* its process, or 0 */
	bool unread;                    /* whoever read the answer has left: nothing is said of it */
	struct description *describe;   /* filled instead of running the command, unless NULL */
};

struct cmd {
	const char *name, *args, *help;
	unsigned needs;
	int (*run)(struct ctx *c, int argc, char **argv, struct err *e);
};
extern const struct cmd cmds[];
extern const size_t cmd_count;
const struct cmd *cmd_find(struct str name);
/* The row that the arguments name, and which of them does: options may stand before it. An alias may stand
 * for a command and a word of it (*word, else NULL). NULL: *at is argc and there is none, or *e is set. */
const struct cmd *cmd_locate(struct ctx *c, int argc, char **argv, int *at, const char **word, struct err *e);

/* Reads options: the command's own (or NULL) and the global ones, which take effect here. --help prints
 * the page and sets *n to -1. */
int cmd_options(struct ctx *c, const struct opt *own, int argc, char **argv, int *n, struct err *e);
/* `pkg NAME SUB ...`: runs the row named by argv[0]. */
struct subcmd {
	const char *name;
	int (*run)(struct ctx *c, int argc, char **argv, struct err *e);
};
int cmd_sub(struct ctx *c, const struct subcmd *table, size_t n, int argc, char **argv, struct err *e);

/* What a command takes, from the rows that it parses with. */
struct description {
	const struct opt *own;     /* its options, to be looked at only; ends with a row without name */
	const struct subcmd *subs; /* its words, if it has some */
	size_t sub_count;
	const char *sub; /* the one among the arguments; or NULL */
};
/* Calls the command, which stops at cmd_options(). */
int cmd_describe(struct ctx *c, const struct cmd *cmd, int argc, char **argv, struct description *out,
		 struct err *e);

/* Exit status of a command that ends well but not with 0 (exec): returned instead of 0. */
enum { CMD_STATUS = 1000 };

#define CMD_DECL(name, args, text, needs) int cmd_##name(struct ctx *c, int argc, char **argv, struct err *e);
#define CMD_DECL2(first, second, args, text, needs) CMD_DECL(first##_##second, args, text, needs)
COMMANDS(CMD_DECL, CMD_DECL2)
#undef CMD_DECL
#undef CMD_DECL2

#endif
