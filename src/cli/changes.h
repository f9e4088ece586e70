/* changes.h - what is new, changed and gone in a repository, as text and as JSON. */
#ifndef CLI_CHANGES_H
#define CLI_CHANGES_H

#include "base/json.h"
#include "cli/cmd.h"

/* A line of summary and, unless there are many, the versions; all of them with -v. */
void changes_show(struct ctx *c, struct str name, const struct repo_changes *changes);
/* One object of an array; error is NULL unless the repository could not be updated. */
void changes_json(struct json *j, const struct repo *repo, const struct repo_changes *changes,
		  const struct err *error);

#endif
