#include "cli/ctx.h"
#include "cli/out.h"

static int
repo_list(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct repos *repos = &c->apply.repos;
	struct opam_strings rows = {0};
	struct json *j;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "repo list takes no argument");
	j = out_data(c);
	json_key_array(j, "repositories");
	for (size_t i = 0; i < repos->n; i++) {
		json_object(j);
		json_key_str(j, "name", repos->v[i].name);
		json_key_str(j, "url", repos->v[i].url);
		json_key_c(j, "commit", repos->v[i].commit.hex);
		json_key_c(j, "upstream", repos->v[i].upstream.hex);
		json_key_bool(j, "dirty", repos->v[i].dirty);
		json_end(j);
	}
	json_end(j);
	rows.v = arena_array(c->a, struct str, repos->n + 1);
	for (size_t i = 0; i < repos->n; i++)
		rows.v[rows.n++] = str_printf(c->a, "%.*s\t%.12s\t%.*s%s", STR_ARG(repos->v[i].name),
					      repos->v[i].commit.hex, STR_ARG(repos->v[i].url),
					      repos->v[i].dirty ? "\t(with uncommitted changes)" : "");
	out_table(c, &rows);
	return 0;
}

static int
repo_add_one(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct repos *repos = &c->apply.repos;
	struct fs_lock lock;
	long rank = -1;
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
	if (ctx_no_secret(argv[1], e) < 0)
		return -1;
	if (c->global.dry_run) {
		json_key_c(out_data(c), "name", argv[0]);
		out("would add %s\n", out_safe(c, str_of(argv[0])));
		return 0;
	}
	if (ctx_online(c, argv[1], e) < 0 || root_lock(&c->root, c->a, "root", &lock, e) < 0)
		return -1;
	rc = repo_add(c->root.store, c->a, c->root.path, str_of(argv[0]), str_of(ctx_address(c, argv[1])),
		      rank > 0 ? (int)rank - 1 : -1, &c->report, e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < repos->n; i++) {
		if (!str_is(repos->v[i].name, argv[0]))
			continue;
		json_key_c(out_data(c), "name", argv[0]);
		json_key_str(out_data(c), "url", repos->v[i].url);
		json_key_c(out_data(c), "commit", repos->v[i].commit.hex);
		if (!c->global.quiet)
			out("%s: snapshot %.12s\n", out_safe(c, repos->v[i].name), repos->v[i].commit.hex);
	}
	return 0;
}

static int
repo_remove_one(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct fs_lock lock;
	int n, rc = 0;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg repo remove NAME...");
	out_json_args(out_data(c), "removed", argv, n);
	if (c->global.dry_run) {
		out("would remove %d repositor%s\n", n, n == 1 ? "y" : "ies");
		return 0;
	}
	if (root_lock(&c->root, c->a, "root", &lock, e) < 0)
		return -1;
	for (int i = 0; i < n && rc == 0; i++)
		rc = repo_remove(c->root.store, c->a, c->root.path, str_of(argv[i]), e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	return rc;
}

int
cmd_repo(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {
		{"list", repo_list}, {"add", repo_add_one}, {"remove", repo_remove_one}};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
