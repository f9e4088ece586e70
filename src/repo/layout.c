#include "repo/layout.h"

#include <stdlib.h>

#include "base/buf.h"
#include "opam/version.h"

static void
add_place(struct arena *a, struct map *names, const struct layout_place *place)
{
	struct layout_place *copy = arena_new(a, struct layout_place), *last;

	*copy = *place;
	last = map_get(names, copy->name);
	if (!last) {
		map_set(names, copy->name, copy);
		return;
	}
	while (last->next)
		last = last->next;
	last->next = copy;
}

int
layout_read(struct store *s, struct arena *a, const struct oid *tree, struct layout *out, struct err *e)
{
	struct store_entries entries = {0};
	struct store_entry packages;

	*out = (struct layout){.names = map_new(a)};
	if (store_tree_find(s, a, tree, "packages", &packages, e) < 0 ||
	    store_tree_list(s, a, &packages.id, &entries, e) < 0)
		return -1;
	/* In Git's order "a.1" comes before the folder "a". */
	for (size_t i = 0; i < entries.n; i++) {
		struct layout_place place = {.name = entries.v[i].name, .folder = entries.v[i].id};

		if (entries.v[i].mode != MODE_DIR)
			continue;
		if (opam_name_valid(place.name) ||
		    opam_name_version_cut(entries.v[i].name, &place.name, &place.version))
			add_place(a, &out->names, &place);
	}
	return 0;
}

int
layout_definition(struct store *s, struct layout_version *v, bool *found, struct err *e)
{
	struct store_entries entries = {0};
	struct arena tmp = {0};

	*found = false;
	if (store_tree_list(s, &tmp, &v->folder, &entries, e) < 0) {
		arena_free(&tmp);
		return -1;
	}
	for (size_t i = 0; i < entries.n && !*found; i++) {
		*found = entries.v[i].mode != MODE_DIR && str_is(entries.v[i].name, "opam");
		v->definition = entries.v[i].id;
	}
	arena_free(&tmp);
	return 0;
}

int
layout_folders(struct store *s, struct arena *a, const struct layout_place *place,
	       struct layout_versions *out, struct err *e)
{
	struct store_entries entries = {0};
	struct layout_version v = {0};

	if (place->version.n) {
		v = (struct layout_version){place->version, place->folder, .flat = true};
		vec_push(a, out, v);
		return 0;
	}
	if (store_tree_list(s, a, &place->folder, &entries, e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		struct str name;

		if (entries.v[i].mode != MODE_DIR ||
		    !opam_name_version_cut(entries.v[i].name, &name, &v.version) ||
		    !str_eq(name, place->name))
			continue;
		v.folder = entries.v[i].id;
		vec_push(a, out, v);
	}
	return 0;
}

static int
newest_first(const void *left, const void *right)
{
	const struct layout_version *l = left, *r = right;
	int order = opam_version_cmp(r->version, l->version);

	if (!order)
		order = str_cmp(r->version, l->version);
	return order ? order : r->flat - l->flat;
}

void
layout_sort(struct layout_versions *list)
{
	size_t kept = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), newest_first);
	for (size_t i = 0; i < list->n; i++)
		if (!kept || !str_eq(list->v[kept - 1].version, list->v[i].version))
			list->v[kept++] = list->v[i];
	list->n = kept;
}

struct str
layout_path(struct arena *a, struct str name, struct str version, bool flat)
{
	struct buf b = {.a = a};

	buf_reserve(&b, sizeof("packages/") + 2 * name.n + version.n + 2);
	buf_adds(&b, "packages/");
	if (!flat) {
		buf_str_add(&b, name);
		buf_addc(&b, '/');
	}
	buf_str_add(&b, name);
	buf_addc(&b, '.');
	buf_str_add(&b, version);
	return buf_str(&b);
}
