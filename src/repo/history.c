#include "repo/history.h"

#include "base/date.h"
#include "base/map.h"
#include "repo/snapshot.h"

enum { PREFIX_MIN = 4, PREFIX_MAX = 40 };

/* Whether its snapshots are commits of a history of its own. */
static bool
is_git(const struct repo *repo, const struct repo_takens *takens)
{
	return str_starts(takens->n ? takens->v[0].url : repo->url, "git");
}

/* The time of a commit that somebody made, else when it was taken: that of an archive is the server's word.
 */
static int64_t
time_of(const struct repo_taken *taken, const struct repo *snapshot, const struct store_commit *c)
{
	bool committed = str_starts(taken->url, "git") || oid_is(&snapshot->upstream);

	return committed ? c->committer.time : taken->time;
}

static struct str
first_line(struct str text)
{
	struct str line = {0};

	str_cut(&text, '\n', &line);
	return line;
}

/* --- the two kinds of history, one step at a time --- */

static int
moment_of(struct store *s, struct arena *a, const struct repo_taken *taken, struct repo_moment *out,
	  struct err *e)
{
	struct repo snapshot = {0};
	struct store_commit c;

	if (store_commit_read(s, a, &taken->commit, &c, e) < 0 ||
	    repo_snapshot_read(s, a, &taken->commit, &snapshot, e) < 0)
		return -1;
	*out = (struct repo_moment){.commit = taken->commit,
				    .upstream = snapshot.upstream,
				    .time = time_of(taken, &snapshot, &c),
				    .taken = taken->time,
				    .subject = first_line(c.message),
				    .url = taken->url};
	return 0;
}

static int
list_taken(struct store *s, struct arena *a, const struct repo_takens *takens, size_t limit,
	   struct repo_moments *out, struct err *e)
{
	for (size_t i = 0; i < takens->n && out->n < limit; i++) {
		struct repo_moment moment;

		if (moment_of(s, a, &takens->v[i], &moment, e) < 0)
			return -1;
		vec_push(a, out, moment);
	}
	return 0;
}

/* The first-parent line from a commit on; ends where a parent is not in the store. */
static int
list_git(struct store *s, struct arena *a, struct oid commit, const struct repo_takens *takens, size_t limit,
	 struct repo_moments *out, struct err *e)
{
	struct map when = map_new(a);

	for (size_t i = takens->n; i > 0; i--)
		map_set(&when, oid_str(&takens->v[i - 1].commit), &takens->v[i - 1]);
	while (oid_is(&commit) && out->n < limit && store_has(s, &commit)) {
		struct repo_moment moment = {.commit = commit};
		const struct repo_taken *taken = map_get(&when, oid_str(&commit));
		struct store_commit c;

		if (store_commit_read(s, a, &commit, &c, e) < 0)
			return -1;
		moment.time = c.committer.time;
		moment.subject = first_line(c.message);
		moment.taken = taken ? taken->time : 0;
		vec_push(a, out, moment);
		commit = c.parent_count ? c.parents[0] : (struct oid){0};
	}
	return 0;
}

int
repo_history(struct store *s, struct arena *a, const struct repo *repo, size_t limit, bool only_taken,
	     struct repo_moments *out, struct err *e)
{
	struct repo_takens takens;

	*out = (struct repo_moments){0};
	if (repo_taken_list(s, a, repo->name, &takens, e) < 0)
		return -1;
	if (!only_taken && is_git(repo, &takens))
		return list_git(s, a, repo->commit, &takens, limit, out, e);
	return list_taken(s, a, &takens, limit, out, e);
}

/* --- another time --- */

static int
too_early(struct arena *a, const struct repo *repo, const struct repo_moment *oldest, int64_t time,
	  struct err *e)
{
	err_set(e, ERR_NOTFOUND, "repository '" STR_FMT "' is not known as it was at %s", STR_ARG(repo->name),
		date_text(a, time));
	if (oldest)
		err_note(e, "what is known of it begins at %s with %.12s", date_text(a, oldest->time),
			 oldest->commit.hex);
	return err_hint(e,
			"`pkg repo log " STR_FMT "` lists what is known;\n"
			"--at NAME@WHEN concerns one repository alone, the others stay as they are",
			STR_ARG(repo->name));
}

/* The newest commit that is not after a time. */
static int
find_time(struct store *s, struct arena *a, const struct repo *repo, int64_t time, struct oid *out,
	  struct err *e)
{
	struct repo_takens takens;
	struct repo_moments taken = {0};
	struct repo_moment seen = {0};

	if (repo_taken_list(s, a, repo->name, &takens, e) < 0)
		return -1;
	if (is_git(repo, &takens)) {
		for (struct oid at = repo->commit; oid_is(&at) && store_has(s, &at);) {
			struct store_commit c;

			if (store_commit_read(s, a, &at, &c, e) < 0)
				return -1;
			if (c.committer.time <= time)
				return *out = at, 0;
			seen = (struct repo_moment){.commit = at, .time = c.committer.time};
			at = c.parent_count ? c.parents[0] : (struct oid){0};
		}
		return too_early(a, repo, &seen, time, e);
	}
	if (list_taken(s, a, &takens, SIZE_MAX, &taken, e) < 0)
		return -1;
	for (size_t i = 0; i < taken.n; i++)
		if (taken.v[i].time <= time)
			return *out = taken.v[i].commit, 0;
	return too_early(a, repo, taken.n ? &taken.v[taken.n - 1] : NULL, time, e);
}

static bool
is_prefix(struct str text)
{
	if (text.n < PREFIX_MIN || text.n > PREFIX_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!(text.s[i] >= '0' && text.s[i] <= '9') && !(text.s[i] >= 'a' && text.s[i] <= 'f'))
			return false;
	return true;
}

/* A snapshot (or, of a directory, the commit that it names) or, of Git, a commit behind one of them. */
static int
find_commit(struct store *s, struct arena *a, const struct repo *repo, struct str prefix,
	    const struct repo_moment *stored, struct repo_moment *out, struct err *e)
{
	const char *text = str_c(a, prefix);
	struct repo_takens takens;
	struct repo_moments taken = {0};

	*out = (struct repo_moment){0};
	if (repo_taken_list(s, a, repo->name, &takens, e) < 0 ||
	    list_taken(s, a, &takens, SIZE_MAX, &taken, e) < 0)
		return -1;
	for (size_t i = 0; i < taken.n && !oid_is(&out->commit); i++)
		if (str_starts(oid_str(&taken.v[i].commit), text) ||
		    str_starts(oid_str(&taken.v[i].upstream), text))
			*out = taken.v[i];
	if (oid_is(&out->commit) || !oid_is(&stored->commit) || !is_git(repo, &takens))
		return 0;
	if (store_descends(s, &repo->commit, &stored->commit))
		*out = *stored;
	for (size_t i = 0; i < taken.n && !oid_is(&out->commit); i++)
		if (store_descends(s, &taken.v[i].commit, &stored->commit))
			*out = *stored;
	return 0;
}

static int
find_stored(struct store *s, struct arena *a, struct str prefix, struct repo_moment *out, struct err *e)
{
	struct err why = {0};
	struct store_commit c;

	*out = (struct repo_moment){0};
	if (store_commit_find(s, prefix, &out->commit, &why) < 0)
		return why.code == ERR_NOTFOUND ? 0 : (*e = why, -1);
	if (store_commit_read(s, a, &out->commit, &c, e) < 0)
		return -1;
	out->time = c.committer.time;
	return 0;
}

/* That it is not known at that time concerns those alone who read it: a switch may not use it. */
static int
put_back(struct store *s, struct arena *a, struct repo *repo, int64_t time, struct err *e)
{
	struct err why = {0}, *kept;
	struct oid found;

	if (find_time(s, a, repo, time, &found, &why) == 0)
		return repo_snapshot_read(s, a, &found, repo, e);
	if (why.code != ERR_NOTFOUND)
		return *e = why, -1;
	kept = arena_new(a, struct err);
	*kept = why;
	*repo = (struct repo){.name = repo->name, .url = repo->url, .unknown = kept};
	return 0;
}

/* Digits alone may be meant as a date, which is written otherwise. */
static int
no_commit(struct str prefix, struct err *e)
{
	bool digits = prefix.n == 4 || prefix.n == 6 || prefix.n == 8;

	for (size_t i = 0; i < prefix.n; i++)
		digits = digits && prefix.s[i] >= '0' && prefix.s[i] <= '9';
	err_set(e, ERR_NOTFOUND, "no repository has or had the commit " STR_FMT, STR_ARG(prefix));
	return err_hint(e, "%s`pkg repo log NAME` lists the commits of a repository",
			digits ? "a date is written 2026-08-16; " : "");
}

/* Whose commit it is goes there; the others go to its time. */
static int
at_commit(struct store *s, struct arena *a, struct str prefix, struct repos *repos, struct err *e)
{
	struct repo_moment stored, *found = arena_array(a, struct repo_moment, repos->n + 1), *owner = NULL;

	if (find_stored(s, a, prefix, &stored, e) < 0)
		return -1;
	for (size_t i = 0; i < repos->n; i++) {
		if (find_commit(s, a, &repos->v[i], prefix, &stored, &found[i], e) < 0)
			return -1;
		if (oid_is(&found[i].commit))
			owner = &found[i];
	}
	if (!owner)
		return no_commit(prefix, e);
	for (size_t i = 0; i < repos->n; i++) {
		struct repo *repo = &repos->v[i];

		if (oid_is(&repo->commit) &&
		    (oid_is(&found[i].commit) ? repo_snapshot_read(s, a, &found[i].commit, repo, e)
					      : put_back(s, a, repo, owner->time, e)) < 0)
			return -1;
	}
	return 0;
}

static int
at_time(struct store *s, struct arena *a, int64_t time, struct repos *repos, struct err *e)
{
	for (size_t i = 0; i < repos->n; i++) {
		if (oid_is(&repos->v[i].commit) && put_back(s, a, &repos->v[i], time, e) < 0)
			return -1;
	}
	return 0;
}

int
repos_at(struct store *s, struct arena *a, struct str when, int64_t now, struct repos *repos, struct err *e)
{
	struct repos meant = *repos;
	ptrdiff_t at = str_chr(when, '@');
	int64_t time;

	if (at > 0) {
		meant = (struct repos){.v = repo_find(repos, str_sub(when, 0, (size_t)at), e), .n = 1};
		if (!meant.v)
			return -1;
		when = str_sub(when, (size_t)at + 1, when.n);
	}
	if (is_prefix(when))
		return at_commit(s, a, when, &meant, e);
	if (date_parse(when, now, &time, e) < 0)
		return err_hint(e, "or a commit of a repository");
	return at_time(s, a, time, &meant, e);
}
