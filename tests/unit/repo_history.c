/* What a repository was: its own history, the snapshots that were taken, and going back to either. */
#include "base/buf.h"
#include "base/date.h"
#include "repo/history.h"
#include "repo/snapshot.h"
#include "repo/taken.h"
#include "store_help.h"

#include "../tap.h"

static struct store *store;
static struct arena a;

/* A commit with a package repository of one package in it. */
static struct oid
commit_as(struct str message, const char *version, const char *date, const struct oid *parent,
	  const struct oid *second)
{
	struct store_builder *b = store_builder_new(store, &a, NULL);
	struct oid parents[2], id = {{0}};
	struct store_commit c = {.parents = parents};
	struct err e = {0};

	if (parent)
		parents[c.parent_count++] = *parent;
	if (second)
		parents[c.parent_count++] = *second;
	c.author = (struct store_sign){.name = STR("x"), .email = STR("x@x")};
	date_parse(str_of(date), 0, &c.author.time, &e);
	c.committer = c.author;
	c.message = message;
	store_builder_put_text(b, arena_printf(&a, "packages/a/a.%s/opam", version),
			       STR("opam-version: \"2.0\"\n"), &e);
	if (store_builder_write(b, &c.tree, &e) < 0 || store_commit_write(store, &c, &id, &e) < 0 ||
	    store_flush(store, &e) < 0)
		printf("# %s\n", e.msg);
	return id;
}

static struct oid
commit(const char *version, const char *date, const struct oid *parent, const struct oid *second)
{
	return commit_as(str_printf(&a, "version %s\n", version), version, date, parent, second);
}

/* Of a clean folder in a work tree: its time is that of the commit there. */
static struct oid
snapshot(const char *version, const char *date)
{
	return commit_as(STR("snapshot of a package repository\n\n"
			     "Upstream-Commit: 0123456789012345678901234567890123456789\nUpstream-Path: .\n"),
			 version, date, NULL, NULL);
}

static void
take(const char *name, const char *url, const struct oid *id)
{
	const struct repo_taken taken = {.commit = *id, .url = str_of(url)};
	struct err e = {0};

	OK(repo_taken_note(store, &a, str_of(name), &taken, &e) == 0, "taken (%s)", e.msg);
}

/* "name=commit name=commit": where --at leads. */
static const char *
at(const struct repos *repos, const char *when)
{
	struct repos copy = {arena_array(&a, struct repo, repos->n), repos->n, 0, NULL};
	struct buf b = buf_new(&a);
	struct err e = {0};

	memcpy(copy.v, repos->v, repos->n * sizeof(*repos->v));
	if (repos_at(store, &a, str_of(when), 1790000000, &copy, &e) < 0)
		return arena_printf(&a, "%d %s", (int)e.code, e.msg);
	for (size_t i = 0; i < copy.n; i++)
		if (copy.v[i].unknown)
			return arena_printf(&a, "%d %s", (int)copy.v[i].unknown->code,
					    copy.v[i].unknown->msg);
	for (size_t i = 0; i < copy.n; i++)
		buf_printf(&b, "%s%.*s=%s", i ? " " : "", STR_ARG(copy.v[i].name), copy.v[i].commit.hex);
	return str_c(&a, buf_str(&b));
}

static const char *
both(const struct oid *git, const struct oid *dir)
{
	return arena_printf(&a, "git=%s dir=%s", git->hex, dir->hex);
}

static void
test_at(void)
{
	struct oid one = commit("1", "2026-01-01T00:00:00Z", NULL, NULL);
	struct oid side = commit("9", "2026-01-15T00:00:00Z", &one, NULL);
	struct oid two = commit("2", "2026-02-01T00:00:00Z", &one, &side);
	struct oid three = commit("3", "2026-03-01T00:00:00Z", &two, NULL);
	struct oid gone = commit("4", "2026-03-02T00:00:00Z", &two, NULL);
	struct oid old = snapshot("5", "2026-01-20T00:00:00Z");
	struct oid new = snapshot("6", "2026-02-20T00:00:00Z");
	struct oid other = commit("7", "2026-02-20T00:00:00Z", NULL, NULL);
	struct repo list[] = {
		{.name = STR("git"), .url = STR("git+file:///x"), .commit = three},
		{.name = STR("dir"), .url = STR("/x"), .commit = new},
	};
	struct repos repos = {list, 2, 0, NULL};

	take("git", "git+file:///x", &gone);
	take("git", "git+file:///x", &three);
	take("dir", "/x", &old);
	take("dir", "/x", &new);
	EQ_STR(at(&repos, "2026-03-05"), both(&three, &new), "after all");
	EQ_STR(at(&repos, "2026-02-10"), both(&two, &old), "a date");
	EQ_STR(at(&repos, "2026-02-01"), both(&two, &old), "the day itself");
	EQ_STR(at(&repos, "2026-01-31"), both(&one, &old), "a side branch was never the repository");
	OK(strncmp(at(&repos, "2026-01-10"), "5 repository 'dir'", 18) == 0, "before the first snapshot");
	OK(strncmp(at(&repos, "2020-01-10"), "5 repository 'git'", 18) == 0, "before the first commit");
	EQ_STR(at(&repos, two.hex), both(&two, &old), "a commit: the others go to its time");
	EQ_STR(at(&repos, arena_printf(&a, "%.8s", side.hex)),
	       arena_printf(&a, "5 %s", "repository 'dir' is not known as it was at 2026-01-15T00:00:00Z"),
	       "which may be too early for them");
	EQ_STR(at(&repos, arena_printf(&a, "git@%.8s", side.hex)), both(&side, &new), "one alone");
	EQ_STR(at(&repos, "dir@2026-02-01"), both(&three, &old), "one alone, by date");
	EQ_STR(at(&repos, gone.hex), both(&gone, &new), "what was in use before a rewind");
	EQ_STR(at(&repos, old.hex), both(&one, &old), "a snapshot");
	list[1] = (struct repo){.name = STR("web"), .url = STR("https://x"), .commit = other};
	take("web", "https://x", &other);
	OK(strncmp(at(&repos, "web@2026-03-05"), "5 repository 'web'", 18) == 0,
	   "an archive: the time that the server gave does not count");
	EQ_STR(at(&repos, "web@2100-01-01"), arena_printf(&a, "git=%s web=%s", three.hex, other.hex),
	       "but when it was taken");
	OK(at(&repos, "ffffffff")[0] == '5', "an unknown commit");
	OK(at(&repos, "nobody@2026-01-01")[0] == '5', "an unknown repository");
	OK(at(&repos, "sometime")[0] == '2' && at(&repos, "git@")[0] == '2', "no date");
}

static void
test_list(void)
{
	struct repo git = {.name = STR("git"), .url = STR("git+file:///x")};
	struct repo_moments moments;
	struct repo_takens takens;
	struct err e = {0};

	repo_taken_list(store, &a, STR("git"), &takens, &e);
	git.commit = takens.v[0].commit;
	OK(repo_history(store, &a, &git, 10, false, &moments, &e) == 0 && moments.n == 3,
	   "the first-parent line (%s)", e.msg);
	EQ_STR(str_c(&a, moments.v[1].subject), "version 2", "its subjects");
	OK(moments.v[0].taken && !moments.v[1].taken, "what was in use is known");
	OK(repo_history(store, &a, &git, 2, false, &moments, &e) == 0 && moments.n == 2, "at most so many");
	OK(repo_history(store, &a, &git, 10, true, &moments, &e) == 0 && moments.n == 2,
	   "what was in use, the rewound one too");
}

static void
test_chain(void)
{
	struct oid one = commit("1", "2026-01-01", NULL, NULL);
	struct repo_taken taken = {.commit = one, .url = STR("https://x"), .etag = STR("\"1\"")}, last;
	struct repo_takens all;
	struct err e = {0};

	OK(repo_taken_last(store, &a, STR("c"), &last, &e) < 0 && e.code == ERR_NOTFOUND, "none yet");
	repo_taken_note(store, &a, STR("c"), &taken, &e);
	repo_taken_note(store, &a, STR("c"), &taken, &e);
	taken.etag = STR("\"2\"");
	repo_taken_note(store, &a, STR("c"), &taken, &e);
	OK(repo_taken_list(store, &a, STR("c"), &all, &e) == 0 && all.n == 1, "the same snapshot: one entry");
	EQ_STR(str_c(&a, all.v[0].etag), "\"2\"", "what the server said last");
	taken.url = STR("https://y");
	repo_taken_note(store, &a, STR("c"), &taken, &e);
	OK(repo_taken_list(store, &a, STR("c"), &all, &e) == 0 && all.n == 2, "from elsewhere: another");
	store_ref_set(store, "refs/pkg/snapshots/d", &one, NULL, "test", &e);
	OK(repo_taken_list(store, &a, STR("d"), &all, &e) < 0 && e.code == ERR_VERIFY, "no chain: %s", e.msg);
	e = (struct err){0};
	OK(repo_taken_forget(store, &a, STR("c"), &e) == 0 && repo_taken_forget(store, &a, STR("c"), &e) == 0,
	   "forgotten, twice");
}

int
main(void)
{
	struct err e = {0};

	help_begin();
	store = store_open(in_dir("store.git"), true, &e);
	test_at();
	test_list();
	test_chain();
	fsck_is_clean(in_dir("store.git"));
	store_close(store);
	arena_free(&a);
	return help_end();
}
