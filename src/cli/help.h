/* help.h - the manual, found in the source tree or where `make install` put it. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cmd.h"

/* `pkg` alone and `pkg --help`: the commands, from the table; wrong_usage prints to stderr, status 2. */
int help_overview(struct ctx *c, bool wrong_usage, struct err *e);
int help_version(struct ctx *c);
/* The manual page of a command: shown by man(1), or its text as it is without man. */
int help_page(struct ctx *c, const char *command, struct err *e);
/* -h: how it is called, its own options, the examples of its page. */
int help_summary(struct ctx *c, const struct cmd *cmd, const struct opt *own);
/* The first of these files that is there, seen from the folder of the program: in the source tree when
 * pkg runs from build/, else of the installation. NULL: none. */
const char *help_find(struct ctx *c, const char *const *places, size_t n);

#endif
