/* cmd_nightly.h - the words of `pkg nightly`. */
#ifndef CLI_CMD_NIGHTLY_H
#define CLI_CMD_NIGHTLY_H

#include "cli/cmd.h"

int nightly_base(struct ctx *c, int argc, char **argv, struct err *e);
int nightly_status(struct ctx *c, int argc, char **argv, struct err *e);
int nightly_log(struct ctx *c, int argc, char **argv, struct err *e);
int nightly_diff(struct ctx *c, int argc, char **argv, struct err *e);
int nightly_report(struct ctx *c, int argc, char **argv, struct err *e);

/* "3 ok, 1 failed" and a line end, on stdout; counts by enum night_state. */
void nightly_counts(const size_t *counts);

#endif
