/* environ.h - the environment of a switch, for `env` and `exec`.
 *
 * Entering a switch records what it changes, and what was there, in PKG_ENV_UNDO. Leaving it puts back
 * every variable byte for byte. One that was changed meanwhile keeps that: only the parts of a
 * colon-separated list that entering had added are taken out of it.
 *
 *	PKG_ENV_UNDO = ITEM;ITEM...	ITEM = NAME,NOW,BEFORE or NAME,NOW (it was not set)
 *
 * with all bytes but letters, digits and a few signs written as %XX.
 */
#ifndef CLI_ENVIRON_H
#define CLI_ENVIRON_H

#include "cli/cmd.h"

/* NAME=VALUE of all variables that entering the switch changes, PKG_ENV_UNDO among them, sorted. A switch
 * that had been entered is left first. */
int environ_of(struct ctx *c, struct opam_strings *out, struct err *e);
/* Makes the environment of this process what it was before a switch was entered. */
void environ_leave(struct ctx *c);
/* What a shell accepts as the name of a variable. */
bool environ_name_ok(struct str name);

#endif
