/* operand.h - package arguments that are no name: lists in files, and places that hold definitions. */
#ifndef CLI_OPERAND_H
#define CLI_OPERAND_H

#include "cli/act.h"

/* Each `@FILE` becomes the lines of the file, `@-` those of stdin; empty ones and what begins with # do not
 * count. */
int operand_lists(struct ctx *c, char ***args, int *n, struct err *e);
/* The text of a list that the user names, which may be a pipe; "-" is the standard input. */
int operand_file(struct ctx *c, const char *path, struct str *text, struct err *e);
/* Each DIR, FILE.opam and Git address becomes the names of the packages that it defines, which the act pins
 * to it. The root must be open. */
int operand_places(struct ctx *c, char ***args, int *n, struct act *act, struct err *e);
/* DIR, FILE.opam or an address, by its looks. */
bool operand_is_place(const char *arg);

#endif
