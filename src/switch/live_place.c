/* Files of outputs put into a prefix: linked where they can be shared, copied where they hold the path
 * or are the user's to edit. */
#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/path.h"
#include "switch/assemble.h"

static const struct timespec times[2] = {{.tv_sec = TREE_TIME}, {.tv_sec = TREE_TIME}};

/* One package being placed. */
struct place {
	const struct root *r;
	const struct output *output;
	const char *live;
	int tree, to;   /* folders */
	bool *no_clone; /* the file system has said that it cannot */
};

/* --- the prefix in files --- */

static int
check_held(const struct output_held *held, struct str stored, struct err *e)
{
	for (size_t i = 0; i < held->n; i++)
		if (held->offsets[i] > stored.n || stored.n - held->offsets[i] < BUILD_PREFIX_LEN ||
		    memcmp(stored.s + held->offsets[i], BUILD_PREFIX, BUILD_PREFIX_LEN) != 0)
			return err_set(e, ERR_VERIFY,
				       STR_FMT
				       ": the output says that the prefix is at byte %llu, and it is not",
				       STR_ARG(held->path), (unsigned long long)held->offsets[i]);
	return 0;
}

/* The live form of a stored file or link; verbatim when it holds no prefix. */
static int
to_live(struct arena *a, const struct output *o, struct str path, struct str stored, const char *live,
	struct str *out, struct err *e)
{
	const struct output_held *held = output_held(o, path);

	*out = stored;
	if (!held)
		return 0;
	if (check_held(held, stored, e) < 0)
		return -1;
	*out = prefix_to_live(a, stored, held->offsets, held->n, held->binary, live);
	return 0;
}

/* --- making one --- */

static int
new_file(const struct place *p, const struct owned *o, struct err *e)
{
	int fd = openat(p->to, o->path.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(e, "making %s", o->path.s) : fd;
}

static int
finish_file(int fd, mode_t mode, const struct owned *o, struct err *e)
{
	if (fchmod(fd, mode) < 0 || futimens(fd, times) < 0)
		return err_sys(e, "setting mode and time of %s", o->path.s);
	return 0;
}

/* A file that holds the prefix: its bytes are replaced in a copy. */
static int
place_held(const struct place *p, struct arena *a, const struct owned *o, int from, mode_t mode,
	   struct err *e)
{
	struct str stored, live;
	AUTO_FD fd = -1;

	if (fs_read_fd(a, from, 0, &stored, e) < 0 ||
	    to_live(a, p->output, o->path, stored, p->live, &live, e) < 0)
		return -1;
	fd = new_file(p, o, e);
	if (fd < 0 || fs_write_all(fd, live.s, live.n, e) < 0)
		return -1;
	return finish_file(fd, mode, o, e);
}

/* The same for one with NUL bytes, whose length stays: only the places are written. */
static int
place_binary(const struct place *p, struct arena *a, const struct owned *o, const struct output_held *held,
	     int from, mode_t mode, struct err *e)
{
	const uint64_t start = 0;
	struct str wide = prefix_to_live(a, STR(BUILD_PREFIX), &start, 1, true, p->live);
	AUTO_FD fd = new_file(p, o, e);
	char was[BUILD_PREFIX_LEN];

	if (fd < 0 || fs_copy_fd(from, fd, e) < 0)
		return -1;
	for (size_t i = 0; i < held->n; i++) {
		off_t at = (off_t)held->offsets[i];

		if (pread(from, was, sizeof(was), at) != sizeof(was) ||
		    memcmp(was, BUILD_PREFIX, sizeof(was)) != 0)
			return err_set(e, ERR_VERIFY,
				       "%s: the output says that the prefix is at byte %llu, and it is not",
				       o->path.s, (unsigned long long)held->offsets[i]);
		if (pwrite(fd, wide.s, wide.n, at) != (ssize_t)wide.n)
			return err_sys(e, "writing %s", o->path.s);
	}
	return finish_file(fd, mode, o, e);
}

static int
place_copy(const struct place *p, const struct owned *o, int from, mode_t mode, struct err *e)
{
	AUTO_FD fd = new_file(p, o, e);

	if (fd < 0 || fs_copy_fd(from, fd, e) < 0)
		return -1;
	return finish_file(fd, mode, o, e);
}

/* 1: the file system shares no blocks between files. */
static int
place_clone(const struct place *p, const struct owned *o, int from, mode_t mode, struct err *e)
{
	AUTO_FD fd = new_file(p, o, e);

	if (fd < 0)
		return -1;
	if (ioctl(fd, FICLONE, from) == 0)
		return finish_file(fd, mode, o, e);
	if (unlinkat(p->to, o->path.s, 0) < 0)
		return err_sys(e, "removing %s", o->path.s);
	return 1;
}

/* A file with nothing of its own: blocks shared, or the file itself, or at last a copy. */
static int
place_shared(const struct place *p, const struct owned *o, struct err *e)
{
	AUTO_FD from = -1;
	struct stat st;

	if (*p->no_clone) {
		if (linkat(p->tree, o->path.s, p->to, o->path.s, 0) == 0)
			return 0;
		/* Too many links, or a system that forbids them. */
		if (errno != EMLINK && errno != EPERM && errno != EOPNOTSUPP)
			return err_sys(e, "linking %s", o->path.s);
	}
	from = fs_open_file(p->tree, o->path.s, &st, e);
	if (from < 0)
		return -1;
	if (!*p->no_clone) {
		int rc = place_clone(p, o, from, st.st_mode & 0777, e);

		if (rc <= 0)
			return rc;
		*p->no_clone = true;
		return place_shared(p, o, e);
	}
	return place_copy(p, o, from, st.st_mode & 0777, e);
}

static int
place_file(const struct place *p, struct arena *a, const struct owned *o, struct err *e)
{
	const struct output_held *held = output_held(p->output, o->path);
	AUTO_FD from = -1;
	struct stat st;

	if (!held && !path_under(o->path, STR("etc")))
		return place_shared(p, o, e);
	from = fs_open_file(p->tree, o->path.s, &st, e);
	if (from < 0)
		return -1;
	if (held && held->binary)
		return place_binary(p, a, o, held, from, st.st_mode & 0777, e);
	if (held)
		return place_held(p, a, o, from, st.st_mode & 0777, e);
	return place_copy(p, o, from, st.st_mode & 0777, e);
}

static int
place_link(const struct place *p, struct arena *a, const struct owned *o, struct err *e)
{
	const char *target = fs_readlink(a, p->tree, o->path.s, e);
	struct str live;

	if (!target || to_live(a, p->output, o->path, str_of(target), p->live, &live, e) < 0)
		return -1;
	if (symlinkat(str_c(a, live), p->to, o->path.s) < 0)
		return err_sys(e, "making the link %s", o->path.s);
	if (utimensat(p->to, o->path.s, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "setting the time of %s", o->path.s);
	return 0;
}

static int
place_one(const struct place *p, struct owned *o, struct err *e)
{
	struct arena a = {0};
	struct stat st;
	int rc = o->kind == 'l' ? place_link(p, &a, o, e) : place_file(p, &a, o, e);

	arena_free(&a);
	if (rc < 0)
		return -1;
	if (fstatat(p->to, o->path.s, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "looking at %s", o->path.s);
	o->mark = list_mark_of(&st);
	o->there = true;
	return 0;
}

/* --- all --- */

static int
place_folders(int to, struct contents *c, struct err *e)
{
	for (size_t i = 0; i < c->paths.n; i++) {
		struct owned *o = c->paths.entries[i].value;

		if (o->kind != 'd' || o->there)
			continue;
		if (mkdirat(to, o->path.s, 0755) < 0 || fchmodat(to, o->path.s, 0755, 0) < 0)
			return err_sys(e, "making the folder %s", o->path.s);
		o->there = true;
	}
	return 0;
}

static bool
missing(const struct owned *o)
{
	return o->kind != 'd' && !o->twin && !o->there;
}

static int
place_package(const struct root *r, struct arena *a, int to, struct contents *c, size_t index, bool *no_clone,
	      struct err *e)
{
	struct contents_package *pkg = &c->packages.v[index];
	struct place p = {r, NULL, c->live.s, -1, to, no_clone};
	AUTO_FD tree = -1;
	size_t first = 0;
	const char *path;

	while (first < pkg->v.n && !missing(pkg->v.v[first]))
		first++;
	if (first == pkg->v.n)
		return 0;
	p.output = contents_output(r, a, c, pkg->v.v[first], e);
	if (!p.output || root_tree(r, a, p.output, &path, e) < 0)
		return -1;
	tree = fs_open_dir(AT_FDCWD, path, e);
	if (tree < 0)
		return -1;
	p.tree = tree;
	for (size_t i = first; i < pkg->v.n; i++)
		if (missing(pkg->v.v[i]) && place_one(&p, pkg->v.v[i], e) < 0)
			return -1;
	return 0;
}

int
live_place(const struct root *r, struct arena *a, int to, struct contents *c, struct err *e)
{
	bool no_clone = false;

	if (place_folders(to, c, e) < 0)
		return -1;
	for (size_t i = 0; i < c->packages.n; i++)
		if (place_package(r, a, to, c, i, &no_clone, e) < 0) {
			struct str name = c->packages.v[i].name;

			return err_note(e, "while linking " STR_FMT " into the switch", STR_ARG(name));
		}
	return 0;
}

/* --- comparing --- */

static int
stored_bytes(const struct root *r, struct arena *a, const struct output *output, const struct owned *o,
	     struct str *out, struct err *e)
{
	struct store_entry entry;

	if (o->blob)
		return store_blob_read(r->store, a, o->blob, out, e);
	if (store_tree_find(r->store, a, &output->files, o->path.s, &entry, e) < 0)
		return -1;
	return store_blob_read(r->store, a, &entry.id, out, e);
}

bool
live_same_bytes(const struct root *r, struct arena *a, struct contents *c, const struct owned *o, int dirfd,
		const char *name)
{
	struct str stored, want, is = {0};
	struct err e;
	struct arena own = {0};
	const struct output *output = contents_output(r, a, c, o, &e);
	bool same = false;

	if (!output || stored_bytes(r, &own, output, o, &stored, &e) < 0 ||
	    to_live(&own, output, o->path, stored, c->live.s, &want, &e) < 0)
		goto out;
	if (o->kind == 'l')
		is = str_of(fs_readlink(&own, dirfd, name, &e));
	else if (fs_read(&own, dirfd, name, 0, &is, &e) < 0)
		goto out;
	same = str_eq(is, want);
out:
	arena_free(&own);
	return same;
}

int
live_stored(struct arena *a, const struct output *o, struct str path, struct str live_bytes,
	    const char *live_prefix, struct str *out, struct err *e)
{
	const struct output_held *held = output_held(o, path);

	*out = live_bytes;
	if (!held)
		return 0;
	if (prefix_to_stored(a, live_bytes, held->offsets, held->n, held->binary, live_prefix, out, e) < 0)
		return err_note(e, "in " STR_FMT, STR_ARG(path));
	return 0;
}
