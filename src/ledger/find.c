/* From an image's sha256 to the state that it was deployed from: every commit of every ledger, live
 * or removed, newest first. A folder of images that was looked at is not looked at again, so commits
 * that changed no image cost one read each. */
#include <string.h>

#include "base/map.h"
#include "ledger/private.h"

/* A ledger on the way back through its history. */
struct trail {
	struct ledger_ref ledger;
	struct oid at;
	struct store_commit info;
	bool done;
};

static int
look_at(struct store *s, struct arena *a, struct trail *t, const struct oid *commit, struct map *seen,
	struct err *e)
{
	/* Ledgers share their beginning where a switch was copied. */
	if (map_has(seen, oid_str(commit))) {
		t->done = true;
		return 0;
	}
	t->at = *commit;
	map_set(seen, str_dup(a, oid_str(commit)), seen);
	return store_commit_read(s, a, commit, &t->info, e);
}

static struct trail *
newest(struct trail *trails, size_t n)
{
	struct trail *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!trails[i].done && (!best || trails[i].info.committer.time > best->info.committer.time))
			best = &trails[i];
	return best;
}

/* 0 and the blob of images/<sha256>.json, or 1. */
static int
find_in(struct store *s, struct arena *a, const struct oid *tree, const char *name, struct map *seen,
	struct oid *blob, struct err *e)
{
	struct store_entry images, entry;
	struct err why = {0};

	if (store_tree_find(s, a, tree, "images", &images, &why) < 0)
		goto missing;
	if (map_has(seen, oid_str(&images.id)))
		return 1;
	map_set(seen, str_dup(a, oid_str(&images.id)), seen);
	if (store_tree_find(s, a, &images.id, name, &entry, &why) < 0)
		goto missing;
	*blob = entry.id;
	return 0;
missing:
	if (why.code == ERR_NOTFOUND)
		return 1;
	*e = why;
	return -1;
}

static int
read_image(struct store *s, struct arena *a, const struct trail *t, const struct oid *blob,
	   struct ledger_image *out, struct err *e)
{
	json_value *doc;
	struct str text;

	if (store_blob_read(s, a, blob, &text, e) < 0)
		return -1;
	doc = json_parse(text, "image", e);
	if (!doc)
		return err_note(e, "while reading an image of the state %s", t->at.hex);
	*out = (struct ledger_image){
		.ledger = t->ledger,
		.commit = t->at,
		.package = json_dup(a, doc, "package"),
		.version = json_dup(a, doc, "version"),
		.path = json_dup(a, doc, "path"),
		.sha256 = json_dup(a, doc, "sha256"),
		.build_id = json_dup(a, doc, "build-id"),
		.input_id = json_dup(a, doc, "input-id"),
		.size = json_int(doc, "size"),
	};
	json_free(doc);
	return 0;
}

int
ledger_find_image(struct store *s, struct arena *a, struct str sha256, struct ledger_image *out,
		  struct err *e)
{
	struct map commits = map_new(a), folders = map_new(a);
	const char *name = arena_printf(a, STR_FMT ".json", STR_ARG(sha256));
	struct ledger_refs all;
	struct trail *trails, *t;

	if (ledger_all(s, a, &all, e) < 0)
		return -1;
	trails = arena_array(a, struct trail, all.n);
	for (size_t i = 0; i < all.n; i++) {
		trails[i].ledger = all.v[i];
		if (look_at(s, a, &trails[i], &all.v[i].commit, &commits, e) < 0)
			return err_note(e, "in the ledger of " STR_FMT, STR_ARG(all.v[i].name));
	}
	while ((t = newest(trails, all.n))) {
		struct oid blob;
		int rc = find_in(s, a, &t->info.tree, name, &folders, &blob, e);

		if (rc == 0)
			return read_image(s, a, t, &blob, out, e);
		if (rc < 0)
			return err_note(e, "in the state %s", t->at.hex);
		if (!t->info.parent_count)
			t->done = true;
		else if (look_at(s, a, t, &t->info.parents[0], &commits, e) < 0)
			return err_note(e, "in the ledger of " STR_FMT, STR_ARG(t->ledger.name));
	}
	return err_set(e, ERR_NOTFOUND, "no state of any switch has an image with the sha256 " STR_FMT,
		       STR_ARG(sha256));
}
