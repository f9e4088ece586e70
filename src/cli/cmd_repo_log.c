/* cmd_repo_log.c - pkg repo log: what a repository was, and when it was so here. */
#include <limits.h>

#include "base/date.h"
#include "cli/cmd_repo.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "repo/history.h"

enum { LINES = 20 };

static void
show_text(struct ctx *c, const struct repo_moments *moments, size_t limit)
{
	struct opam_strings rows = {arena_array(c->a, struct str, moments->n + 1), 0};

	for (size_t i = 0; i < moments->n && i < limit; i++) {
		const struct repo_moment *m = &moments->v[i];
		const char *upstream =
			oid_is(&m->upstream) ? arena_printf(c->a, " (of %.12s)", m->upstream.hex) : "";

		rows.v[rows.n++] = str_printf(
			c->a, "%.12s\t%s\t%.*s%s\t%s", m->commit.hex, date_text(c->a, m->time),
			STR_ARG(m->subject), upstream,
			m->taken ? arena_printf(c->a, "in use from %s", date_text(c->a, m->taken)) : "");
	}
	out_table(c, &rows);
	if (moments->n > limit)
		out("... and older ones (--limit=N)\n");
}

static void
add_json(struct ctx *c, const struct repo *repo, const struct repo_moments *moments, size_t limit)
{
	struct json *j = out_data(c);

	json_key_str(j, "name", repo->name);
	json_key_array(j, "commits");
	for (size_t i = 0; i < moments->n && i < limit; i++) {
		const struct repo_moment *m = &moments->v[i];

		json_object(j);
		json_key_c(j, "commit", m->commit.hex);
		json_key_c(j, "time", date_text(c->a, m->time));
		json_key_str(j, "subject", m->subject);
		json_key_c(j, "upstream", m->upstream.hex);
		if (m->taken)
			json_key_c(j, "taken", date_text(c->a, m->taken));
		json_key_str(j, "url", m->url);
		json_end(j);
	}
	json_end(j);
	json_key_bool(j, "more", moments->n > limit);
}

int
cmd_repo_log(struct ctx *c, int argc, char **argv, struct err *e)
{
	bool taken = false;
	long limit = LINES;
	const struct opt options[] = {
		{OPT_INT, 0, "limit", "N", "how many (20); 0: all", &limit},
		{OPT_FLAG, 0, "taken", NULL, "only those that have been in use here", &taken},
		{.name = NULL},
	};
	struct repo_moments moments;
	const struct repo *repo;
	size_t most;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 1 || (n == 0 && c->apply.repos.n != 1))
		return err_set(e, ERR_USAGE, "usage: pkg repo log NAME");
	if (limit < 0)
		return err_set(e, ERR_USAGE, "--limit: %ld is no number of lines", limit);
	repo = n ? repo_find(&c->apply.repos, str_of(argv[0]), e) : c->apply.repos.v;
	if (repo && repo->unknown)
		return *e = *repo->unknown, -1;
	most = limit ? (size_t)limit : LONG_MAX;
	/* One more than is shown tells whether there are more. */
	if (!repo || repo_history(c->root.store, c->a, repo, most + 1, taken, &moments, e) < 0)
		return -1;
	add_json(c, repo, &moments, most);
	show_text(c, &moments, most);
	return 0;
}
