/* Paths in a view that is not mounted: looked up in all its layers, as the kernel would. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fs.h"
#include "build/view.h"
#include "switch/prefix.h"

enum { HOPS_MAX = 40 };

/* Where the entry at a plain path really is: NULL when it is in no layer. */
static const char *
find(struct arena *a, const struct view *v, struct str path, struct stat *st)
{
	const char *file = arena_printf(a, "%s/" STR_FMT, v->upper, STR_ARG(path));

	if (lstat(file, st) == 0)
		return view_is_whiteout(st) ? NULL : file;
	/* A folder that was made anew hides what lies below it. */
	for (size_t i = 0; !v->copy && i < path.n; i++) {
		struct str part = str_sub(path, 0, i);

		if (path.s[i] == '/' &&
		    view_is_opaque(AT_FDCWD, arena_printf(a, "%s/" STR_FMT, v->upper, STR_ARG(part))))
			return NULL;
	}
	for (size_t i = v->copy ? 0 : v->n; i-- > 0;) {
		file = arena_printf(a, "%s/" STR_FMT, v->layers[i].path, STR_ARG(path));
		if (lstat(file, st) == 0)
			return file;
	}
	return NULL;
}

/* What is still to walk after a link: its target, then the rest. False: it leads out. */
static bool
follow(struct arena *a, struct str target, struct buf *at, struct str *rest)
{
	static const struct str prefix = {BUILD_PREFIX, BUILD_PREFIX_LEN};

	if (str_starts(target, "/")) {
		if (!str_starts(target, BUILD_PREFIX) || (target.n > prefix.n && target.s[prefix.n] != '/'))
			return false;
		target = str_sub(target, prefix.n, target.n - prefix.n);
		buf_cut(at, 0);
	}
	*rest = str_printf(a, STR_FMT "/" STR_FMT, STR_ARG(target), STR_ARG(*rest));
	return true;
}

static int
leads_out(struct str path, struct err *e)
{
	return err_set(e, ERR_BUILD, STR_FMT " leads out of the prefix", STR_ARG(path));
}

/* `at` becomes its own parent; false at the top. */
static bool
go_up(struct buf *at)
{
	ptrdiff_t slash = str_rchr(buf_str(at), '/');

	if (!at->n)
		return false;
	buf_cut(at, slash < 0 ? 0 : (size_t)slash);
	return true;
}

/* One folder on the way, whose name was added behind `before`: a link is followed. */
static int
pass(struct arena *a, const struct view *v, struct str path, struct buf *at, size_t before, struct str *rest,
     unsigned *hops, struct err *e)
{
	struct stat st;
	const char *file = find(a, v, buf_str(at), &st);
	char *target;

	if (!file || S_ISDIR(st.st_mode))
		return 0;
	if (!S_ISLNK(st.st_mode))
		return err_set(e, ERR_BUILD, STR_FMT ": " STR_FMT " is not a folder", STR_ARG(path),
			       STR_ARG(buf_str(at)));
	target = fs_readlink(a, AT_FDCWD, file, e);
	if (!target)
		return -1;
	buf_cut(at, before);
	if (++*hops > HOPS_MAX || !follow(a, str_of(target), at, rest))
		return leads_out(path, e);
	return 0;
}

int
view_resolve(struct arena *a, const struct view *v, struct str path, struct str *out, struct err *e)
{
	struct buf at = buf_new(a);
	struct str rest = path, word;
	unsigned hops = 0;

	while (str_cut(&rest, '/', &word)) {
		size_t before = at.n;

		if (!word.n || str_is(word, "."))
			continue;
		if (str_is(word, "..")) {
			if (!go_up(&at))
				return leads_out(path, e);
			continue;
		}
		buf_printf(&at, "%s" STR_FMT, at.n ? "/" : "", STR_ARG(word));
		if (!rest.n)
			break;
		if (pass(a, v, path, &at, before, &rest, &hops, e) < 0)
			return -1;
	}
	if (!at.n)
		return err_set(e, ERR_BUILD, STR_FMT " names the prefix itself", STR_ARG(path));
	*out = buf_str(&at);
	return 0;
}
