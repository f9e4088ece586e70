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

/* Whether a switch must be there, is looked at when there is one, or does not matter. */
enum listing_of { LISTING_SWITCH, LISTING_BOTH, LISTING_REPOSITORIES };
/* A catalog of what the repositories and the switch hold; to be opened. */
int listing_new(struct ctx *c, enum listing_of of, struct listing *out, struct err *e);
/* ERR_USAGE for a column that there is not. */
int listing_check(const struct opam_strings *columns, struct err *e);
int listing_rows(struct listing *l, const struct selected *list, struct err *e);
/* The members of one package's object, which is open. */
int listing_json(struct listing *l, struct json *j, struct catalog_version *v, struct err *e);

#endif
