/* What a prefix holds beside the files of its packages: found, and carried over into the next one.
 * Nothing that a user has made or changed is lost: it is linked, under another name where a package
 * needs its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "switch/assemble.h"
#include "switch/scan.h"

enum { SHOWN = 5, SAVES_MAX = 1000, RECENT = 100 * 1000 * 1000 /* ns */ };

/* --- finding --- */

struct find {
	const struct root *r;
	struct arena *a;
	struct contents *c;
	struct strays *out;
	int64_t recent; /* what has this time or a later one may change again within the same tick */
};

static int
add_stray(struct find *f, const struct scan_entry *x, const struct stat *st, bool changed)
{
	struct stray s = {.path = str_dup(f->a, x->path),
			  .mode = st->st_mode,
			  .ino = (uint64_t)st->st_ino,
			  .changed = changed};

	vec_push(f->a, &f->out->v, s);
	return 0;
}

static void
find_folder(void *ctx, struct str path, const struct stat *st)
{
	struct find *f = ctx;
	struct list_entry entry = {.kind = 'd', .mark = list_mark_of(st), .path = str_dup(f->a, path)};

	if (entry.mark.mtime >= f->recent)
		entry.mark.ino = 0;
	vec_push(f->a, &f->out->folders, entry);
}

static int
find_one(void *ctx, const struct scan_entry *x, struct err *e)
{
	struct find *f = ctx;
	struct owned *o = contents_find(f->c, x->path);
	char kind = list_kind_of(x->type);
	struct stat st;

	if (str_is(x->path, ".pkg"))
		return 1;
	if (kind == 'd' && o && o->kind == 'd')
		return 0;
	if (!kind) {
		report_text(f->r->report, REPORT_WARN, STR(""),
			    "%s is a socket, FIFO or device, and stays behind", x->path.s);
		return 0;
	}
	if (fstatat(x->dirfd, x->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "looking at %s", x->path.s);
	if (!o || o->kind == 'd' || kind == 'd')
		return add_stray(f, x, &st, false);
	o->there = o->kind == kind && list_mark_same(&o->mark, &st);
	/* Marks also differ in a prefix that was restored from a backup, so the bytes decide. */
	if (o->there || (o->kind == kind && live_same_bytes(f->r, f->a, f->c, o, x->dirfd, x->name)))
		return 0;
	return add_stray(f, x, &st, true);
}

static int
by_path(const void *a, const void *b)
{
	return str_cmp(((const struct stray *)a)->path, ((const struct stray *)b)->path);
}

int
live_strays(const struct root *r, struct arena *a, int from, struct contents *c, struct strays *out,
	    struct err *e)
{
	struct find f = {r, a, c, out, 0};
	struct scan scan = {find_one, find_folder, &f};
	struct timespec now;

	*out = (struct strays){.paths = map_new(a)};
	clock_gettime(CLOCK_REALTIME, &now);
	f.recent = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - RECENT;
	if (scan_prefix(from, &scan, e) < 0)
		return err_note(e, "while looking for files that no package owns");
	if (out->v.n > 1)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), by_path);
	for (size_t i = 0; i < out->v.n; i++)
		map_set(&out->paths, out->v.v[i].path, &out->v.v[i]);
	return 0;
}

/* --- carrying over --- */

struct carry {
	const struct root *r;
	struct arena *a;
	int from, to;
	struct contents *c;
	struct buf shown; /* the first few names of files under their own name */
	size_t made, files;
};

/* The path with the name of a package's file above it changed: nothing can be put under a file. */
static struct str
free_path(struct carry *x, struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		struct str above = str_sub(path, 0, i), below = str_sub(path, i, path.n);
		const struct owned *o = path.s[i] == '/' ? contents_find(x->c, above) : NULL;

		if (o && o->kind != 'd')
			return str_printf(x->a, STR_FMT ".pkg-save" STR_FMT, STR_ARG(above), STR_ARG(below));
	}
	return path;
}

/* Where a stray goes; *save: its own place is taken. Empty: nowhere, the package has the same. */
static struct str
target_of(struct carry *x, const struct stray *s, bool *save)
{
	struct str path = free_path(x, s->path);
	const struct owned *o = contents_find(x->c, path);
	char kind = list_kind_of(s->mode);

	*save = s->changed || (o && (kind != 'd' || o->kind != 'd'));
	if (o && !s->changed && kind == o->kind && kind != 'd' &&
	    live_same_bytes(x->r, x->a, x->c, o, x->from, s->path.s))
		return STR("");
	return path;
}

static bool
same_file(int dirfd, const char *path, const struct stray *s)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && (uint64_t)st.st_ino == s->ino;
}

/* Whether the saved copy of a file that is there under its own name: so after a way back. */
static bool
saved_again(const struct carry *x, const struct stray *s)
{
	struct str path = s->path;
	struct arena a = {0};
	bool same;

	if (!str_ends(path, ".pkg-save"))
		return false;
	path.n -= sizeof(".pkg-save") - 1;
	same = same_file(x->to, str_c(&a, path), s);
	arena_free(&a);
	return same;
}

/* Where links are not possible. */
static int
copy_stray(struct carry *x, const struct stray *s, const char *target, struct err *e)
{
	struct stat st;
	AUTO_FD to = -1;
	AUTO_FD from = -1;

	if (S_ISLNK(s->mode)) {
		const char *link = fs_readlink(x->a, x->from, s->path.s, e);

		if (!link)
			return -1;
		return symlinkat(link, x->to, target) < 0 ? err_sys(e, "making the link %s", target) : 0;
	}
	from = fs_open_file(x->from, s->path.s, &st, e);
	if (from < 0)
		return -1;
	to = openat(x->to, target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return err_sys(e, "making %s", target);
	if (fs_copy_fd(from, to, e) < 0)
		return -1;
	if (fchmod(to, st.st_mode & 07777) < 0 ||
	    futimens(to, (struct timespec[2]){st.st_atim, st.st_mtim}) < 0)
		return err_sys(e, "setting mode and time of %s", target);
	return 0;
}

/* 1: there is something of that name. */
static int
link_stray(struct carry *x, const struct stray *s, const char *target, struct err *e)
{
	int rc = linkat(x->from, s->path.s, x->to, target, 0);

	if (rc < 0 && errno == ENOENT) {
		const char *dir = str_c(x->a, path_dir(str_of(target)));

		/* It went away meanwhile, or its folder belonged to a package that is no more. */
		if (!fs_exists(x->from, s->path.s))
			return 0;
		if (fs_mkdirs(x->to, dir, 0755, e) < 0)
			return -1;
		rc = linkat(x->from, s->path.s, x->to, target, 0);
	}
	if (rc == 0) {
		x->made++;
		return 0;
	}
	if (errno == EEXIST)
		return 1;
	if (errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP)
		return err_sys(e, "carrying over %s", s->path.s);
	if (fs_exists(x->to, target))
		return 1;
	x->made++;
	return copy_stray(x, s, target, e);
}

/* Under NAME.pkg-save, or NAME.pkg-save.2 and so on when there is one already. */
static int
save_stray(struct carry *x, const struct stray *s, struct str path, struct err *e)
{
	for (unsigned i = 1; i < SAVES_MAX; i++) {
		const char *name = arena_printf(x->a, i > 1 ? STR_FMT ".pkg-save.%u" : STR_FMT ".pkg-save",
						STR_ARG(path), i);
		int rc = link_stray(x, s, name, e);

		if (rc < 0)
			return -1;
		if (rc > 0 && same_file(x->to, name, s))
			return 0;
		if (rc > 0)
			continue;
		report_text(x->r->report, REPORT_WARN, STR(""), "%s %s; yours is kept as %s", s->path.s,
			    s->changed ? "was changed" : "is now installed by a package", name);
		return 0;
	}
	return err_set(e, ERR_SYSTEM, "%s has too many saved copies", s->path.s);
}

/* Another file has the place of one that no package owns: the user has made it anew meanwhile. */
static int
replace_stray(struct carry *x, const struct stray *s, struct err *e)
{
	const char *temp = arena_printf(x->a, "%s.pkg-tmp", s->path.s);

	if (fs_is_dir(x->to, s->path.s))
		return save_stray(x, s, s->path, e);
	if (fs_remove(x->to, temp, e) < 0 || link_stray(x, s, temp, e) < 0)
		return -1;
	if (renameat(x->to, temp, x->to, s->path.s) < 0)
		return err_sys(e, "carrying over %s", s->path.s);
	return 0;
}

static int
carry_folder(struct carry *x, const struct stray *s, struct str target, bool save, struct err *e)
{
	const char *path =
		save ? arena_printf(x->a, STR_FMT ".pkg-save", STR_ARG(target)) : str_c(x->a, target);
	struct stat st;

	if (fs_is_dir(x->to, path))
		return 0;
	if (fs_mkdirs(x->to, path, (s->mode & 07777) | 0700, e) < 0)
		return -1;
	if (fstatat(x->to, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "looking at %s", path);
	x->made++;
	return 0;
}

static int
carry_file(struct carry *x, const struct stray *s, struct str target, bool save, struct err *e)
{
	size_t before = x->made;
	int rc;

	if (save)
		return save_stray(x, s, target, e);
	rc = link_stray(x, s, str_c(x->a, target), e);
	if (rc > 0 && !same_file(x->to, str_c(x->a, target), s))
		rc = replace_stray(x, s, e);
	if (rc < 0)
		return -1;
	if (x->made > before && ++x->files <= SHOWN)
		buf_printf(&x->shown, "%s" STR_FMT, x->shown.n ? ", " : "", STR_ARG(target));
	return 0;
}

/* In the first pass what keeps its name, then what needs another: so an older save keeps its own. */
static int
pass(struct carry *x, struct strays *list, bool saves, struct err *e)
{
	for (size_t i = 0; i < list->v.n; i++) {
		const struct stray *s = &list->v.v[i];
		struct str target;
		bool save;
		int rc;

		if (s->there || saved_again(x, s))
			continue;
		target = target_of(x, s, &save);
		if (!target.n || save != saves)
			continue;
		rc = S_ISDIR(s->mode) ? carry_folder(x, s, target, save, e)
				      : carry_file(x, s, target, save, e);
		if (rc < 0)
			return err_note(e, "while carrying over what no package owns");
	}
	return 0;
}

/* Folders that their owner may not write, last. */
static void
restore_modes(struct carry *x, const struct strays *list)
{
	for (size_t i = list->v.n; i-- > 0;) {
		const struct stray *s = &list->v.v[i];

		if (S_ISDIR(s->mode) && (s->mode & 0700) != 0700 && !contents_find(x->c, s->path) &&
		    fchmodat(x->to, s->path.s, s->mode & 07777, 0) < 0)
			continue;
	}
}

int
live_carry(const struct root *r, struct arena *a, int from, int to, struct strays *s, struct contents *c,
	   bool again, size_t *made, struct err *e)
{
	struct carry x = {.r = r, .a = a, .from = from, .to = to, .c = c, .shown = buf_new(a)};

	if (pass(&x, s, false, e) < 0 || pass(&x, s, true, e) < 0)
		return -1;
	restore_modes(&x, s);
	if (x.files)
		report_text(r->report, REPORT_NOTE, STR(""), "%zu %s that no package owns %s kept%s: %s%s",
			    x.files, x.files == 1 ? "file" : "files", x.files == 1 ? "is" : "are",
			    again ? ", made meanwhile" : "", x.shown.s, x.files > SHOWN ? ", ..." : "");
	*made = x.made;
	return 0;
}
