#include "fetch/import.h"

#include <errno.h>
#include <fcntl.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "store/tree.h"

static const char empty_key[] = "Empty-Directory: ";
static const char import_of[] = "import of sha256:";

/* Whether a link at path leads out of the root: as text, and as the kernel follows it. */
static bool
leads_out(struct arena *a, int root, const char *path, const char *target)
{
	struct str whole = str_of(path_join(a, str_c(a, path_dir(str_of(path))), target)), plain;
	struct err e = {0};
	AUTO_FD fd = -1;

	if (*target == '/' || !path_normalise(a, whole, &plain))
		return true;
	fd = fs_open_beneath(root, path, O_PATH, 0, &e);
	return fd < 0 && e.sys == EXDEV;
}

static int
check_link(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct arena a = {0};
	const char *target;
	int rc = 0;

	if (!S_ISLNK(st->st_mode))
		return 0;
	target = fs_readlink(&a, dirfd, name, e);
	if (!target)
		rc = -1;
	else if (leads_out(&a, *(const int *)ctx, path, target))
		rc = err_set(e, ERR_FETCH, "the link '%s' leads out of the archive, to '%s'", path, target);
	arena_free(&a);
	return rc;
}

static int
check_links(const char *root, struct err *e)
{
	AUTO_FD fd = fs_open_dir(AT_FDCWD, root, e);

	return fd < 0 ? -1 : fs_walk(AT_FDCWD, root, check_link, &fd, e);
}

/* Control characters would let a name forge another line of the message. */
static int
import_message(struct arena *a, struct str sha256, const struct store_import *io, struct str *out,
	       struct err *e)
{
	struct buf b = buf_new(a);

	buf_printf(&b, "%s" STR_FMT "\n\n", import_of, STR_ARG(sha256));
	for (size_t i = 0; i < io->empty_dir_count; i++) {
		struct str dir = io->empty_dirs[i];

		for (size_t k = 0; k < dir.n; k++)
			if ((unsigned char)dir.s[k] < ' ')
				return err_set(e, ERR_FETCH,
					       "the folder '" STR_FMT "' has a control character in its name",
					       STR_ARG(dir));
		buf_printf(&b, "%s" STR_FMT "\n", empty_key, STR_ARG(dir));
	}
	buf_adds(&b, "Pkg-Import: 1\n");
	*out = buf_str(&b);
	return 0;
}

int
import_folder(const struct fetch *f, struct arena *a, const char *root, struct str sha256, struct oid *commit,
	      struct err *e)
{
	struct store_import io = {
		.max_bytes = FETCH_MAX_BYTES, .max_entries = FETCH_MAX_ENTRIES, .max_depth = FETCH_MAX_DEPTH};
	struct store_commit c = {0};

	if (check_links(root, e) < 0 || store_tree_import(f->store, a, AT_FDCWD, root, &io, e) < 0 ||
	    import_message(a, sha256, &io, &c.message, e) < 0)
		return -1;
	c.tree = io.tree;
	c.author = (struct store_sign){.name = STR("pkg"), .email = STR("pkg@localhost"), .time = io.newest};
	if (c.author.time < FETCH_EPOCH)
		c.author.time = FETCH_EPOCH;
	if (c.author.time > UINT32_MAX)
		c.author.time = UINT32_MAX;
	c.committer = c.author;
	return store_commit_write(f->store, &c, commit, e);
}

struct texts {
	struct str *v;
	size_t n, room;
};

int
import_read(const struct fetch *f, struct arena *a, struct fetched *out, struct str *sha256, struct err *e)
{
	struct store_commit c;
	struct texts dirs = {0};
	struct str rest, line;

	if (store_commit_read(f->store, a, &out->commit, &c, e) < 0)
		return -1;
	rest = c.message;
	if (!str_cut(&rest, '\n', sha256) || !str_starts(*sha256, import_of))
		return err_set(e, ERR_VERIFY, "commit %s of the store is no import", out->commit.hex);
	*sha256 = str_sub(*sha256, sizeof(import_of) - 1, sha256->n);
	while (str_cut(&rest, '\n', &line))
		if (str_starts(line, empty_key))
			vec_push(a, &dirs, str_sub(line, sizeof(empty_key) - 1, line.n));
	out->tree = c.tree;
	out->epoch = c.committer.time;
	out->empty_dirs = dirs.v;
	out->empty_dir_count = dirs.n;
	return 0;
}
