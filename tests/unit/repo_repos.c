/* Repositories: the config file, snapshots of folders and of Git, updates, versions over several. */
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/proc.h"
#include "repo/config.h"
#include "repo/repo.h"
#include "repo/snapshot.h"

#include "../tap.h"

struct fixture {
	struct arena a;
	const char *dir, *root, *repo;
	struct store *store;
	struct report report;
	struct fetch fetch;
};

static int
run(struct fixture *f, const char *command)
{
	const char *argv[] = {"sh", "-c", command, NULL};
	struct proc p = {.argv = argv, .cwd = f->dir};
	struct proc_result r = {0};
	struct err e = {0};

	return proc_run(&f->a, &p, &r, &e) < 0 ? -1 : r.status;
}

static void
write_file(struct fixture *f, const char *path, const char *text)
{
	const char *full = arena_printf(&f->a, "%s/%s", f->dir, path);
	char *dir = arena_strdup(&f->a, full);
	struct err e = {0};

	*strrchr(dir, '/') = '\0';
	if (fs_mkdirs(AT_FDCWD, dir, 0755, &e) < 0 ||
	    fs_write(AT_FDCWD, full, str_of(text), 0644, false, &e) < 0)
		printf("# %s\n", e.msg);
}

static void
open_fixture(struct fixture *f)
{
	struct err e = {0};

	*f = (struct fixture){0};
	f->dir = fs_mkdtemp(&f->a, "/tmp", &e);
	f->root = arena_printf(&f->a, "%s/root", f->dir);
	f->repo = arena_printf(&f->a, "%s/repo", f->dir);
	fs_mkdirs(AT_FDCWD, f->root, 0755, &e);
	f->store = store_open(arena_printf(&f->a, "%s/store.git", f->root), true, &e);
	if (!f->store)
		printf("# %s\n", e.msg);
	f->fetch = (struct fetch){.store = f->store, .report = &f->report};
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	write_file(f, "repo/repo", "opam-version: \"2.0\"\n");
	write_file(f, "repo/packages/a/a.1/opam", "opam-version: \"2.0\"\n");
	write_file(f, "repo/packages/a/a.2/opam", "opam-version: \"2.0\"\nname: \"b\"\n");
	write_file(f, "repo/packages/b.1/opam", "opam-version: \"2.0\"\n");
	write_file(f, "repo/packages/README", "not a package\n");
}

static void
close_fixture(struct fixture *f)
{
	struct err e = {0};

	store_close(f->store);
	fs_remove(AT_FDCWD, f->dir, &e);
	arena_free(&f->a);
}

static int
add(struct fixture *f, const char *name, const char *url, int rank, struct err *e)
{
	*e = (struct err){0};
	return repo_add(&f->fetch, &f->a, f->root, str_of(name), str_of(url), (size_t)rank, e);
}

static struct repos
load(struct fixture *f)
{
	struct repos repos = {0};
	struct err e = {0};

	if (repos_load(f->store, &f->a, f->root, &repos, &e) < 0)
		printf("# %s\n", e.msg);
	return repos;
}

static void
test_folder(void)
{
	struct fixture f;
	struct repos repos;
	struct repo_packages versions;
	struct opam_strings names;
	struct opam_definition d;
	struct err e;

	open_fixture(&f);
	OK(add(&f, "mine", f.repo, -1, &e) == 0, "a folder is added (%s)", e.msg);
	repos = load(&f);
	EQ_INT(repos.n, 1, "it is in config");
	EQ_STR(str_c(&f.a, repos.v[0].url), f.repo, "with its address");
	OK(oid_is(&repos.v[0].commit) && repos.v[0].dirty && !oid_is(&repos.v[0].upstream),
	   "a plain folder is dirty");
	OK(repo_names(f.store, &f.a, &repos, &names, &e) == 0 && names.n == 2, "two names");
	OK(repo_versions(f.store, &f.a, &repos, STR("a"), &versions, &e) == 0 && versions.n == 2,
	   "two versions of a");
	EQ_STR(str_c(&f.a, versions.v[0].version), "2", "the newest first");
	EQ_STR(str_c(&f.a, versions.v[0].path), "packages/a/a.2", "its path");
	OK(repo_definition(f.store, &f.a, &versions.v[0], &d, &e) == 0 && str_is(d.name, "a"),
	   "the folder's name wins");
	OK(d.findings.n == 1 && !d.findings.v[0].error, "with a warning");
	OK(repo_versions(f.store, &f.a, &repos, STR("b"), &versions, &e) == 0 && versions.n == 1,
	   "the flat layout");
	EQ_STR(str_c(&f.a, versions.v[0].path), "packages/b.1", "its path");
	OK(add(&f, "mine", f.repo, -1, &e) < 0 && e.code == ERR_USAGE, "a name is taken once: %s", e.msg);
	OK(add(&f, "a/b", f.repo, -1, &e) < 0 && e.code == ERR_USAGE, "a bad name: %s", e.msg);
	OK(add(&f, "none", "/nonexistent/x", -1, &e) < 0 && e.code == ERR_FETCH, "no folder: %s", e.msg);
	OK(add(&f, "web", "https://opam.ocaml.org#main", -1, &e) < 0 && e.code == ERR_USAGE &&
		   strstr(e.hint, "git+https://opam.ocaml.org"),
	   "an HTTP repository has no branch: %s", e.hint);
	OK(add(&f, "empty", f.root, -1, &e) < 0 && e.code == ERR_PARSE, "without packages/: %s", e.msg);
	EQ_INT(load(&f).n, 1, "what was refused is not in config");
	close_fixture(&f);
}

static void
test_config(void)
{
	struct fixture f;
	struct repos repos;
	struct str text;
	struct err e;

	open_fixture(&f);
	write_file(&f, "root/config", "opam-version: \"2.0\"\n# mine\nmirrors: [\"x\"]\njobs: 4\n");
	OK(add(&f, "one", f.repo, -1, &e) == 0 && add(&f, "two", f.repo, 0, &e) == 0 &&
		   add(&f, "three", f.repo, 1, &e) == 0,
	   "three repositories");
	repos = load(&f);
	OK(repos.n == 3 && str_is(repos.v[0].name, "two") && str_is(repos.v[1].name, "three") &&
		   str_is(repos.v[2].name, "one"),
	   "in the order asked for");
	OK(fs_read(&f.a, AT_FDCWD, arena_printf(&f.a, "%s/config", f.root), 0, &text, &e) == 0 &&
		   str_starts(text, "opam-version: \"2.0\"\n# mine\nmirrors: [\"x\"]\njobs: 4\n"),
	   "other fields and comments stay");
	OK(repo_remove(f.store, &f.a, f.root, STR("three"), &e) == 0 && load(&f).n == 2, "one goes");
	OK(repo_remove(f.store, &f.a, f.root, STR("three"), &e) < 0 && e.code == ERR_NOTFOUND,
	   "only once: %s", e.msg);
	OK(store_ref_get(f.store, "refs/pkg/repo/three", &(struct oid){{0}}, &e) < 0, "its ref is gone");
	close_fixture(&f);
}

static void
test_priority(void)
{
	struct fixture f;
	struct repos repos;
	struct repo_packages versions;
	struct err e;

	open_fixture(&f);
	write_file(&f, "over/packages/a/a.1-0/opam", "opam-version: \"2.0\"\n");
	write_file(&f, "over/packages/a/a.3/opam", "opam-version: \"2.0\"\n");
	OK(add(&f, "base", f.repo, -1, &e) == 0 &&
		   add(&f, "over", arena_printf(&f.a, "file://%s/over", f.dir), 0, &e) == 0,
	   "two repositories (%s)", e.msg);
	repos = load(&f);
	OK(repo_versions(f.store, &f.a, &repos, STR("a"), &versions, &e) == 0 && versions.n == 3,
	   "a has three versions over both");
	OK(str_is(versions.v[2].version, "1-0") && str_is(versions.v[2].repo->name, "over"),
	   "of equal versions the first repository's");
	close_fixture(&f);
}

static void
test_update(void)
{
	struct fixture f;
	struct repos repos;
	struct repo_changes changes;
	struct err e = {0};

	open_fixture(&f);
	add(&f, "mine", f.repo, -1, &e);
	repos = load(&f);
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 && !changes.moved,
	   "nothing changed: the same snapshot");
	write_file(&f, "repo/packages/a/a.1/opam", "opam-version: \"2.0\"\nsynopsis: \"x\"\n");
	write_file(&f, "repo/packages/a/a.10/opam", "opam-version: \"2.0\"\n");
	write_file(&f, "repo/packages/c/c.1/opam", "opam-version: \"2.0\"\n");
	OK(run(&f, "rm -r repo/packages/b.1 repo/packages/a/a.2") == 0, "some go");
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 && changes.moved &&
		   changes.n == 5,
	   "five changes (%s)", e.msg);
	OK(changes.n == 5 && str_is(changes.v[0].package, "a.1") && changes.v[0].kind == CHANGE_CHANGED &&
		   str_is(changes.v[1].package, "a.2") && changes.v[1].kind == CHANGE_GONE &&
		   str_is(changes.v[2].package, "a.10") && changes.v[2].kind == CHANGE_NEW &&
		   str_is(changes.v[3].package, "b.1") && changes.v[3].kind == CHANGE_GONE &&
		   str_is(changes.v[4].package, "c.1") && changes.v[4].kind == CHANGE_NEW,
	   "told in order");
	repos = load(&f);
	OK(oid_eq(&repos.v[0].commit, &changes.now), "the ref has moved");
	close_fixture(&f);
}

static void
test_worktree(void)
{
	static const char start[] =
		"git init -q -b main top && cd top && mkdir sub && cp -r ../repo/. sub/ && "
		"echo ignored > .gitignore && git add -A && "
		"git -c user.name=x -c user.email=x@x -c commit.gpgsign=false commit -q -m one "
		"--date='2024-05-05T05:05:05 +0000'";
	struct fixture f;
	struct repos repos;
	struct repo_changes changes;
	struct store_commit c;
	struct oid clean;
	struct err e = {0};

	open_fixture(&f);
	OK(run(&f, start) == 0, "a work tree");
	OK(add(&f, "mine", arena_printf(&f.a, "%s/top/sub", f.dir), -1, &e) == 0, "its folder is added (%s)",
	   e.msg);
	repos = load(&f);
	OK(!repos.v[0].dirty && oid_is(&repos.v[0].upstream), "it is clean, and says of which commit");
	EQ_STR(str_c(&f.a, repos.v[0].upstream_path), "sub", "and of which path");
	clean = repos.v[0].commit;
	OK(store_commit_read(f.store, &f.a, &clean, &c, &e) == 0 && c.parent_count == 0 &&
		   c.author.time > 1700000000 && c.author.time == c.committer.time,
	   "no parent, the time of the commit");
	run(&f, "echo x > top/sub/packages/a/a.1/ignored");
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 && !changes.moved,
	   "an ignored file is no change");
	write_file(&f, "top/sub/packages/a/a.1/files/p.patch", "x\n");
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 && changes.moved &&
		   changes.n == 1,
	   "an untracked one is");
	repos = load(&f);
	OK(repos.v[0].dirty && !oid_is(&repos.v[0].upstream), "now it is dirty");
	OK(store_commit_read(f.store, &f.a, &repos.v[0].commit, &c, &e) == 0 && c.author.time == 315532800,
	   "of 1980");
	run(&f, "rm -r top/sub/packages/a/a.1/files");
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 && oid_eq(&changes.now, &clean),
	   "back to the same snapshot");
	close_fixture(&f);
}

static void
test_git(void)
{
	static const char start[] = "git init -q -b main up && cp -r repo/. up/ && cd up && git add -A && "
				    "git -c user.name=x -c user.email=x@x commit -q -m one && cd .. && git "
				    "clone -q --bare up bare.git";
	static const char more[] =
		"cd up && mkdir -p packages/c/c.1 && cp packages/a/a.1/opam packages/c/c.1/ && "
		"git add -A && git -c user.name=x -c user.email=x@x commit -q -m two && git push -q "
		"../bare.git main";
	static const char rewind[] = "cd up && git reset -q --hard HEAD~1 && git push -q -f ../bare.git main";
	struct fixture f;
	struct repos repos;
	struct repo_changes changes;
	struct oid first;
	struct err e = {0};

	open_fixture(&f);
	OK(run(&f, start) == 0, "a Git repository");
	OK(add(&f, "git", arena_printf(&f.a, "git+file://%s/bare.git", f.dir), -1, &e) == 0,
	   "it is added (%s)", e.msg);
	OK(add(&f, "path", arena_printf(&f.a, "%s/bare.git", f.dir), -1, &e) == 0,
	   "a bare one by its path (%s)", e.msg);
	repos = load(&f);
	OK(repos.n == 2 && oid_eq(&repos.v[0].commit, &repos.v[1].commit) && !repos.v[0].dirty,
	   "the upstream commit");
	first = repos.v[0].commit;
	OK(run(&f, more) == 0 && repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) == 0 &&
		   changes.moved && changes.n == 1 && str_is(changes.v[0].package, "c.1"),
	   "it moves forward (%s)", e.msg);
	repos = load(&f);
	OK(run(&f, rewind) == 0 && repo_update(&f.fetch, &f.a, &repos.v[0], false, &changes, &e) < 0 &&
		   e.code == ERR_FETCH && strstr(e.hint, "--allow-rewind"),
	   "not back: %s", e.msg);
	OK(oid_eq(&load(&f).v[0].commit, &repos.v[0].commit), "the ref has not moved");
	e = (struct err){0};
	OK(repo_update(&f.fetch, &f.a, &repos.v[0], true, &changes, &e) == 0 && oid_eq(&changes.now, &first),
	   "unless allowed");
	close_fixture(&f);
}

int
main(void)
{
	test_folder();
	test_config();
	test_priority();
	test_update();
	test_worktree();
	test_git();
	return tap_done();
}
