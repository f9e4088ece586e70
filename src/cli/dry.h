/* dry.h - what commands say with --dry-run, instead of doing it. */
#ifndef CLI_DRY_H
#define CLI_DRY_H

#include "cli/cmd.h"

/* "would ..." as a line of the answer, and "dry_run": true among the members that are open. Once for a
 * command. Returns 0. */
int dry_would(struct ctx *c, const char *fmt, ...) PRINTF(2, 3);

#endif
