#include "build/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/utf8.h"
#include "build/elf.h"

enum { DEPTH_MAX = 100 };

struct reading {
	struct store *store;
	struct arena *a;
	const struct view *view;
	struct str package;
	struct opam_strings images;
	struct store_builder *tree;
	struct map needed;
	VEC(struct record_file) files;
	VEC(struct output_held) held;
	VEC(struct str) empty;
	VEC(struct record_image) found;
};

/* A folder of the view and the layers that have it, lowest first. */
struct place {
	const char *path; /* relative to the prefix, "" for the prefix itself */
	const size_t *layers;
	size_t n;
	bool whole; /* what is missing here was deleted: a copy, or an opaque folder */
	unsigned depth;
};

static const char *
in_upper(const struct reading *r, const char *path)
{
	return arena_printf(r->a, "%s/%s", r->view->upper, path);
}

static const char *
in_layer(const struct reading *r, size_t layer, const char *path)
{
	return arena_printf(r->a, "%s/%s", r->view->layers[layer].path, path);
}

/* The highest layer of a place that has path, or -1. */
static ptrdiff_t
owner_of(const struct reading *r, const struct place *p, const char *path, struct stat *st)
{
	for (size_t i = p->n; i-- > 0;)
		if (lstat(in_layer(r, p->layers[i], path), st) == 0)
			return (ptrdiff_t)p->layers[i];
	return -1;
}

static int
owned_by(const struct reading *r, ptrdiff_t layer, const char *path, const char *what, struct err *e)
{
	struct str owner = r->view->layers[layer].owner;

	if (!owner.n)
		return err_set(e, ERR_BUILD, STR_FMT " %s %s, a folder that every prefix has",
			       STR_ARG(r->package), what, path);
	return err_set(e, ERR_BUILD, STR_FMT " %s %s, which belongs to " STR_FMT, STR_ARG(r->package), what,
		       path, STR_ARG(owner));
}

/* --- contents --- */

/* The bytes of a file, mapped; free with unmap(). */
static int
map_file(const char *path, struct str *out, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *at;

	*out = STR("");
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "reading %s", path);
	if (!st.st_size)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_sys(e, "reading %s", path);
	*out = (struct str){at, (size_t)st.st_size};
	return 0;
}

static void
unmap(struct str bytes)
{
	if (bytes.n)
		munmap((void *)bytes.s, bytes.n);
}

static int
same_file(const char *path, const char *other, bool *same, struct err *e)
{
	struct str a, b;

	if (map_file(path, &a, e) < 0)
		return -1;
	if (map_file(other, &b, e) < 0) {
		unmap(a);
		return -1;
	}
	*same = str_eq(a, b);
	unmap(a);
	unmap(b);
	return 0;
}

/* Whether what stands at path in the upper folder is what the layer has there. */
static int
same_entry(const struct reading *r, const char *path, const struct stat *st, ptrdiff_t layer,
	   const struct stat *below, bool *same, struct err *e)
{
	const char *mine = in_upper(r, path), *theirs = in_layer(r, (size_t)layer, path);

	*same = false;
	if ((st->st_mode & S_IFMT) != (below->st_mode & S_IFMT) || st->st_size != below->st_size)
		return 0;
	if (S_ISLNK(st->st_mode)) {
		const char *a = fs_readlink(r->a, AT_FDCWD, mine, e);
		const char *b = a ? fs_readlink(r->a, AT_FDCWD, theirs, e) : NULL;

		if (!b)
			return -1;
		*same = str_is(str_of(a), b);
		return 0;
	}
	if ((st->st_mode & 0100) != (below->st_mode & 0100))
		return 0;
	return same_file(mine, theirs, same, e);
}

/* --- new entries --- */

static int
add_image(struct reading *r, const struct record_file *file, const struct prefix_hits *hits,
	  const struct elf *elf, struct err *e)
{
	struct record_image image = {
		.path = file->path, .sha256 = file->sha256, .build_id = elf->build_id, .size = file->size};

	if (hits->n || hits->unmovable)
		return err_set(e, ERR_BUILD, "the image " STR_FMT " of " STR_FMT " holds the build prefix%s",
			       STR_ARG(file->path), STR_ARG(r->package),
			       ": its bytes would depend on where it is built");
	vec_push(r->a, &r->found, image);
	return 0;
}

static bool
is_image(const struct reading *r, struct str path)
{
	for (size_t i = 0; i < r->images.n; i++)
		if (str_eq(r->images.v[i], path))
			return true;
	return false;
}

static int
add_bytes(struct reading *r, struct str path, unsigned mode, struct str bytes, struct err *e)
{
	struct record_file file = {.path = path, .mode = mode, .size = (int64_t)bytes.n};
	struct prefix_hits hits;
	struct elf elf = {0};
	struct oid id;

	if (!utf8_valid(path))
		return err_set(e, ERR_BUILD, STR_FMT " installs a file whose name is not UTF-8: " STR_FMT,
			       STR_ARG(r->package), STR_ARG(path));
	file.sha256 = str_of(digest_hex(r->a, DIGEST_SHA256, bytes));
	if (mode != MODE_LINK)
		elf_read(r->a, bytes, &elf);
	for (size_t i = 0; i < elf.needed_count; i++)
		if (!map_has(&r->needed, elf.needed[i]))
			map_set(&r->needed, str_dup(r->a, elf.needed[i]), r);
	if (prefix_scan(r->a, bytes, &hits) < 0)
		return err_set(e, ERR_BUILD, STR_FMT ": searching the build prefix failed", STR_ARG(path));
	if (is_image(r, path) && add_image(r, &file, &hits, &elf, e) < 0)
		return -1;
	if (hits.unmovable) {
		err_set(e, ERR_BUILD,
			STR_FMT " of " STR_FMT " cannot be moved: it holds a piece of the build prefix",
			STR_ARG(path), STR_ARG(r->package));
		return err_note(e, "at byte %llu, inside compressed content or a string stored in pieces",
				(unsigned long long)hits.piece);
	}
	if (hits.n) {
		struct output_held held = {path, hits.binary, hits.offsets, hits.n};

		vec_push(r->a, &r->held, held);
	}
	if (store_blob_write(r->store, bytes, &id, e) < 0)
		return err_note(e, "while keeping " STR_FMT, STR_ARG(path));
	store_builder_put(r->tree, path.s, mode, &id);
	vec_push(r->a, &r->files, file);
	return 0;
}

static int
add_entry(struct reading *r, const char *path, const struct stat *st, struct err *e)
{
	struct str name = str_of(path), bytes;
	int rc;

	if (S_ISLNK(st->st_mode)) {
		const char *target = fs_readlink(r->a, AT_FDCWD, in_upper(r, path), e);

		return target ? add_bytes(r, name, MODE_LINK, str_of(target), e) : -1;
	}
	if (!(st->st_mode & 0400) && chmod(in_upper(r, path), 0600) < 0)
		return err_sys(e, "reading %s", path);
	if (map_file(in_upper(r, path), &bytes, e) < 0)
		return -1;
	rc = add_bytes(r, name, st->st_mode & 0100 ? MODE_EXEC : MODE_FILE, bytes, e);
	unmap(bytes);
	return rc;
}

/* --- the walk --- */

static int read_place(struct reading *r, const struct place *p, struct err *e);

static int
refuse_kind(const struct reading *r, const char *path, mode_t mode, struct err *e)
{
	const char *what = S_ISFIFO(mode)   ? "a FIFO"
			   : S_ISSOCK(mode) ? "a socket"
			   : S_ISREG(mode)  ? "a setuid or setgid file"
					    : "a device";

	return err_set(e, ERR_BUILD, STR_FMT " installs %s, and %s is not allowed in a prefix",
		       STR_ARG(r->package), path, what);
}

static int
read_folder(struct reading *r, const struct place *p, const char *path, const char *name,
	    const struct stat *st, struct err *e)
{
	size_t *layers = arena_array(r->a, size_t, p->n);
	struct place inner = {path, layers, 0, p->whole, p->depth + 1};
	const char *dir = in_upper(r, p->path);
	struct stat below;
	ptrdiff_t owner = owner_of(r, p, path, &below);

	if (inner.depth > DEPTH_MAX)
		return err_set(e, ERR_BUILD, "%s: folders more than %d deep", path, DEPTH_MAX);
	if (owner >= 0 && !S_ISDIR(below.st_mode))
		return owned_by(r, owner, path, "replaces", e);
	for (size_t i = 0; i < p->n; i++)
		if (lstat(in_layer(r, p->layers[i], path), &below) == 0 && S_ISDIR(below.st_mode))
			layers[inner.n++] = p->layers[i];
	if ((st->st_mode & 0700) != 0700 && chmod(in_upper(r, path), 0700) < 0)
		return err_sys(e, "reading %s", path);
	if (!r->view->copy && inner.n) {
		AUTO_FD fd = fs_open_dir(AT_FDCWD, dir, e);

		if (fd < 0)
			return -1;
		inner.whole |= view_is_opaque(fd, name);
	}
	return read_place(r, &inner, e);
}

static int
read_entry(struct reading *r, const struct place *p, const char *name, struct err *e)
{
	const char *path = *p->path ? arena_printf(r->a, "%s/%s", p->path, name) : name;
	struct stat st, below;
	ptrdiff_t owner;
	bool same;

	if (lstat(in_upper(r, path), &st) < 0)
		return err_sys(e, "reading %s", path);
	if (S_ISDIR(st.st_mode))
		return read_folder(r, p, path, name, &st, e);
	owner = owner_of(r, p, path, &below);
	if (view_is_whiteout(&st))
		return owner > 0 ? owned_by(r, owner, path, "deletes", e) : 0;
	if (str_is(str_of(path), "share/info/dir"))
		return 0;
	if ((!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) || (S_ISREG(st.st_mode) && st.st_mode & 06000))
		return refuse_kind(r, path, st.st_mode, e);
	if (owner < 0)
		return add_entry(r, path, &st, e);
	if (same_entry(r, path, &st, owner, &below, &same, e) < 0)
		return -1;
	return same ? 0 : owned_by(r, owner, path, "changes", e);
}

/* Whatever a layer has in a folder must be there still; the skeleton's own are not missed. */
static int
find_missing(struct reading *r, const struct place *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		struct fs_entries entries;

		if (!p->layers[i])
			continue;
		if (fs_list(r->a, AT_FDCWD, in_layer(r, p->layers[i], p->path), &entries, e) < 0)
			return -1;
		for (size_t k = 0; k < entries.n; k++) {
			const char *path = *p->path ? arena_printf(r->a, "%s/%s", p->path, entries.v[k].name)
						    : entries.v[k].name;

			if (!fs_exists(AT_FDCWD, in_upper(r, path)))
				return owned_by(r, (ptrdiff_t)p->layers[i], path, "deletes", e);
		}
	}
	return 0;
}

static int
read_place(struct reading *r, const struct place *p, struct err *e)
{
	struct fs_entries entries;

	if (fs_list(r->a, AT_FDCWD, in_upper(r, p->path), &entries, e) < 0)
		return -1;
	if (p->whole && find_missing(r, p, e) < 0)
		return -1;
	if (!entries.n && !p->n && *p->path)
		vec_push(r->a, &r->empty, str_of(p->path));
	for (size_t i = 0; i < entries.n; i++)
		if (read_entry(r, p, entries.v[i].name, e) < 0)
			return -1;
	return 0;
}

/* --- the result --- */

static int
by_path(const void *a, const void *b)
{
	return str_cmp(((const struct record_file *)a)->path, ((const struct record_file *)b)->path);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int
find_images(const struct reading *r, struct err *e)
{
	for (size_t i = 0; i < r->images.n; i++) {
		size_t k = 0;

		while (k < r->found.n && !str_eq(r->found.v[k].path, r->images.v[i]))
			k++;
		if (k == r->found.n)
			return err_set(e, ERR_BUILD,
				       STR_FMT " names the image " STR_FMT " and does not install it",
				       STR_ARG(r->package), STR_ARG(r->images.v[i]));
	}
	return 0;
}

static void
fill(struct reading *r, struct changes *out)
{
	struct str *needed = arena_array(r->a, struct str, r->needed.n);

	for (size_t i = 0; i < r->needed.n; i++)
		needed[i] = r->needed.entries[i].key;
	if (r->needed.n)
		qsort(needed, r->needed.n, sizeof(*needed), by_text);
	if (r->files.n)
		qsort(r->files.v, r->files.n, sizeof(*r->files.v), by_path);
	out->needed = (struct opam_strings){needed, r->needed.n};
	out->files = r->files.v;
	out->file_count = r->files.n;
	out->images = r->found.v;
	out->image_count = r->found.n;
	out->output.held = r->held.v;
	out->output.held_count = r->held.n;
	out->output.empty_dirs = r->empty.v;
	out->output.empty_dir_count = r->empty.n;
}

int
changes_read(struct store *s, struct arena *a, const struct view *v, struct str package,
	     struct opam_strings images, struct changes *out, struct err *e)
{
	struct reading r = {.store = s,
			    .a = a,
			    .view = v,
			    .package = package,
			    .images = images,
			    .tree = store_builder_new(s, a, NULL),
			    .needed = map_new(a)};
	size_t *layers = arena_array(a, size_t, v->n);
	struct place top = {"", layers, v->n, v->copy, 0};

	*out = (struct changes){0};
	for (size_t i = 0; i < v->n; i++)
		layers[i] = i;
	if (read_place(&r, &top, e) < 0 || find_images(&r, e) < 0)
		return -1;
	if (r.files.n && store_builder_write(r.tree, &out->output.files, e) < 0) {
		e->code = e->code == ERR_PARSE ? ERR_BUILD : e->code;
		return err_note(e, "while keeping the files of " STR_FMT, STR_ARG(package));
	}
	fill(&r, out);
	return 0;
}
