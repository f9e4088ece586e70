/* cmd_show.h - what `pkg show` shows, as text and as JSON. */
#ifndef CLI_CMD_SHOW_H
#define CLI_CMD_SHOW_H

#include "cli/cmd.h"

struct show_options {
	struct opt_list fields;
	bool raw, all_versions;
};

struct shown {
	struct str name;
	struct opam_definition definition;
	struct str version;             /* the one shown */
	struct repo_packages versions;  /* what the repositories have */
	const struct record *installed; /* or NULL */
};

/* Only what --field, --raw or --all-versions chose. */
bool show_is_chosen(const struct show_options *o);
/* Its dependencies on this machine. */
int show_depends(struct ctx *c, const struct shown *s, struct str *out_text, struct err *e);
/* The text of a field of the definition or of one of our own, empty when it is not there. */
struct str show_field(struct ctx *c, const struct shown *s, struct str name);
/* All of them into the JSON answer, sorted. */
int show_json(struct ctx *c, const struct shown *list, size_t n, const struct show_options *o, struct err *e);

#endif
