/* globals.h - the options of every command and the environment behind them.
 *
 * Precedence: option, environment, what is built in.
 */
#ifndef CLI_GLOBALS_H
#define CLI_GLOBALS_H

#include "cli/cmd.h"

/* The rows, for parsing, help and completion; they end with one without name. */
const struct opt *global_options(struct ctx *c);
/* The same, and after them the options of opam that are something else here: for parsing. */
const struct opt *global_rows(struct ctx *c);
/* What PKGYES, PKGJOBS, PKGCOLOR, PKGJSON and their kin say; before any option is read. */
int globals_from_env(struct ctx *c, struct err *e);
/* Checks what was read and makes it so: folder, traces, colours, where the JSON goes. May come twice. */
int globals_apply(struct ctx *c, struct err *e);

#endif
