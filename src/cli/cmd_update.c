#include "cli/ctx.h"
#include "cli/out.h"

static bool
is_named(const struct repo *repo, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (str_is(repo->name, names[i]))
			return true;
	return n == 0;
}

static const char *const words[] = {
	[CHANGE_NEW] = "new", [CHANGE_CHANGED] = "changed", [CHANGE_GONE] = "gone"};

static void
json_changes(struct json *j, const struct repo *repo, const struct repo_changes *changes)
{
	json_object(j);
	json_key_str(j, "name", repo->name);
	json_key_bool(j, "moved", changes->moved);
	json_key_c(j, "was", changes->was.hex);
	json_key_c(j, "now", changes->now.hex);
	json_key_array(j, "changes");
	for (size_t i = 0; i < changes->n; i++) {
		json_object(j);
		json_key_c(j, "kind", words[changes->v[i].kind]);
		json_key_str(j, "package", changes->v[i].package);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void
show_changes(struct ctx *c, const struct repo *repo, const struct repo_changes *changes)
{
	if (!changes->moved) {
		out("%s: unchanged at %.12s\n", out_safe(c, repo->name), changes->now.hex);
		return;
	}
	out("%s: %.12s -> %.12s, %zu package version%s\n", out_safe(c, repo->name), changes->was.hex,
	    changes->now.hex, changes->n, changes->n == 1 ? "" : "s");
	for (size_t i = 0; i < changes->n && (i < 20 || c->global.verbose); i++)
		out("  %-8s %s\n", words[changes->v[i].kind], out_safe(c, changes->v[i].package));
	if (changes->n > 20 && !c->global.verbose)
		out("  ... and %zu more (-v lists all)\n", changes->n - 20);
}

static int
update_all(struct ctx *c, char **names, int n, bool allow_rewind, struct err *e)
{
	const struct repos *repos = &c->apply.repos;
	struct json *j = out_data(c);

	json_key_array(j, "repositories");
	for (size_t i = 0; i < repos->n; i++) {
		struct repo_changes changes = {0};

		if (!is_named(&repos->v[i], names, n))
			continue;
		if (c->global.dry_run) {
			json_changes(j, &repos->v[i], &changes);
			out("would update %s\n", out_safe(c, repos->v[i].name));
			continue;
		}
		if (ctx_online(c, str_c(c->a, repos->v[i].url), e) < 0)
			return -1;
		if (repo_update(c->root.store, c->a, &repos->v[i], allow_rewind, &c->report, &changes, e) < 0)
			return err_note(e, "while updating the repository %.*s", STR_ARG(repos->v[i].name));
		json_changes(j, &repos->v[i], &changes);
		if (!c->global.quiet)
			show_changes(c, &repos->v[i], &changes);
	}
	json_end(j);
	return 0;
}

int
cmd_update(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct repos *repos = &c->apply.repos;
	struct fs_lock lock;
	bool allow_rewind = false;
	const struct opt options[] = {
		{OPT_FLAG, 0, "allow-rewind", NULL, "accept a history that does not continue the known one",
		 &allow_rewind},
		{.name = NULL},
	};
	int n, rc;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	for (int i = 0; i < n; i++) {
		bool known = false;

		for (size_t j = 0; j < repos->n; j++)
			known |= str_is(repos->v[j].name, argv[i]);
		if (!known)
			return err_set(e, ERR_NOTFOUND, "there is no repository %s",
				       out_safe(c, str_of(argv[i])));
	}
	if (repos->n == 0)
		return err_set(e, ERR_CONFIG, "no repository is configured"),
		       err_hint(e, "pkg repo add NAME ADDRESS");
	if (root_lock(&c->root, c->a, "root", &lock, e) < 0)
		return -1;
	rc = update_all(c, argv, n, allow_rewind, e);
	if (rc == 0 && !c->global.dry_run)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	if (rc == 0)
		ctx_maintain(c);
	return rc;
}
