/* act.h - the one way in which commands change a switch: plan, show, ask, carry out, tell. */
#ifndef CLI_ACT_H
#define CLI_ACT_H

#include "audit/lock.h"
#include "cli/cmd.h"

struct act {
	const char *switch_name;
	bool create;      /* the switch is made, and becomes the current one */
	const char *part; /* one of several acts: the member of the JSON data that tells of it; or NULL */
	struct change change;
	struct change_options options;
	struct str subject;           /* of the ledger commit */
	const struct state_pin *pins; /* made in the same transaction */
	size_t pin_count;
	const struct lock *lock; /* install exactly this, without solving; or NULL */
};
int act_run(struct ctx *c, const struct act *act, struct err *e);
/* upgrade and reinstall: one set of options, two kinds of request. Nothing named is everything, or
 * ERR_USAGE. */
int act_again(struct ctx *c, enum request_kind kind, bool all, int argc, char **argv, struct err *e);
/* Reads the lock file that --locked names; "" stands for pkg.lock. */
int act_lock(struct ctx *c, const char *path, struct lock *out, struct err *e);
/* "install zlib lwip", for the ledger. */
struct str act_subject(struct ctx *c, const char *verb, char **args, int n);

#endif
