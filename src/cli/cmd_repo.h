/* cmd_repo.h - the words of `pkg repo` that have a file of their own. */
#ifndef CLI_CMD_REPO_H
#define CLI_CMD_REPO_H

#include "cli/cmd.h"

int cmd_repo_log(struct ctx *c, int argc, char **argv, struct err *e);
int cmd_repo_set_url(struct ctx *c, int argc, char **argv, struct err *e);
int cmd_repo_set_repos(struct ctx *c, int argc, char **argv, struct err *e);
int cmd_repo_priority(struct ctx *c, int argc, char **argv, struct err *e);
/* What --dry-run says: "would VERB NAME". */
int cmd_repo_would(struct ctx *c, const char *verb, const char *name);
/* As JSON a change is answered with the list that it leads to. */
int cmd_repo_tell(struct ctx *c, struct err *e);

#endif
