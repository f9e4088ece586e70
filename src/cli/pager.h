/* pager.h - a long answer on a terminal goes through a pager: PKG_PAGER, PAGER, or `less -FRX`. */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include "cli/cmd.h"

/* The command line of the pager, or NULL: --no-pager, "cat", none there. */
const char *pager_command(struct ctx *c);
/* From here on stdout is the pager's input; nothing when stdout is no terminal, or no program is named so. */
int pager_start(struct ctx *c, struct err *e);
/* Sends the rest, and waits until the user has left it. One that could not run is an error: the answer is
 * lost. */
int pager_end(struct ctx *c, struct err *e);

#endif
