/* listing.h - versions of packages as rows, names or JSON; which columns there are. */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "base/json.h"
#include "cli/cmd.h"
#include "repo/select.h"

struct listing {
	struct ctx *c;
	struct catalog catalog;
	const struct state *state;   /* NULL: there is no switch */
	const char *switch_name;     /* likewise */
	struct opam_strings columns; /* names of columns, or "FIELD:" of a definition */
};

/* A catalog of what the repositories and the switch hold; to be opened. Without a switch, which must have
 * one only when it is named or needed, it is that of the repositories. */
int listing_new(struct ctx *c, bool needs_switch, struct listing *out, struct err *e);
/* ERR_USAGE for a column that there is not. */
int listing_check(const struct opam_strings *columns, struct err *e);
int listing_rows(struct listing *l, const struct selected *list, struct err *e);
/* The members of one package's object, which is open. */
int listing_json(struct listing *l, struct json *j, struct catalog_version *v, struct err *e);

#endif
