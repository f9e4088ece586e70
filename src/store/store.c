/* Opening, making and closing the store, and what libgit2's errors mean. */
#include "store/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/proc.h"

/* The code says more than the class, so it is looked for first. */
static const struct {
	int number;
	enum err_code code;
} by_code[] =
	{
		{GIT_ENOTFOUND, ERR_NOTFOUND}, {GIT_EUNBORNBRANCH, ERR_NOTFOUND},
		{GIT_EOWNER, ERR_CONFIG},      {GIT_ELOCKED, ERR_LOCKED},
		{GIT_EEXISTS, ERR_LOCKED},     {GIT_EMODIFIED, ERR_LOCKED},
		{GIT_EMISMATCH, ERR_PARSE},    {GIT_EAUTH, ERR_FETCH},
		{GIT_ECERTIFICATE, ERR_FETCH},
},
  by_class[] = {
	  {GIT_ERROR_NET, ERR_FETCH},     {GIT_ERROR_SSL, ERR_FETCH},    {GIT_ERROR_SSH, ERR_FETCH},
	  {GIT_ERROR_HTTP, ERR_FETCH},    {GIT_ERROR_OBJECT, ERR_PARSE}, {GIT_ERROR_ODB, ERR_PARSE},
	  {GIT_ERROR_ZLIB, ERR_PARSE},    {GIT_ERROR_TREE, ERR_PARSE},   {GIT_ERROR_TAG, ERR_PARSE},
	  {GIT_ERROR_INDEXER, ERR_PARSE},
};

static enum err_code
code_of(int rc, int class)
{
	for (size_t i = 0; i < COUNT_OF(by_code); i++)
		if (by_code[i].number == rc)
			return by_code[i].code;
	for (size_t i = 0; i < COUNT_OF(by_class); i++)
		if (by_class[i].number == class)
			return by_class[i].code;
	return ERR_SYSTEM;
}

int
git_fail(struct err *e, int rc, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	int sys = errno, class = last ? last->klass : 0;
	const char *why = last && last->message ? last->message : "unknown error";
	char what[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (proc_interrupted)
		return err_set(e, ERR_INTERRUPTED, "%s: interrupted", what);
	/* libgit2 looks for an exception in safe.directory, and reports that there is none. */
	if (rc == GIT_EOWNER || strstr(why, "safe.directory"))
		return err_set(e, ERR_CONFIG, "%s: the repository belongs to another user", what);
	err_set(e, code_of(rc, class), "%s: %s", what, why);
	if (class == GIT_ERROR_OS)
		e->sys = sys;
	return -1;
}

static const char config_text[] = "[core]\n"
				  "\trepositoryformatversion = 0\n"
				  "\tfilemode = true\n"
				  "\tbare = true\n"
				  "\tlogAllRefUpdates = false\n"
				  "\tfsync = all\n"
				  "[gc]\n"
				  "\tauto = 0\n"
				  "[maintenance]\n"
				  "\tauto = false\n"
				  /* libgit2 takes this for the size from which it searches no deltas. */
				  "[pack]\n"
				  "\tdeltaCacheSize = 1\n";

/* Makes the repository beside its place and moves it there, so that nobody ever sees half of it. */
static int
create(struct arena *a, const char *dir, struct err *e)
{
	git_repository_init_options options;
	char *fresh = arena_printf(a, "%s.new-XXXXXX", dir);
	AUTO(git_repository) git = NULL;
	struct err failed = {0};
	int rc, dirfd;

	if (fs_mkdirs(AT_FDCWD, str_c(a, path_dir(str_of(dir))), 0755, e) < 0)
		return -1;
	if (!mkdtemp(fresh) || chmod(fresh, 0755) < 0)
		return err_sys(e, "making %s", fresh);
	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
	options.initial_head = "default";
	rc = git_repository_init_ext(&git, fresh, &options);
	if (rc < 0) {
		git_fail(e, rc, "making the store %s", dir);
		goto bad;
	}
	if (fs_write(AT_FDCWD, path_join(a, fresh, "config"), STR(config_text), 0644, true, e) < 0)
		goto bad;
	dirfd = fs_open_dir(AT_FDCWD, fresh, e);
	if (dirfd < 0)
		goto bad;
	rc = fs_sync_all(dirfd, e);
	close(dirfd);
	if (rc < 0)
		goto bad;
	if (fs_rename_new(AT_FDCWD, fresh, dir, &failed) < 0) {
		/* Somebody else was faster: theirs is as good. */
		if (failed.sys == EEXIST || failed.sys == ENOTEMPTY)
			return fs_remove(AT_FDCWD, fresh, e);
		*e = failed;
		goto bad;
	}
	return fs_sync_dir(AT_FDCWD, str_c(a, path_dir(str_of(dir))), e);
bad:
	fs_remove(AT_FDCWD, fresh, &(struct err){0});
	return -1;
}

/* libgit2 would refuse it too, but only some versions, and without saying why. */
static int
check_owner(const char *dir, struct err *e)
{
	struct stat st;

	if (stat(dir, &st) < 0) {
		if (errno == ENOENT)
			return err_set(e, ERR_NOTFOUND, "there is no store at %s", dir);
		return err_sys(e, "opening the store %s", dir);
	}
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG, "the store %s is not a folder", dir);
	if (st.st_uid != geteuid()) {
		err_set(e, ERR_CONFIG, "the store %s belongs to another user (uid %u)", dir, st.st_uid);
		return err_hint(e, "use a root of your own: --root=DIR");
	}
	return 0;
}

static int
open_git(struct store *s, struct err *e)
{
	int rc = git_repository_open_ext(&s->git, s->dir,
					 GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE |
						 GIT_REPOSITORY_OPEN_NO_DOTGIT,
					 NULL);

	if (rc < 0)
		return git_fail(e, rc, "opening the store %s", s->dir);
	rc = git_repository_odb(&s->odb, s->git);
	if (rc == 0)
		rc = git_mempack_new(&s->collect);
	/* Above loose objects and packs, so that everything new stays in memory. */
	if (rc == 0)
		rc = git_odb_add_backend(s->odb, s->collect, 999);
	return rc < 0 ? git_fail(e, rc, "opening the objects of the store %s", s->dir) : 0;
}

int
store_reopen(struct store *s, struct err *e)
{
	git_odb_free(s->odb);
	git_repository_free(s->git);
	s->odb = NULL;
	s->git = NULL;
	return open_git(s, e);
}

struct store *
store_open(const char *dir, bool make, struct err *e)
{
	struct store *s;
	SCRATCH a = {0};

	if (store_library(e) < 0)
		return NULL;
	if ((make && !fs_exists(AT_FDCWD, dir) && create(&a, dir, e) < 0) || check_owner(dir, e) < 0) {
		git_libgit2_shutdown();
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		err_sys(e, "opening the store %s", dir);
		git_libgit2_shutdown();
		return NULL;
	}
	s->dir = arena_strdup(&s->memory, dir);
	s->sha256 = map_new(&s->memory);
	if (open_git(s, e) < 0) {
		store_close(s);
		return NULL;
	}
	return s;
}

void
store_close(struct store *s)
{
	store_tree_forget(s);
	free(s->collected);
	git_odb_free(s->odb);
	git_repository_free(s->git);
	if (s->overlay)
		fs_remove(AT_FDCWD, s->overlay, &(struct err){0});
	arena_free(&s->memory);
	free(s);
	git_libgit2_shutdown();
}

const char *
store_dir(const struct store *s)
{
	return s->dir;
}

void
store_set_env(struct store *s, const struct store_env *env)
{
	s->env = *env;
}
