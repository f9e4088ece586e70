#include "cli/cmd_repo.h"

#include <limits.h>

#include "base/buf.h"
#include "cli/ctx.h"
#include "cli/dry.h"
#include "cli/out.h"
#include "cli/secret.h"

static void
json_list(struct ctx *c)
{
	const struct repos *repos = &c->apply.repos;
	struct json *j = out_data(c);

	json_key_array(j, "repositories");
	for (size_t i = 0; i < repos->n; i++) {
		json_object(j);
		json_key_str(j, "name", repos->v[i].name);
		json_key_str(j, "url", repos->v[i].url);
		json_key_int(j, "priority", (int64_t)i + 1);
		json_key_c(j, "commit", repos->v[i].commit.hex);
		json_key_c(j, "upstream", repos->v[i].upstream.hex);
		json_key_bool(j, "dirty", repos->v[i].dirty);
		json_end(j);
	}
	json_end(j);
}

static int
repo_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct repos *repos = &c->apply.repos;
	struct opam_strings rows = {0};
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "repo list takes no argument");
	json_list(c);
	rows.v = arena_array(c->a, struct str, repos->n + 1);
	for (size_t i = 0; i < repos->n; i++)
		rows.v[rows.n++] = str_printf(c->a, "%.*s\t%.12s\t%.*s%s", STR_ARG(repos->v[i].name),
					      repos->v[i].commit.hex, STR_ARG(repos->v[i].url),
					      repos->v[i].dirty ? "\t(with uncommitted changes)" : "");
	out_table(c, &rows);
	return 0;
}

int
cmd_repo_would(struct ctx *c, const char *verb, const char *name)
{
	json_key_c(out_data(c), "would", verb);
	json_key_c(out_data(c), "name", name);
	return dry_would(c, "%s %s", verb, name);
}

/* The repository as it is now, told. */
static int
tell_added(struct ctx *c, const char *name, struct err *e)
{
	const struct repo *repo;

	repo = repo_find(&c->apply.repos, str_of(name), e);
	if (!repo)
		return -1;
	json_key_str(out_data(c), "name", repo->name);
	json_key_str(out_data(c), "url", repo->url);
	json_key_c(out_data(c), "commit", repo->commit.hex);
	if (!c->global.quiet)
		out("%s: snapshot %.12s\n", out_safe(c, repo->name), repo->commit.hex);
	return 0;
}

static int
repo_add_one(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct fs_lock lock;
	long rank = LONG_MAX;
	const struct opt options[] = {
		{OPT_INT, 0, "rank", "N", "place in the order of priority, 1 is the first", &rank},
		{.name = NULL},
	};
	int n, rc;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 2)
		return err_set(e, ERR_USAGE, "usage: pkg repo add NAME ADDRESS");
	if (rank < 1)
		return err_set(e, ERR_USAGE, "--rank: %ld is no place in the order: 1 is the first", rank);
	if (secret_refuse(argv[1], e) < 0 || ctx_now(c, e) < 0)
		return -1;
	if (c->global.dry_run)
		return cmd_repo_would(c, "add", argv[0]);
	if (ctx_online(c, argv[1], e) < 0 || ctx_lock(c, &lock, e) < 0)
		return -1;
	rc = repo_add(&c->apply.fetch, c->a, c->root.path, str_of(argv[0]), str_of(ctx_address(c, argv[1])),
		      (size_t)rank - 1, e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	return rc < 0 ? -1 : tell_added(c, argv[0], e);
}

static const char *
joined(struct ctx *c, char **words, int n)
{
	struct buf b = buf_new(c->a);

	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", words[i]);
	return str_c(c->a, buf_str(&b));
}

int
cmd_repo_tell(struct ctx *c, struct err *e)
{
	if (repos_load(c->root.store, c->a, c->root.path, &c->apply.repos, e) < 0)
		return -1;
	json_list(c);
	return 0;
}

static int
all_there(struct ctx *c, const struct opam_strings *names, struct err *e)
{
	for (size_t i = 0; i < names->n; i++)
		if (!repo_find(&c->apply.repos, names->v[i], e))
			return -1;
	return 0;
}

/* All or none: what is missing is said before the first goes. */
static int
remove_all(struct ctx *c, const struct opam_strings *names, struct err *e)
{
	struct fs_lock lock;
	int rc;

	if (ctx_lock(c, &lock, e) < 0)
		return -1;
	rc = all_there(c, names, e);
	for (size_t i = 0; i < names->n && rc == 0; i++)
		rc = repo_remove(c->root.store, c->a, c->root.path, names->v[i], e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	return rc;
}

static int
repo_remove_one(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opam_strings names = {0};
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg repo remove NAME...");
	names.v = arena_array(c->a, struct str, (size_t)n);
	for (int i = 0; i < n; i++)
		names.v[names.n++] = str_of(argv[i]);
	if (repos_once(&names, e) < 0 || ctx_now(c, e) < 0 || all_there(c, &names, e) < 0)
		return -1;
	if (c->global.dry_run)
		return cmd_repo_would(c, "remove", joined(c, argv, n));
	return remove_all(c, &names, e) < 0 ? -1 : cmd_repo_tell(c, e);
}

int
cmd_repo(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {
		{"list", repo_list},
		{"add", repo_add_one},
		{"remove", repo_remove_one},
		{"set-url", cmd_repo_set_url},
		{"priority", cmd_repo_priority},
		{"set-repos", cmd_repo_set_repos},
		{"log", cmd_repo_log},
	};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
