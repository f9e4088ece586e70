/* What packages put into a prefix, from the store or from the prefix's own list, and their conflicts. */
#include "switch/assemble.h"

#include <string.h>

#include "base/path.h"

enum { LIST_MAX = 256 << 20 };
static const char list_file[] = ".pkg/files", header[] = "pkg-files 1";

/* opam's folders stand in every prefix and belong to no package. */
static const char *const skeleton[] = {"bin",   "sbin", "lib", "lib/stublibs", "lib/toplevel",
				       "share", "etc",  "doc", "man"};

/* --- paths --- */

struct owned *
contents_find(const struct contents *c, struct str path)
{
	return map_get(&c->paths, path);
}

static struct owned *
new_owned(struct arena *a, struct str path, char kind, uint32_t owner)
{
	struct owned *o = arena_new(a, struct owned);

	o->path = str_dup(a, path);
	o->kind = kind;
	o->owner = owner;
	return o;
}

static struct str
owner_name(const struct contents *c, const struct owned *o)
{
	return o->owner == NO_OWNER ? STR("every switch") : c->packages.v[o->owner].name;
}

static int
conflict(const struct contents *c, const struct owned *was, const struct owned *o, const char *how,
	 struct err *e)
{
	struct str a = owner_name(c, was), b = owner_name(c, o);

	err_set(e, ERR_BUILD, "%s: " STR_FMT " and " STR_FMT " both install it, %s", was->path.s, STR_ARG(a),
		STR_ARG(b), how);
	return err_hint(e, "only one of the two can be installed");
}

/* The folders above a path; the entry that is there and is no folder, or NULL. */
static struct owned *
add_folders(struct arena *a, struct contents *c, struct str path, uint32_t owner)
{
	struct str dir = path_dir(path);
	struct owned *above, *blocked;

	if (str_is(dir, "."))
		return NULL;
	if (c->folder && str_eq(c->folder->path, dir))
		return NULL;
	above = contents_find(c, dir);
	if (!above) {
		blocked = add_folders(a, c, dir, owner);
		if (blocked)
			return blocked;
		above = new_owned(a, dir, 'd', owner);
		map_set(&c->paths, above->path, above);
	}
	if (above->kind != 'd')
		return above;
	c->folder = above;
	return NULL;
}

static int
blob_of(const struct root *r, struct arena *a, const struct contents *c, const struct owned *o,
	struct oid *blob, unsigned *mode, struct err *e)
{
	struct store_entry entry;

	if (o->blob) {
		*blob = *o->blob;
		*mode = o->mode;
		return 0;
	}
	if (store_tree_find(r->store, a, &c->packages.v[o->owner].output.files, o->path.s, &entry, e) < 0)
		return -1;
	*blob = entry.id;
	*mode = entry.mode;
	return 0;
}

/* A path that is there already: fine when both are folders, or files with the same bytes. */
static int
meet(const struct root *r, struct arena *a, const struct contents *c, struct owned *was, struct owned *o,
     struct err *e)
{
	struct oid blob[2];
	unsigned mode[2];

	if (was->kind == 'd' && o->kind == 'd')
		return 0;
	if ((was->kind == 'd') != (o->kind == 'd'))
		return conflict(c, was, o, "as a folder and as a file", e);
	if (blob_of(r, a, c, was, &blob[0], &mode[0], e) < 0 ||
	    blob_of(r, a, c, o, &blob[1], &mode[1], e) < 0)
		return err_note(e, "while comparing the files of two packages");
	if (!oid_eq(&blob[0], &blob[1]))
		return conflict(c, was, o, "with other bytes", e);
	if (mode[0] != mode[1])
		return conflict(c, was, o, "with another mode", e);
	o->twin = was;
	return 0;
}

static int
add(const struct root *r, struct arena *a, struct contents *c, struct owned *o, struct err *e)
{
	struct contents_package *p = &c->packages.v[o->owner];
	struct owned *was = contents_find(c, o->path), *blocked;

	vec_push(a, &p->v, o);
	if (was)
		return meet(r, a, c, was, o, e);
	blocked = add_folders(a, c, o->path, o->owner);
	if (blocked)
		return conflict(c, blocked, o, "as a folder and as a file", e);
	map_set(&c->paths, o->path, o);
	return 0;
}

static void
add_skeleton(struct arena *a, struct contents *c)
{
	for (size_t i = 0; i < COUNT_OF(skeleton); i++) {
		struct owned *o = new_owned(a, str_of(skeleton[i]), 'd', NO_OWNER);

		map_set(&c->paths, o->path, o);
	}
}

struct contents
contents_new(struct arena *a, struct str live)
{
	struct contents c = {.paths = map_new(a), .live = live};

	add_skeleton(a, &c);
	return c;
}

/* --- from the list of a prefix --- */

static bool
read_package(struct arena *a, struct str record, struct contents *c)
{
	struct contents_package p = {0};
	struct str id;

	record = str_sub(record, 2, record.n);
	if (!str_cut(&record, ' ', &id) || !oid_of(id, &p.output.id))
		return false;
	p.name = record;
	vec_push(a, &c->packages, p);
	return record.n > 0;
}

/* The list was canonical when it was written: the first of two owners of a path holds it. */
static bool
read_entry(struct arena *a, const struct list_entry *entry, struct contents *c)
{
	uint32_t owner = (uint32_t)c->packages.n - 1;
	struct owned *o = arena_new(a, struct owned), *was;

	*o = (struct owned){.path = entry->path, .kind = entry->kind, .mark = entry->mark, .owner = owner};
	vec_push(a, &c->packages.v[owner].v, o);
	was = contents_find(c, o->path);
	if (was) {
		o->twin = o->kind == 'd' ? NULL : was;
		return true;
	}
	if (add_folders(a, c, o->path, owner))
		return false;
	map_set(&c->paths, o->path, o);
	return true;
}

bool
contents_read(struct arena *a, int prefix, struct contents *out)
{
	struct str text, record;
	struct list_entry entry;
	struct err e;

	if (fs_read(a, prefix, list_file, LIST_MAX, &text, &e) < 0 || !list_next(&text, &record) ||
	    !str_is(record, header) || !list_next(&text, &record))
		return false;
	*out = contents_new(a, record);
	while (list_next(&text, &record)) {
		if (str_starts(record, "P ")) {
			if (!read_package(a, record, out))
				return false;
		} else if (!out->packages.n || !list_parse(record, &entry) || !read_entry(a, &entry, out)) {
			return false;
		}
	}
	return text.n == 0;
}

int
contents_write(struct arena *a, int prefix, const struct contents *c, struct err *e)
{
	struct buf b = buf_new(a);

	list_add_text(&b, STR(header));
	list_add_text(&b, c->live);
	for (size_t i = 0; i < c->packages.n; i++) {
		const struct contents_package *p = &c->packages.v[i];

		buf_printf(&b, "P %s ", p->output.id.hex);
		list_add_text(&b, p->name);
		for (size_t k = 0; k < p->v.n; k++) {
			const struct owned *o = p->v.v[k], *real = o->twin ? o->twin : o;
			struct list_entry entry = {.kind = o->kind, .mark = real->mark, .path = o->path};

			list_add(&b, &entry);
		}
	}
	return fs_write(prefix, list_file, buf_str(&b), 0644, false, e);
}

/* --- from the store --- */

struct collect {
	const struct root *r;
	struct arena *a;
	struct contents *c;
};

/* Also what comes from a cache of another machine must stay in the prefix, and out of its .pkg. */
static bool
usable(struct str path)
{
	struct str rest = path, name;

	if (path_under(path, STR(".pkg")))
		return false;
	while (str_cut(&rest, '/', &name))
		if (!name.n || str_is(name, ".") || str_is(name, ".."))
			return false;
	return path.n && path.s[0] != '/';
}

static int
collect_one(void *ctx, const char *path, unsigned mode, const struct oid *id, struct err *e)
{
	struct collect *x = ctx;
	uint32_t owner = (uint32_t)x->c->packages.n - 1;
	struct oid *blob = arena_new(x->a, struct oid);
	struct owned *o;

	if (!usable(str_of(path)) || (mode != MODE_FILE && mode != MODE_EXEC && mode != MODE_LINK))
		return err_set(e, ERR_BUILD, "the package " STR_FMT " installs %s, which is refused",
			       STR_ARG(x->c->packages.v[owner].name), path);
	o = new_owned(x->a, str_of(path), mode == MODE_LINK ? 'l' : 'f', owner);
	*blob = *id;
	o->mode = mode;
	o->blob = blob;
	return add(x->r, x->a, x->c, o, e);
}

static int
collect_tree(struct collect *x, const struct output *output, struct err *e)
{
	if (oid_is(&output->files) && store_tree_walk(x->r->store, &output->files, collect_one, x, e) < 0)
		return -1;
	for (size_t i = 0; i < output->empty_dir_count; i++) {
		struct str dir = output->empty_dirs[i];

		if (!usable(dir))
			return err_set(e, ERR_BUILD,
				       "an output makes the folder " STR_FMT ", which is refused",
				       STR_ARG(dir));
		if (add(x->r, x->a, x->c, new_owned(x->a, dir, 'd', (uint32_t)x->c->packages.n - 1), e) < 0)
			return -1;
	}
	return 0;
}

/* The package of base with this name and output, or NULL. */
static const struct contents_package *
same_package(const struct map *by_name, const struct live_package *p)
{
	const struct contents_package *was = map_get(by_name, p->name);

	return was && oid_eq(&was->output.id, &p->output.id) ? was : NULL;
}

static int
take_over(struct collect *x, const struct contents_package *was, struct err *e)
{
	for (size_t i = 0; i < was->v.n; i++) {
		struct owned *o = was->v.v[i];

		o->owner = (uint32_t)x->c->packages.n - 1;
		o->twin = NULL;
		if (add(x->r, x->a, x->c, o, e) < 0)
			return -1;
	}
	return 0;
}

int
contents_of_state(const struct root *r, struct arena *a, const struct live_state *state,
		  struct contents *base, struct contents *out, struct err *e)
{
	struct map by_name = map_new(a);
	struct collect x = {r, a, out};

	for (size_t i = 0; base && i < base->packages.n; i++)
		map_set(&by_name, base->packages.v[i].name, &base->packages.v[i]);
	for (size_t i = 0; i < state->n; i++) {
		const struct live_package *p = &state->packages[i];
		const struct contents_package *was = same_package(&by_name, p);
		struct contents_package own = {.name = p->name, .output = p->output, .loaded = true};

		if (!oid_is(&p->output.id))
			continue;
		vec_push(a, &out->packages, own);
		if ((was ? take_over(&x, was, e) : collect_tree(&x, &p->output, e)) < 0)
			return -1;
	}
	return 0;
}

const struct output *
contents_output(const struct root *r, struct arena *a, struct contents *c, const struct owned *o,
		struct err *e)
{
	struct contents_package *p;
	struct output whole;

	if (o->owner == NO_OWNER) {
		err_set(e, ERR_BUG, "%s has no owner", o->path.s);
		return NULL;
	}
	p = &c->packages.v[o->owner];
	if (!p->loaded) {
		if (output_read(r->store, a, &p->output.id, &whole, e) < 0)
			return NULL;
		p->output = whole;
		p->loaded = true;
	}
	return &p->output;
}
