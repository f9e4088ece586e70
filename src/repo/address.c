/* address.c - what the address of a repository names: a folder, a Git repository, an HTTP repository. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/path.h"
#include "repo/snapshot.h"

static int
absolute(struct arena *a, struct str path, struct str *out, struct err *e)
{
	const char *c_path = str_c(a, path);
	char *real = realpath(c_path, NULL);

	if (!real && errno == ENOENT)
		return err_set(e, ERR_FETCH, "there is no folder '%s'", c_path);
	if (!real)
		return err_sys(e, "looking at %s", c_path);
	*out = str_dup(a, str_of(real));
	free(real);
	return 0;
}

/* A bare Git repository is no package repository by itself: its commits hold one. */
static bool
is_bare_git(struct arena *a, struct str path)
{
	const char *dir = str_c(a, path);

	return fs_exists(AT_FDCWD, path_join(a, dir, "HEAD")) &&
	       fs_is_dir(AT_FDCWD, path_join(a, dir, "objects")) &&
	       !fs_is_dir(AT_FDCWD, path_join(a, dir, "packages"));
}

static int
git_address(struct arena *a, struct str url, struct str *normal, struct err *e)
{
	struct str rest = str_sub(url, strlen("git+"), url.n), path, ref;
	ptrdiff_t hash;

	if (memmem(rest.s, rest.n, "://", 3)) {
		*normal = url;
		return 0;
	}
	hash = str_chr(rest, '#');
	path = hash < 0 ? rest : str_sub(rest, 0, (size_t)hash);
	ref = hash < 0 ? STR("") : str_sub(rest, (size_t)hash, rest.n);
	if (absolute(a, path, &path, e) < 0)
		return -1;
	*normal = str_printf(a, "git+file://" STR_FMT STR_FMT, STR_ARG(path), STR_ARG(ref));
	return 0;
}

static bool
is_http(struct str url)
{
	return str_starts(url, "http://") || str_starts(url, "https://");
}

/* https://host/ is an opam HTTP repository; as opam has it, one that ends in .git is a Git repository. */
static int
http_address(struct arena *a, struct str url, enum repo_kind *kind, struct str *normal, struct err *e)
{
	ptrdiff_t hash = str_chr(url, '#');
	struct str plain = hash < 0 ? url : str_sub(url, 0, (size_t)hash);

	while (str_ends(plain, "/"))
		plain.n--;
	if (str_ends(plain, ".git")) {
		*kind = REPO_GIT;
		*normal = str_printf(a, "git+" STR_FMT, STR_ARG(url));
		return 0;
	}
	if (hash >= 0 || str_chr(plain, '?') >= 0) {
		err_set(e, ERR_USAGE, "'" STR_FMT "' cannot be an opam HTTP repository: it has a '#' or '?'",
			STR_ARG(url));
		return err_hint(e, "a Git repository is given as git+" STR_FMT, STR_ARG(url));
	}
	if (!str_starts(plain, "http") || str_ends(plain, ":"))
		return err_set(e, ERR_USAGE, "'" STR_FMT "' names no host", STR_ARG(url));
	*kind = REPO_HTTP;
	*normal = url;
	return 0;
}

static int
folder_address(struct arena *a, struct str url, enum repo_kind *kind, struct str *normal, struct err *e)
{
	*kind = REPO_FOLDER;
	if (str_starts(url, "file://"))
		url = str_sub(url, strlen("file://"), url.n);
	if (memmem(url.s, url.n, "://", 3)) {
		err_set(e, ERR_USAGE, "'" STR_FMT "' cannot be a repository", STR_ARG(url));
		return err_hint(e,
				"a folder, https://, git+https://, git+http://, git+ssh://, git+file:// or "
				"git://");
	}
	if (absolute(a, url, normal, e) < 0)
		return -1;
	if (!fs_is_dir(AT_FDCWD, str_c(a, *normal)))
		return err_set(e, ERR_USAGE, "'" STR_FMT "' is no folder", STR_ARG(url));
	if (is_bare_git(a, *normal)) {
		*kind = REPO_GIT;
		*normal = str_printf(a, "git+file://" STR_FMT, STR_ARG(*normal));
	}
	return 0;
}

int
repo_address(struct arena *a, struct str url, enum repo_kind *kind, struct str *normal, struct err *e)
{
	*kind = REPO_GIT;
	*normal = url;
	if (!url.n)
		return err_set(e, ERR_USAGE, "the address of the repository is empty");
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.s[i] < ' ' || url.s[i] == 0x7f)
			return err_set(e, ERR_USAGE,
				       "the address of the repository holds a control character");
	if (str_starts(url, "git+"))
		return git_address(a, url, normal, e);
	if (str_starts(url, "git://"))
		return 0;
	if (is_http(url))
		return http_address(a, url, kind, normal, e);
	return folder_address(a, url, kind, normal, e);
}
