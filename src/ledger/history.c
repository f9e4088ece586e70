/* What each transaction changed, by the folders of packages that differ. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "ledger/private.h"

/* The packages of one commit. */
struct packages {
	struct store_entries folders;
	struct map by_name; /* -> struct store_entry * */
};

static int
load(struct store *s, struct arena *a, const struct oid *tree, struct packages *out, struct err *e)
{
	*out = (struct packages){.by_name = map_new(a)};
	if (tree && state_folders(s, a, tree, &out->folders, e) < 0)
		return -1;
	for (size_t i = 0; i < out->folders.n; i++)
		map_set(&out->by_name, out->folders.v[i].name, &out->folders.v[i]);
	return 0;
}

/* Compares two folders of one name; either may be NULL. 1: nothing that history shows. */
static int
compare(struct store *s, struct arena *a, const struct store_entry *was, const struct store_entry *now,
	struct ledger_change *out, struct err *e)
{
	const struct store_entry *either = was ? was : now;
	struct record before = {0}, after = {0};

	if ((was && record_read(s, a, &was->id, &before, e) < 0) ||
	    (now && record_read(s, a, &now->id, &after, e) < 0))
		return -1;
	*out = (struct ledger_change){
		.name = either->name,
		.was = before.version,
		.now = after.version,
		.how = STR(""),
	};
	if (!was || !now || !str_eq(before.version, after.version))
		return 0;
	if (oid_eq(&before.output, &after.output) && oid_eq(&before.source.tree, &after.source.tree))
		return 1;
	out->how = STR("rebuilt");
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct ledger_change *)a)->name, ((const struct ledger_change *)b)->name);
}

static int
add_change(struct store *s, struct arena *a, const struct store_entry *was, const struct store_entry *now,
	   struct ledger_entry *entry, struct err *e)
{
	int rc;

	if (was && now && oid_eq(&was->id, &now->id))
		return 0;
	rc = compare(s, a, was, now, &entry->changes[entry->change_count], e);
	if (rc == 0)
		entry->change_count++;
	return rc < 0 ? -1 : 0;
}

static int
add_changes(struct store *s, struct arena *a, const struct packages *was, const struct packages *now,
	    struct ledger_entry *entry, struct err *e)
{
	entry->changes = arena_array(a, struct ledger_change, was->folders.n + now->folders.n);
	for (size_t i = 0; i < now->folders.n; i++) {
		const struct store_entry *one = &now->folders.v[i];

		if (add_change(s, a, map_get(&was->by_name, one->name), one, entry, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < was->folders.n; i++) {
		const struct store_entry *one = &was->folders.v[i];

		if (!map_has(&now->by_name, one->name) && add_change(s, a, one, NULL, entry, e) < 0)
			return -1;
	}
	if (entry->change_count > 1)
		qsort(entry->changes, entry->change_count, sizeof(*entry->changes), by_name);
	return 0;
}

int
ledger_history(struct store *s, struct arena *a, const struct oid *from, size_t max,
	       struct ledger_entry **out, size_t *n, struct err *e)
{
	VEC(struct ledger_entry) list = {0};
	struct ledger_entry entry = {.commit = *from};
	struct packages now, was;

	*out = NULL;
	*n = 0;
	if (store_commit_read(s, a, from, &entry.info, e) < 0 || load(s, a, &entry.info.tree, &now, e) < 0)
		return err_note(e, "while reading the history");
	for (;;) {
		bool first = entry.info.parent_count == 0;
		struct ledger_entry parent = {0};

		if (!first) {
			parent.commit = entry.info.parents[0];
			if (store_commit_read(s, a, &parent.commit, &parent.info, e) < 0)
				return err_note(e, "while reading the history");
		}
		if (load(s, a, first ? NULL : &parent.info.tree, &was, e) < 0 ||
		    add_changes(s, a, &was, &now, &entry, e) < 0)
			return err_note(e, "while reading what %s changed", entry.commit.hex);
		vec_push(a, &list, entry);
		if (first || (max && list.n == max))
			break;
		entry = parent;
		now = was;
	}
	*out = list.v;
	*n = list.n;
	return 0;
}
