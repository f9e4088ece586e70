/* ctx.h - what commands share: the root, the switch meant, the environment. */
#ifndef CLI_CTX_H
#define CLI_CTX_H

#include "cli/cmd.h"

/* Opens the root and what hangs on it, as the command needs. */
int ctx_open(struct ctx *c, unsigned needs, struct err *e);
void ctx_close(struct ctx *c);
/* Where the root is or would be. NULL: nothing says so. */
const char *ctx_root_path(struct ctx *c, struct err *e);
/* The switch meant: --switch, PKGSWITCH, or the current one. ERR_CONFIG when there is none. */
int ctx_switch(struct ctx *c, const char **name, struct err *e);
/* The commit and state of that switch, whose repositories are then those of c->apply; nothing is locked. */
int ctx_state(struct ctx *c, const char **name, struct oid *head, struct state *state, struct err *e);
/* ERR_OFFLINE when the address is not of this machine and --offline is given. */
int ctx_online(struct ctx *c, const char *address, struct err *e);
/* The root's lock, and the repositories as they are now that it is held: another may have changed them. */
int ctx_lock(struct ctx *c, struct fs_lock *lock, struct err *e);
/* After a change of the repositories, with the root's lock held: they are read again, and indexed. */
int ctx_index(struct ctx *c, struct err *e);
/* ERR_USAGE with --at, for a command that changes the repositories themselves. */
int ctx_now(struct ctx *c, struct err *e);
/* After a command that wrote: packs are merged when there are many, stale ref locks dropped; not when
 * another process works in the root. What goes wrong here is a warning. */
void ctx_maintain(struct ctx *c);
/* The note of a ledger commit for this command. */
struct ledger_note ctx_note(struct ctx *c, const char *fmt, ...) PRINTF(2, 3);
/* For an error about a file that the user named: one that is not there is ERR_NOTFOUND, no failure of the
 * system. Returns -1. */
int ctx_operand(struct err *e);
/* A folder's real path, so that the address means the same from everywhere; a URL as it is. */
const char *ctx_address(struct ctx *c, const char *address);
/* The process environment's value, or the given one; cli alone asks for it. */
const char *ctx_env(const char *name, const char *otherwise);

#endif
