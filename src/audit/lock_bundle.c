#include <stdlib.h>

#include "audit/lock.h"
#include "base/map.h"
#include "base/vec.h"

struct bundle {
	struct store *store;
	struct arena *a;
	struct map seen; /* ids */
	VEC(struct lock_object) objects;
	struct err *e;
};

static int
add(struct bundle *b, const struct oid *id)
{
	struct lock_object o = {.id = *id};
	struct str key = str_dup(b->a, oid_str(id));

	if (!oid_is(id) || map_has(&b->seen, key))
		return 0;
	map_set(&b->seen, key, b);
	if (store_raw_read(b->store, b->a, id, &o.type, &o.bytes, b->e) < 0)
		return -1;
	vec_push(b->a, &b->objects, o);
	return 0;
}

/* A tree with all beneath it; the depth of a source tree is limited by its import. */
static int
add_tree(struct bundle *b, const struct oid *tree)
{
	struct store_entries entries = {0};

	if (add(b, tree) < 0 || store_tree_list(b->store, b->a, tree, &entries, b->e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		const struct store_entry *entry = &entries.v[i];

		if (entry->mode == MODE_COMMIT)
			continue;
		if (entry->mode == MODE_DIR ? add_tree(b, &entry->id) < 0 : add(b, &entry->id) < 0)
			return -1;
	}
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return str_cmp(oid_str(&((const struct lock_object *)a)->id),
		       oid_str(&((const struct lock_object *)b)->id));
}

int
lock_bundle(struct store *s, struct arena *a, struct lock *lock, struct err *e)
{
	struct bundle b = {.store = s, .a = a, .seen = map_new(a), .e = e};

	for (size_t i = 0; i < lock->state.record_count; i++) {
		const struct record *r = &lock->state.records[i];

		if (add(&b, &r->definition) < 0)
			return -1;
		for (size_t j = 0; j < r->extra_count; j++)
			if (add(&b, &r->extras[j].id) < 0)
				return -1;
		if (r->source.class != SOURCE_REPO)
			continue;
		if (add(&b, &r->source.repo_commit) < 0 || add_tree(&b, &r->source.tree) < 0)
			return -1;
		for (size_t j = 0; j < r->source.tree_chain_count; j++)
			if (add(&b, &r->source.tree_chain[j]) < 0)
				return -1;
	}
	for (size_t i = 0; i < lock->state.repo_count; i++)
		if (add(&b, &lock->state.repos[i].commit) < 0)
			return -1;
	if (b.objects.n)
		qsort(b.objects.v, b.objects.n, sizeof(*b.objects.v), by_id);
	lock->objects = b.objects.v;
	lock->object_count = b.objects.n;
	return 0;
}
