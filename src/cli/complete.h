/* complete.h - what a word on a command line may become: `pkg __complete -- WORD...`, asked by shell/.
 *
 * The last word is the one to be completed. Each line is a candidate for the whole word, perhaps with a
 * tab and a description; `:file`, `:dir` and `:program` stand for what the shell finds by itself.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/cmd.h"

int complete(struct ctx *c, int argc, char **argv, struct err *e);

#endif
