/* cmd_repo_change.c - pkg repo set-url, priority. */
#include <stdlib.h>

#include "cli/changes.h"
#include "cli/cmd_repo.h"
#include "cli/ctx.h"
#include "cli/out.h"

static int
set_url(struct ctx *c, const struct repo *repo, const char *url, struct repo_changes *changes, struct err *e)
{
	struct fs_lock lock;
	int rc;

	if (ctx_online(c, url, e) < 0 || root_lock(&c->root, c->a, "root", &lock, e) < 0)
		return -1;
	rc = repo_set_url(&c->apply.fetch, c->a, c->root.path, repo, str_of(ctx_address(c, url)), changes, e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	return rc;
}

int
cmd_repo_set_url(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct repo_changes changes;
	const struct repo *repo;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 2)
		return err_set(e, ERR_USAGE, "usage: pkg repo set-url NAME ADDRESS");
	repo = repo_find(&c->apply.repos, str_of(argv[0]), e);
	if (!repo || ctx_no_secret(argv[1], e) < 0 || ctx_now(c, e) < 0)
		return -1;
	if (c->global.dry_run)
		return cmd_repo_would(c, "set the address of", argv[0]);
	if (set_url(c, repo, argv[1], &changes, e) < 0)
		return -1;
	json_key_array(out_data(c), "repositories");
	changes_json(out_data(c), repo, &changes, NULL);
	json_end(out_data(c));
	if (!c->global.quiet)
		changes_show(c, repo->name, &changes);
	return 0;
}

int
cmd_repo_priority(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct fs_lock lock;
	char *end;
	long rank;
	int n, rc;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 2)
		return err_set(e, ERR_USAGE, "usage: pkg repo priority NAME PLACE");
	rank = strtol(argv[1], &end, 10);
	if (*end || end == argv[1] || rank < 1)
		return err_set(e, ERR_USAGE, "'%s' is no place in the order: 1 is the first", argv[1]);
	if (ctx_now(c, e) < 0 || !repo_find(&c->apply.repos, str_of(argv[0]), e))
		return -1;
	if (c->global.dry_run)
		return cmd_repo_would(c, "move", argv[0]);
	if (root_lock(&c->root, c->a, "root", &lock, e) < 0)
		return -1;
	rc = repo_move(c->a, c->root.path, str_of(argv[0]), (size_t)rank - 1, e);
	fs_unlock(&lock);
	return rc < 0 ? -1 : cmd_repo_tell(c, e);
}
