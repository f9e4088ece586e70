/* since.c - what has changed in the repositories since a revision, by Git's own diff: in the store for
 * a repository that is there with its history, in its work tree for a folder. */
#include "nightly/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/proc.h"
#include "repo/index.h"

struct since {
	struct apply *ap;
	struct arena *a;
	const char *revision;
	struct repo_index index;
	struct map paths; /* what changed, relative to the repository */
	bool found;       /* a repository knows the revision */
};

static int
git(struct arena *a, const char *dir, const char *const *words, struct proc_result *r, struct err *e)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin",
					  "LC_ALL=C",
					  "GIT_CONFIG_NOSYSTEM=1",
					  "GIT_CONFIG_COUNT=1",
					  "GIT_CONFIG_KEY_0=safe.directory",
					  "GIT_CONFIG_VALUE_0=*",
					  NULL};
	const char *argv[16] = {"git", "-C", dir};
	struct proc p = {.argv = argv, .env = env, .what = "git", .out = PROC_CAPTURE};

	for (size_t i = 0; words[i] && i + 4 < COUNT_OF(argv); i++)
		argv[i + 3] = words[i];
	return proc_run(a, &p, r, e);
}

static void
take_paths(struct since *s, struct str text)
{
	struct str path;

	while (str_cut(&text, '\0', &path))
		if (path.n)
			map_set(&s->paths, str_dup(s->a, path), s);
}

/* Between two commits of the store, or from one to a work tree with what is not committed in it. */
static int
compare(struct since *s, const char *dir, const char *revision, const char *now, struct err *e)
{
	const char *commit = arena_printf(s->a, "%s^{commit}", revision);
	const char *ask[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", commit, NULL};
	const char *diff[] = {"diff",           "--name-only",    "-z",
			      "--no-renames",   "--relative",     revision,
			      now ? now : "--", now ? "--" : ".", NULL};
	const char *others[] = {"ls-files", "-z", "--others", "--exclude-standard", ".", NULL};
	struct proc_result r;

	if (git(s->a, dir, ask, &r, e) < 0)
		return -1;
	if (r.status != 0)
		return 0;
	if (git(s->a, dir, diff, &r, e) < 0)
		return -1;
	if (r.status != 0)
		return err_set(e, ERR_SYSTEM, "git could not compare with %s", revision);
	s->found = true;
	take_paths(s, r.out);
	if (now)
		return 0;
	if (git(s->a, dir, others, &r, e) < 0)
		return -1;
	if (r.status == 0)
		take_paths(s, r.out);
	return 0;
}

/* In the store other things have names than in the repository: only HEAD and commit ids mean the same. */
static const char *
in_store(struct since *s, const struct repo *r)
{
	struct str text = str_of(s->revision);

	if (str_starts(text, "HEAD") && (text.n == 4 || strchr("~^", text.s[4])))
		return arena_printf(s->a, "%s%s", r->commit.hex, text.s + 4);
	return strspn(text.s, "0123456789abcdef") == text.n && text.n >= 4 ? text.s : NULL;
}

static int
compare_repo(struct since *s, const struct repo *r, struct err *e)
{
	const char *url = str_c(s->a, r->url), *revision = in_store(s, r);
	bool before = s->found;

	s->found = false;
	if (fs_is_dir(AT_FDCWD, url) && compare(s, url, s->revision, NULL, e) < 0)
		return -1;
	if (!s->found && revision &&
	    compare(s, store_dir(s->ap->root->store), revision, r->commit.hex, e) < 0)
		return -1;
	s->found |= before;
	return 0;
}

static bool
path_changed(const struct since *s, struct str path)
{
	for (size_t i = 0; i < s->paths.n; i++)
		if (path_under(s->paths.entries[i].key, path))
			return true;
	return false;
}

/* A definition's folder, or the folder that its source is. */
static bool
name_changed(const struct since *s, struct str name)
{
	struct arena tmp = {0};
	struct repo_packages found = {0};
	struct err ignored;
	bool changed = false;

	if (repo_index_versions(s->ap->root->store, &tmp, &s->index, name, &found, &ignored) < 0)
		found.n = 0;
	for (size_t i = 0; !changed && i < found.n; i++) {
		struct opam_definition d;

		changed = path_changed(s, found.v[i].path);
		if (!changed && repo_definition(s->ap->root->store, &tmp, &found.v[i], &d, &ignored) == 0 &&
		    d.url.present && d.url.src.backend == URL_REPO)
			changed = path_changed(s, d.url.src.path);
	}
	arena_free(&tmp);
	return changed;
}

int
night_since(struct apply *ap, struct arena *a, const char *revision, struct opam_strings *out, struct err *e)
{
	struct since s = {.ap = ap, .a = a, .revision = revision, .paths = map_new(a)};
	struct opam_strings names;

	if (!revision[0] || revision[0] == '-')
		return err_set(e, ERR_USAGE, "--changed-since: '%s' is no revision", revision);
	for (size_t i = 0; i < ap->repos.n; i++)
		if (compare_repo(&s, &ap->repos.v[i], e) < 0)
			return -1;
	if (!s.found) {
		err_set(e, ERR_NOTFOUND, "no repository knows the revision %s", revision);
		return err_hint(e, "a commit of the repository, or a name that Git has for one: HEAD~10, "
				   "v1.2, main@{yesterday}");
	}
	if (repo_names(ap->root->store, a, &ap->repos, &names, e) < 0 ||
	    repo_index_open(ap->root->store, a, &ap->repos, &s.index, e) < 0)
		return -1;
	*out = (struct opam_strings){arena_array(a, struct str, names.n + 1), 0};
	for (size_t i = 0; i < names.n; i++)
		if (name_changed(&s, names.v[i]))
			out->v[out->n++] = names.v[i];
	return 0;
}
