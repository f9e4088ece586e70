/* Outputs checked out into trees/<id>/files, and the check that they are still what they were: live
 * prefixes share their files, so who writes into one in place writes here too. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "store/tree.h"
#include "switch/assemble.h"

enum { LIST_MAX = 256 << 20 };
static const char header[] = "pkg-tree 1 ";

/* What was not synced may be torn after a crash of the machine: a tree of an earlier start of it
 * counts only with the mark that root_tree_synced() sets. */
static struct str
boot_id(struct arena *a)
{
	struct str id = {0};
	struct err e;

	if (fs_read(a, AT_FDCWD, "/proc/sys/kernel/random/boot_id", 256, &id, &e) < 0)
		return STR("unknown");
	return str_trim(id);
}

/* --- the check --- */

/* Empty when all is as listed; else the path of what is not. */
static const char *
first_change(struct arena *a, int files, struct str rest)
{
	struct list_entry entry;
	struct str record;
	struct stat st;

	while (list_next(&rest, &record)) {
		const char *path;

		if (!list_parse(record, &entry))
			return "list";
		path = entry.path.s; /* ends in the NUL of its record */
		if (fstatat(files, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !list_mark_same(&entry.mark, &st) ||
		    entry.mark.mode != (st.st_mode & 07777) || list_kind_of(st.st_mode) != entry.kind)
			return arena_strdup(a, path);
	}
	return rest.n ? "list" : "";
}

enum tree_state { TREE_GOOD, TREE_MISSING, TREE_CHANGED };

static enum tree_state
check_tree(const struct root *r, const char *tree, bool say)
{
	struct arena a = {0};
	enum tree_state state = TREE_MISSING;
	struct str text, record;
	const char *changed;
	struct err e;
	AUTO_FD files = -1;
	AUTO_FD dir = openat(r->fd, tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return TREE_MISSING;
	files = openat(dir, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (files < 0 || fs_read(&a, dir, "list", LIST_MAX, &text, &e) < 0 || !list_next(&text, &record) ||
	    !str_starts(record, header))
		goto out;
	record = str_sub(record, sizeof(header) - 1, record.n);
	if (!str_eq(record, boot_id(&a)) && !fs_exists(dir, "synced"))
		goto out;
	changed = first_change(&a, files, text);
	state = *changed ? TREE_CHANGED : TREE_GOOD;
	if (*changed && say)
		report_text(r->report, REPORT_WARN, STR(""),
			    "%s/%s was changed in place (%s); it is made anew from the store", r->path, tree,
			    changed);
out:
	arena_free(&a);
	return state;
}

/* --- checkout --- */

struct listing {
	struct buf text;
};

static int
list_one(void *ctx, const char *path, const struct stat *st, int dirfd, const char *name, struct err *e)
{
	struct listing *l = ctx;
	struct list_entry entry = {.kind = list_kind_of(st->st_mode), .mark = list_mark_of(st)};

	(void)dirfd;
	(void)name;
	(void)e;
	entry.path = str_of(*path ? path : ".");
	if (entry.kind)
		list_add(&l->text, &entry);
	return 0;
}

/* The times that making the empty folders has changed are set again, deepest first. */
static int
make_empty_dirs(struct arena *a, const struct output *o, int files, struct err *e)
{
	const struct timespec times[2] = {{.tv_sec = TREE_TIME}, {.tv_sec = TREE_TIME}};

	for (size_t i = 0; i < o->empty_dir_count; i++)
		if (fs_mkdirs(files, str_c(a, o->empty_dirs[i]), 0755, e) < 0)
			return -1;
	for (size_t i = 0; i < o->empty_dir_count; i++)
		for (struct str dir = o->empty_dirs[i];; dir = path_dir(dir)) {
			if (utimensat(files, str_c(a, dir), times, AT_SYMLINK_NOFOLLOW) < 0)
				return err_sys(e, "setting the time of " STR_FMT, STR_ARG(dir));
			if (str_is(dir, "."))
				break;
		}
	return 0;
}

/* Makes the whole of trees/<id> in the folder tmp. */
static int
check_out(const struct root *r, struct arena *a, const struct output *o, const char *tmp, struct err *e)
{
	const char *files = path_join(a, tmp, "files");
	struct listing l = {.text = buf_new(a)};
	AUTO_FD fd = -1;

	if (fs_remove(r->fd, tmp, e) < 0 || fs_mkdirs(r->fd, files, 0755, e) < 0)
		return -1;
	if (oid_is(&o->files) && store_tree_export(r->store, &o->files, r->fd, files, TREE_TIME, e) < 0)
		return -1;
	fd = fs_open_dir(r->fd, files, e);
	if (fd < 0 || make_empty_dirs(a, o, fd, e) < 0)
		return -1;
	list_add_text(&l.text, str_printf(a, "%s" STR_FMT, header, STR_ARG(boot_id(a))));
	if (fs_walk(r->fd, files, list_one, &l, e) < 0)
		return -1;
	return fs_write(r->fd, path_join(a, tmp, "list"), buf_str(&l.text), 0644, false, e);
}

/* Only for the holder of the lock "trees". */
static int
replace_tree(const struct root *r, struct arena *a, const struct output *o, const char *tree, struct err *e)
{
	const char *tmp = arena_printf(a, "%s.tmp", tree);

	if (check_out(r, a, o, tmp, e) < 0) {
		fs_remove(r->fd, tmp, &(struct err){0});
		return -1;
	}
	if (!fs_exists(r->fd, tree))
		return fs_rename_new(r->fd, tmp, tree, e);
	if (fs_exchange(r->fd, tmp, tree, e) < 0)
		return -1;
	return fs_remove(r->fd, tmp, e);
}

int
root_tree(const struct root *r, struct arena *a, const struct output *o, const char **path, struct err *e)
{
	const char *tree = arena_printf(a, "trees/%s", o->id.hex);
	struct fs_lock lock;
	int rc = 0;

	*path = arena_printf(a, "%s/%s/files", r->path, tree);
	if (!oid_is(&o->id))
		return err_set(e, ERR_BUG, "an output without id was to be checked out");
	if (check_tree(r, tree, false) == TREE_GOOD)
		return 0;
	if (root_lock(r, a, "trees", &lock, e) < 0)
		return -1;
	/* Somebody else may have made it while we waited. */
	if (check_tree(r, tree, true) != TREE_GOOD)
		rc = replace_tree(r, a, o, tree, e);
	fs_unlock(&lock);
	return rc < 0 ? err_note(e, "while checking out the output %s", o->id.hex) : 0;
}

void
root_tree_synced(const struct root *r, const struct oid *id)
{
	struct arena a = {0};
	int fd = openat(r->fd, arena_printf(&a, "trees/%s/synced", id->hex),
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd >= 0)
		close(fd);
	arena_free(&a);
}
