/* ask.h - questions on the terminal. Nobody there: ERR_ABORTED, with the flag to pass. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/cmd.h"

/* 0 for yes, which --yes says too; else ERR_ABORTED. An empty answer is no. Ctrl-C: ERR_INTERRUPTED. */
int ask_yes(struct ctx *c, const char *question, struct err *e);
/* What destroys asks for the name of what is destroyed. */
int ask_name(struct ctx *c, const char *warning, const char *name, struct err *e);

#endif
