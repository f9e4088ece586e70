#include "cli/changes.h"
#include "cli/ctx.h"
#include "cli/out.h"

/* What came of one repository. */
struct result {
	const struct repo *repo;
	struct repo_changes changes;
	const struct err *why; /* NULL: it went well */
};

/* One run over the repositories. */
struct update {
	struct ctx *c;
	char **names;
	int n;
	bool allow_rewind, check;
	VEC(struct result) results;
	size_t asked, moved, failed;
	enum err_code code; /* that of all failures, if they agree */
};

static bool
is_named(const struct update *u, const struct repo *repo)
{
	for (int i = 0; i < u->n; i++)
		if (str_is(repo->name, u->names[i]))
			return true;
	return u->n == 0;
}

static int
update_one(struct update *u, const struct repo *repo, struct repo_changes *changes, struct err *e)
{
	struct ctx *c = u->c;

	if (ctx_online(c, str_c(c->a, repo->url), e) < 0 ||
	    repo_update(&c->apply.fetch, c->a, repo, u->allow_rewind, changes, e) < 0)
		return err_note(e, "while updating the repository %.*s", STR_ARG(repo->name));
	u->moved += changes->moved;
	if (!c->global.quiet)
		changes_show(c, repo->name, changes);
	return 0;
}

/* Whether there is what is to be updated. */
static int
check_named(const struct update *u, struct err *e)
{
	const struct repos *repos = &u->c->apply.repos;

	for (int i = 0; i < u->n; i++)
		if (!repo_find(repos, str_of(u->names[i]), e))
			return -1;
	if (repos->n)
		return 0;
	err_set(e, ERR_CONFIG, "no repository is configured");
	return err_hint(e, "pkg repo add NAME ADDRESS");
}

/* One that fails leaves the others alone. */
static void
note_failure(struct update *u, struct result *result, const struct err *why)
{
	struct err *kept = arena_new(u->c->a, struct err);

	u->code = !u->failed++ || u->code == why->code ? why->code : ERR_FETCH;
	*kept = *why;
	result->why = kept;
	out_error(u->c, why);
}

static int
update_all(struct update *u, struct err *e)
{
	struct ctx *c = u->c;
	const struct repos *repos = &c->apply.repos;

	for (size_t i = 0; i < repos->n; i++)
		u->asked += is_named(u, &repos->v[i]);
	for (size_t i = 0; i < repos->n; i++) {
		struct result result = {.repo = &repos->v[i]};
		struct err why = {0};

		if (!is_named(u, result.repo))
			continue;
		if (update_one(u, result.repo, &result.changes, &why) < 0) {
			if (u->asked == 1 || why.code == ERR_INTERRUPTED)
				return *e = why, -1;
			note_failure(u, &result, &why);
		}
		vec_push(c->a, &u->results, result);
	}
	return 0;
}

/* The envelope names the commits that are in use now. */
static int
finish(struct update *u, struct err *e)
{
	struct json *j = out_data(u->c);

	json_key_array(j, "repositories");
	for (size_t i = 0; i < u->results.n; i++)
		changes_json(j, u->results.v[i].repo, &u->results.v[i].changes, u->results.v[i].why);
	json_end(j);
	if (u->failed)
		return err_set(e, u->code, "%zu of %zu repositories could not be updated", u->failed,
			       u->asked);
	return u->check && !u->moved ? CMD_STATUS + ERR_FALSE : 0;
}

static int
run(struct update *u, struct err *e)
{
	struct ctx *c = u->c;
	struct fs_lock lock;
	int rc;

	if (ctx_lock(c, &lock, e) < 0)
		return -1;
	rc = check_named(u, e);
	if (rc == 0)
		rc = update_all(u, e);
	if (rc == 0)
		rc = ctx_index(c, e);
	fs_unlock(&lock);
	if (rc < 0)
		return -1;
	ctx_maintain(c);
	return finish(u, e);
}

static int
say_only(struct update *u)
{
	struct ctx *c = u->c;
	const struct repos *repos = &c->apply.repos;
	struct json *j = out_data(c);

	json_key_bool(j, "dry_run", true);
	json_key_array(j, "would_update");
	for (size_t i = 0; i < repos->n; i++) {
		if (!is_named(u, &repos->v[i]))
			continue;
		json_add_str(j, repos->v[i].name);
		out("would update %s\n", out_safe(c, repos->v[i].name));
	}
	json_end(j);
	return 0;
}

int
cmd_update(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct update u = {.c = c, .names = argv};
	const struct opt options[] = {
		{OPT_FLAG, 0, "allow-rewind", NULL, "accept a history that does not continue the known one",
		 &u.allow_rewind},
		{OPT_FLAG, 0, "check", NULL, "exit 0 when something is new, 1 when nothing is", &u.check},
		{.name = NULL},
	};

	if (cmd_options(c, options, argc, argv, &u.n, e) < 0)
		return -1;
	if (u.n < 0)
		return 0;
	if (u.check && c->global.dry_run)
		return err_set(e, ERR_USAGE,
			       "--check tells what an update brings, which --dry-run does not look at");
	if (ctx_now(c, e) < 0 || check_named(&u, e) < 0)
		return -1;
	return c->global.dry_run ? say_only(&u) : run(&u, e);
}
