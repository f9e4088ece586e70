/* cmd_repo_change.c - pkg repo set-url, priority, set-repos. */
#include <stdlib.h>

#include "cli/act.h"
#include "cli/changes.h"
#include "cli/cmd_repo.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"
#include "cli/secret.h"

static int
set_url(struct ctx *c, const char *name, const char *url, struct repo_changes *changes, struct err *e)
{
	const struct repo *repo;
	struct fs_lock lock;
	int rc = -1;

	if (ctx_online(c, url, e) < 0 || ctx_lock(c, &lock, e) < 0)
		return -1;
	repo = repo_find(&c->apply.repos, str_of(name), e);
	if (repo)
		rc = repo_set_url(&c->apply.fetch, c->a, c->root.path, repo, str_of(ctx_address(c, url)),
				  changes, e);
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
	if (secret_refuse(argv[1], e) < 0)
		return -1;
	repo = repo_find(&c->apply.repos, str_of(argv[0]), e);
	if (!repo || ctx_now(c, e) < 0)
		return -1;
	if (c->global.dry_run)
		return cmd_repo_would(c, "set the address of", argv[0]);
	if (set_url(c, argv[0], argv[1], &changes, e) < 0)
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

/* --- of one switch --- */

static int
set_repos(struct ctx *c, struct session *s, const struct opam_strings *names, struct str subject,
	  struct err *e)
{
	struct ledger_note note = ctx_note(c, "%.*s", STR_ARG(subject));
	struct state next = s->state;
	struct oid commit;

	next.chosen = *names;
	return c->global.dry_run ? 0 : session_commit(s, c->a, &next, &note, &commit, e);
}

int
cmd_repo_set_repos(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool all = false;
	const struct opt options[] = {
		{OPT_FLAG, 0, "all", NULL, "all that are configured, in their order", &all},
		{.name = NULL},
	};
	struct opam_strings names = {0};
	const char *name;
	struct session s;
	int n, rc;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (all == (n > 0))
		return err_set(e, ERR_USAGE, "usage: pkg repo set-repos NAME... | --all");
	names.v = arena_array(c->a, struct str, (size_t)n + 1);
	for (int i = 0; i < n; i++) {
		names.v[names.n++] = str_of(argv[i]);
		if (!repo_find(&c->apply.repos, str_of(argv[i]), e))
			return -1;
	}
	if (repos_once(&names, e) < 0 || ctx_now(c, e) < 0 || ctx_switch(c, &name, e) < 0 ||
	    session_open(&c->apply, c->a, name, false, &s, e) < 0)
		return -1;
	rc = set_repos(c, &s, &names,
		       act_subject(c, all ? "repo set-repos --all" : "repo set-repos", argv, n), e);
	session_close(&s);
	if (rc == 0 && c->global.dry_run)
		dry_would(c, "take the packages of %s from %s", name,
			  all ? "all repositories"
			      : str_c(c->a, act_subject(c, "the repositories", argv, n)));
	json_key_c(out_data(c), "switch", name);
	json_key_array(out_data(c), "chosen");
	for (size_t i = 0; i < names.n; i++)
		json_add_str(out_data(c), names.v[i]);
	json_end(out_data(c));
	return rc;
}
