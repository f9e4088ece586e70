/* Making the next prefix beside the live one. Nothing here is seen by anybody until live_commit(): a
 * process killed at any point leaves a .prev that shows no state, or one of no history, and the next
 * one throws that away. */
#include "switch/live.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "switch/assemble.h"
#include "switch/scan.h"

static const char generation[] = ".pkg/generation", watch[] = ".pkg/watch";
enum { WATCH_MAX = 256 << 20 };

char *
live_file(struct arena *a, const char *name, const char *suffix)
{
	return arena_printf(a, "switches/.%s.%s", name, suffix);
}

struct oid
live_shows(const struct root *r, const char *path)
{
	struct arena a = {0};
	struct oid id = {0};
	struct str text;
	struct err e;

	if (fs_read(&a, r->fd, path_join(&a, path, generation), 4096, &text, &e) < 0 ||
	    !oid_of(str_trim(text), &id))
		id = (struct oid){0};
	arena_free(&a);
	return id;
}

/* From here on the prefix shows nothing, also after a power cut. */
static int
forget_generation(const struct root *r, const char *path, struct err *e)
{
	struct arena a = {0};
	const char *meta = path_join(&a, path, ".pkg"), *file = path_join(&a, path, generation);
	int rc = 0;

	if (unlinkat(r->fd, file, 0) == 0)
		rc = fs_sync_dir(r->fd, meta, e);
	else if (errno != ENOENT && errno != ENOTDIR)
		rc = err_sys(e, "removing %s", file);
	arena_free(&a);
	return rc;
}

int
live_drop(const struct root *r, const char *path, struct err *e)
{
	return forget_generation(r, path, e) < 0 ? -1 : fs_remove(r->fd, path, e);
}

/* --- the base: the prefix before the live one --- */

/* Whether .prev shows a state of this history, and says what is in it. */
static bool
read_base(const struct root *r, struct arena *a, const char *prev, const char *live, const struct oid *now,
	  struct contents *base, struct err *e)
{
	struct oid shown = live_shows(r, prev);
	AUTO_FD fd = -1;

	if (!oid_is(&shown) || !oid_is(now) || !store_descends(r->store, now, &shown))
		return false;
	fd = fs_open_dir(r->fd, prev, e);
	return fd >= 0 && contents_read(a, fd, base) && str_is(base->live, live);
}

struct clean {
	struct contents *next, *was;
	struct strays *strays;
};

/* A file of both prefixes that is the same one was looked at in the live prefix. */
static bool
unchanged(const struct clean *x, const struct owned *o, const struct scan_entry *entry)
{
	const struct owned *live = contents_find(x->was, entry->path);
	struct stat st;

	if (live && live->there && live->mark.ino == o->mark.ino && entry->ino == o->mark.ino &&
	    live->mark.mtime == o->mark.mtime && live->mark.size == o->mark.size)
		return true;
	return fstatat(entry->dirfd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       list_mark_same(&o->mark, &st);
}

/* The flag of what has this path in the next prefix in the same form, or NULL. */
static bool *
keeper(const struct clean *x, const struct scan_entry *entry)
{
	struct owned *o = contents_find(x->next, entry->path);
	bool dir = S_ISDIR(entry->type);
	struct stray *s;

	if (o)
		return o->kind == list_kind_of(entry->type) && (dir || unchanged(x, o, entry)) ? &o->there
											       : NULL;
	s = map_get(&x->strays->paths, entry->path);
	if (!s || s->changed || S_ISDIR(s->mode) != dir || (!dir && s->ino != entry->ino))
		return NULL;
	return &s->there;
}

/* Removes what neither the next state nor a stray has. */
static int
clean_one(void *ctx, const struct scan_entry *entry, struct err *e)
{
	const struct clean *x = ctx;
	bool *there, dir = S_ISDIR(entry->type);

	if (dir && str_is(entry->path, ".pkg"))
		return 1;
	there = keeper(x, entry);
	if (there) {
		*there = true;
		return 0;
	}
	return fs_remove(entry->dirfd, entry->name, e) < 0 ? -1 : dir;
}

/* --- the next prefix --- */

struct assembly {
	const struct root *r;
	struct arena *a;
	const char *name, *prev, *live;  /* prev relative to the root, live absolute */
	struct contents base, was, next; /* of .prev, of the live prefix, and what is to be */
	bool has_base;
	int fd;
};

/* What the live prefix holds of packages; without its own list, what its state says. */
static int
read_live(const struct assembly *x, int fd, const struct live_state *now, struct contents *out, struct err *e)
{
	if (contents_read(x->a, fd, out))
		return 0;
	*out = contents_new(x->a, str_of(x->live));
	return contents_of_state(x->r, x->a, now, NULL, out, e);
}

static int
start_prefix(struct assembly *x, struct strays *strays, struct err *e)
{
	struct clean clean = {&x->next, &x->was, strays};
	struct scan scan = {clean_one, NULL, &clean};

	if (!x->has_base && live_drop(x->r, x->prev, e) < 0)
		return -1;
	if (x->has_base && forget_generation(x->r, x->prev, e) < 0)
		return -1;
	if (fs_mkdirs(x->r->fd, path_join(x->a, x->prev, ".pkg"), 0755, e) < 0)
		return -1;
	x->fd = fs_open_dir(x->r->fd, x->prev, e);
	if (x->fd < 0)
		return -1;
	return x->has_base ? scan_prefix(x->fd, &scan, e) : 0;
}

/* What must look the same after the exchange if nothing came meanwhile: the folders of the live prefix,
 * and its files that are not the very same in the next one. */
static int
write_watch(struct assembly *x, const struct strays *strays, struct err *e)
{
	struct buf b = buf_new(x->a);

	for (size_t i = 0; i < strays->folders.n; i++)
		list_add(&b, &strays->folders.v[i]);
	for (size_t i = 0; i < x->was.paths.n; i++) {
		const struct owned *o = x->was.paths.entries[i].value,
				   *next = contents_find(&x->next, o->path);
		struct list_entry entry = {.kind = o->kind, .mark = o->mark, .path = o->path};

		if (o->kind != 'd' && o->there && !(next && next->mark.ino == o->mark.ino))
			list_add(&b, &entry);
	}
	return fs_write(x->fd, watch, buf_str(&b), 0644, false, e);
}

/* The sync comes last: from then on the prefix may be made live. */
static int
finish_prefix(struct assembly *x, const struct oid *commit, struct err *e)
{
	struct str text = str_printf(x->a, "%s\n", commit->hex);

	if (contents_write(x->a, x->fd, &x->next, e) < 0 ||
	    fs_write(x->fd, generation, text, 0644, false, e) < 0 || fs_sync_all(x->r->fd, e) < 0)
		return -1;
	for (size_t i = 0; i < x->next.packages.n; i++)
		root_tree_synced(x->r, &x->next.packages.v[i].output.id);
	return 0;
}

static int
assemble(struct assembly *x, const struct live_state *now, const struct live_state *next, struct err *e)
{
	struct strays strays = {.paths = map_new(x->a)};
	size_t made;
	AUTO_FD live = openat(x->r->fd, arena_printf(x->a, "switches/%s", x->name),
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (live < 0 && errno != ENOENT)
		return err_sys(e, "opening %s", x->live);
	/* All that can be refused is refused before .prev is touched. */
	x->was = x->next = contents_new(x->a, str_of(x->live));
	x->was.paths = map_new(x->a);
	if (contents_of_state(x->r, x->a, next, x->has_base ? &x->base : NULL, &x->next, e) < 0)
		return -1;
	if (live >= 0 && (read_live(x, live, now, &x->was, e) < 0 ||
			  live_strays(x->r, x->a, live, &x->was, &strays, e) < 0))
		return -1;
	if (start_prefix(x, &strays, e) < 0 || live_place(x->r, x->a, x->fd, &x->next, e) < 0)
		return -1;
	if (live >= 0 && live_carry(x->r, x->a, live, x->fd, &strays, &x->next, false, &made, e) < 0)
		return -1;
	if (live >= 0 && write_watch(x, &strays, e) < 0)
		return -1;
	return finish_prefix(x, &next->commit, e);
}

int
live_prepare(const struct root *r, struct arena *a, const char *name, const struct live_state *now,
	     const struct live_state *next, struct err *e)
{
	struct assembly x = {.r = r, .a = a, .name = name, .prev = live_file(a, name, "prev"), .fd = -1};
	struct err why;
	int rc;

	x.live = switch_prefix(r, a, name);
	if (switch_name_ok(name, e) < 0 || prefix_live_ok(x.live, e) < 0)
		return -1;
	if (!oid_is(&next->commit))
		return err_set(e, ERR_BUG, "the next state of %s has no commit", name);
	if (!oid_is(&now->commit) && fs_exists(r->fd, arena_printf(a, "switches/%s", name))) {
		err_set(e, ERR_CONFIG, "%s is in the way: the store knows no switch of that name", x.live);
		return err_hint(e, "move it away, or choose another name");
	}
	x.has_base = read_base(r, a, x.prev, x.live, &now->commit, &x.base, &why);
	rc = assemble(&x, now, next, e);
	if (x.fd >= 0)
		close(x.fd);
	return rc < 0 ? err_note(e, "while making the next prefix of the switch %s", name) : 0;
}

/* --- after the exchange --- */

/* Whether all in the old prefix is as live_prepare() saw it, by the list in the new one. */
static bool
all_quiet(struct arena *a, int live, int old)
{
	struct list_entry entry;
	struct str text, record;
	struct stat st;
	struct err e;

	if (fs_read(a, live, watch, WATCH_MAX, &text, &e) < 0 || !text.n)
		return false;
	while (list_next(&text, &record))
		if (!list_parse(record, &entry) || fstatat(old, entry.path.s, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !list_mark_same(&entry.mark, &st))
			return false;
	return text.n == 0;
}

/* Both lists were written by us and are read from disk, so recovery can do this too. A prefix without
 * list had none to lose from: all its files went through live_prepare(). */
int
live_rescan(const struct root *r, struct arena *a, const char *name, bool quick, struct err *e)
{
	struct contents was, is;
	struct strays strays;
	size_t made = 0;
	AUTO_FD old = -1;
	AUTO_FD live = fs_open_dir(r->fd, arena_printf(a, "switches/%s", name), e);

	if (live < 0)
		return -1;
	old = openat(r->fd, live_file(a, name, "prev"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (old < 0 || (quick && all_quiet(a, live, old)) || !contents_read(a, old, &was) ||
	    !contents_read(a, live, &is))
		return 0;
	/* The comparison of bytes needs outputs, which contents_output() reads by their ids. */
	if (live_strays(r, a, old, &was, &strays, e) < 0 ||
	    live_carry(r, a, old, live, &strays, &is, true, &made, e) < 0)
		return -1;
	return made ? fs_sync_all(r->fd, e) : 0;
}
