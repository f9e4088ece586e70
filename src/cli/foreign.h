/* foreign.h - what users of opam type and pkg calls otherwise: each is told its name here, status 2. */
#ifndef CLI_FOREIGN_H
#define CLI_FOREIGN_H

#include "base/opt.h"

/* OPT_FOREIGN rows; an option of a command with the same name goes first. */
extern const struct opt foreign_options[];
extern const size_t foreign_count;
/* What a command of opam is here, or NULL. */
const char *foreign_command(struct str name);

#endif
