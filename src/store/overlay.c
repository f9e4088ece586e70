#include "store/overlay.h"

#include <errno.h>
#include <string.h>

#include "base/fs.h"
#include "base/path.h"
#include "store/private.h"

struct copy {
	struct arena *a;
	const char *to;
};

/* refs/ as it is, but for the locks of others and what vanishes meanwhile. */
static int
copy_ref(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	const struct copy *copy = ctx;
	const char *to = path_join(copy->a, copy->to, path);
	struct str text;
	struct err gone;

	if (S_ISDIR(st->st_mode))
		return fs_mkdirs(AT_FDCWD, to, 0755, e);
	if (!S_ISREG(st->st_mode) || str_ends(str_of(path), ".lock"))
		return 0;
	if (fs_read(copy->a, dirfd, name, 0, &text, &gone) < 0)
		return gone.sys == ENOENT ? 0 : (*e = gone, -1);
	return fs_write(AT_FDCWD, to, text, 0644, false, e);
}

static int
fill(struct arena *a, const char *from, const char *to, struct err *e)
{
	static const char *const files[] = {"HEAD", "config", "packed-refs"};
	struct copy copy = {a, path_join(a, to, "refs")};
	struct str text = str_printf(a, "%s/objects\n", from);

	if (fs_mkdirs(AT_FDCWD, path_join(a, to, "objects/info"), 0755, e) < 0 ||
	    fs_mkdirs(AT_FDCWD, path_join(a, to, "objects/pack"), 0755, e) < 0 ||
	    fs_write(AT_FDCWD, path_join(a, to, "objects/info/alternates"), text, 0644, false, e) < 0 ||
	    fs_walk(AT_FDCWD, path_join(a, from, "refs"), copy_ref, &copy, e) < 0)
		return -1;
	/* After the loose ones: a ref that is packed meanwhile is in one of both. */
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		const char *file = path_join(a, from, files[i]);

		if (!fs_exists(AT_FDCWD, file))
			continue;
		if (fs_read(a, AT_FDCWD, file, 0, &text, e) < 0 ||
		    fs_write(AT_FDCWD, path_join(a, to, files[i]), text, 0644, false, e) < 0)
			return -1;
	}
	return 0;
}

void
store_overlay(struct store *s, const char *dir)
{
	s->overlay_in = arena_strdup(&s->memory, dir);
}

bool
store_overlay_due(const struct store *s)
{
	return s->overlay_in && !s->overlay;
}

int
store_overlay_make(struct store *s, struct err *e)
{
	char *over = fs_mkdtemp(&s->memory, s->overlay_in, e);
	SCRATCH a = {0};

	if (!over)
		return err_note(e, "while making a store for the time of a dry run");
	s->overlay = over;
	if (fill(&a, s->dir, over, e) < 0)
		return err_note(e, "while making a store for the time of a dry run");
	s->dir = over;
	return 0;
}

int
store_before_write(struct store *s, struct err *e)
{
	if (!store_overlay_due(s))
		return 0;
	/* What is collected would be lost with what is open; flushing makes the overlay, too. */
	if (s->collected_count)
		return store_flush(s, e);
	return store_overlay_make(s, e) < 0 ? -1 : store_reopen(s, e);
}
