/* envelope.h - the JSON answer: one object with schema, tool, root, repo, data, warnings and error.
 *
 * Members of `data` are added through out_data(); main writes the object when the command has ended,
 * whatever way. While it goes to stdout, nothing else does: text and children meet /dev/null.
 */
#ifndef CLI_ENVELOPE_H
#define CLI_ENVELOPE_H

#include "cli/cmd.h"

/* Opens what --json names, once; nothing without --json. ERR_USAGE when it cannot be written. */
int envelope_open(struct ctx *c, struct err *e);
/* For a command line that could not be read: is JSON asked for all the same? */
void envelope_guess(struct ctx *c, int argc, char **argv);
/* Writes it. status is the exit status; failed tells why, or is NULL. */
int envelope_end(struct ctx *c, int status, const struct err *failed, struct err *e);

#endif
