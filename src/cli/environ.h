/* environ.h - the environment of a switch, for `env` and `exec`. */
#ifndef CLI_ENVIRON_H
#define CLI_ENVIRON_H

#include "cli/cmd.h"

/* NAME=VALUE of all variables that entering the switch changes. */
int environ_of(struct ctx *c, struct opam_strings *out, struct err *e);

#endif
