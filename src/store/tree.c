/* Reading trees: entries, paths, and all that lies beneath. */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/proc.h"

bool
raw_tree_next(struct str *rest, struct raw_entry *out, bool *bad)
{
	ptrdiff_t blank, end;

	*bad = false;
	if (!rest->n)
		return false;
	*bad = true;
	blank = str_chr(*rest, ' ');
	if (blank < 5 || blank > 6)
		return false;
	out->mode_text = str_sub(*rest, 0, (size_t)blank);
	out->mode = 0;
	for (size_t i = 0; i < out->mode_text.n; i++) {
		if (out->mode_text.s[i] < '0' || out->mode_text.s[i] > '7')
			return false;
		out->mode = out->mode * 8 + (unsigned)(out->mode_text.s[i] - '0');
	}
	*rest = str_sub(*rest, (size_t)blank + 1, rest->n);
	end = str_chr(*rest, '\0');
	if (end < 0 || rest->n - (size_t)end < 21)
		return false;
	out->name = str_sub(*rest, 0, (size_t)end);
	out->id = rest->s + end + 1;
	*rest = str_sub(*rest, (size_t)end + 21, rest->n);
	*bad = false;
	return true;
}

/* Old trees have modes such as 0100664; Git knows five. 0: none of them. */
static unsigned
mode_of(unsigned raw)
{
	switch (raw & 0170000) {
	case 0100000:
		return raw & 0100 ? MODE_EXEC : MODE_FILE;
	case MODE_LINK:
	case MODE_DIR:
	case MODE_COMMIT:
		return raw & 0170000;
	}
	return 0;
}

int
store_tree_list(struct store *s, struct arena *a, const struct oid *tree, struct store_entries *out,
		struct err *e)
{
	struct str rest;
	struct raw_entry raw;
	bool bad;

	*out = (struct store_entries){0};
	if (store_tree_raw(s, a, tree, &rest, e) < 0)
		return -1;
	/* The names stay where they are: each ends in the NUL of the raw tree. */
	while (raw_tree_next(&rest, &raw, &bad)) {
		struct store_entry entry = {raw.name, mode_of(raw.mode), oid_from_raw(raw.id)};

		if (!entry.mode)
			return err_set(e, ERR_PARSE, "tree %s: mode %o is unknown", tree->hex, raw.mode);
		vec_push(a, out, entry);
	}
	return bad ? err_set(e, ERR_PARSE, "tree %s is malformed", tree->hex) : 0;
}

/* A folder with thousands of entries is asked for one after the other: it is read once. */
enum { INDEX_FROM = 4096 }; /* bytes */
struct tree_index {
	struct oid tree;
	struct arena a;
	struct map entries; /* name → struct raw_entry */
};

static void
index_free(struct tree_index *index)
{
	if (index)
		arena_free(&index->a);
	free(index);
}

void
store_tree_forget(struct store *s)
{
	for (size_t i = 0; i < COUNT_OF(s->indexes); i++) {
		index_free(s->indexes[i]);
		s->indexes[i] = NULL;
	}
}

static struct tree_index *
known_index(struct store *s, const struct oid *tree)
{
	for (size_t i = 0; i < COUNT_OF(s->indexes); i++) {
		struct tree_index *index = s->indexes[i];

		if (index && oid_eq(&index->tree, tree)) {
			memmove(&s->indexes[1], &s->indexes[0], i * sizeof(*s->indexes));
			s->indexes[0] = index;
			return index;
		}
	}
	return NULL;
}

/* Out of memory, or of a malformed tree: there is no index. */
static void
make_index(struct store *s, const struct oid *tree, struct str raw)
{
	struct tree_index *index = calloc(1, sizeof(*index));
	struct raw_entry entry;
	bool bad;

	if (!index)
		return;
	index->tree = *tree;
	index->entries = map_new(&index->a);
	raw = str_dup(&index->a, raw);
	while (raw_tree_next(&raw, &entry, &bad)) {
		struct raw_entry *kept = arena_new(&index->a, struct raw_entry);

		*kept = entry;
		if (!map_has(&index->entries, entry.name))
			map_set(&index->entries, entry.name, kept);
	}
	if (bad) {
		index_free(index);
		return;
	}
	index_free(s->indexes[COUNT_OF(s->indexes) - 1]);
	memmove(&s->indexes[1], &s->indexes[0], (COUNT_OF(s->indexes) - 1) * sizeof(*s->indexes));
	s->indexes[0] = index;
}

static int
found(const struct raw_entry *raw, struct store_entry *out)
{
	if (!raw)
		return 1;
	out->mode = mode_of(raw->mode);
	out->id = oid_from_raw(raw->id);
	return 0;
}

/* The entry of one name; 1: it is not there. */
static int
find_one(struct store *s, const struct oid *tree, struct str name, struct store_entry *out, struct err *e)
{
	const struct tree_index *index = known_index(s, tree);
	SCRATCH a = {0};
	struct raw_entry raw;
	struct str rest;
	bool bad;

	if (index)
		return found(map_get(&index->entries, name), out);
	if (store_tree_raw(s, &a, tree, &rest, e) < 0)
		return -1;
	if (rest.n >= INDEX_FROM)
		make_index(s, tree, rest);
	while (raw_tree_next(&rest, &raw, &bad))
		if (str_eq(raw.name, name))
			return found(&raw, out);
	return bad ? err_set(e, ERR_PARSE, "tree %s is malformed", tree->hex) : 1;
}

int
store_tree_find(struct store *s, struct arena *a, const struct oid *tree, const char *path,
		struct store_entry *out, struct err *e)
{
	struct str rest = str_of(path), name;
	struct store_entry at = {.mode = MODE_DIR, .id = *tree};
	int rc = 0;

	while (rc == 0 && str_cut(&rest, '/', &name)) {
		if (at.mode != MODE_DIR) {
			rc = 1;
			break;
		}
		at.name = name;
		rc = find_one(s, &at.id, name, &at, e);
	}
	if (rc < 0)
		return err_note(e, "looking for %s in tree %s", path, tree->hex);
	if (rc > 0)
		return err_set(e, ERR_NOTFOUND, "there is no %s in tree %s", path, tree->hex);
	*out = at;
	out->name = str_dup(a, at.name);
	return 0;
}

/* One folder on the way down; its entries live in its own arena, so that a walk keeps only the way. */
struct level {
	struct arena a;
	struct store_entries entries;
	size_t next, path_length;
};

struct tree_walk {
	struct store *s;
	struct arena a;
	struct level *levels;
	size_t depth;
	struct buf path;
};

static int
enter(struct tree_walk *w, const struct oid *tree, struct err *e)
{
	struct level *level = &w->levels[w->depth];

	if (w->depth == STORE_DEPTH_MAX)
		return err_set(e, ERR_PARSE, "folders more than %d deep", STORE_DEPTH_MAX);
	*level = (struct level){.path_length = w->path.n};
	w->depth++;
	return store_tree_list(w->s, &level->a, tree, &level->entries, e);
}

static int
step(struct tree_walk *w, store_visit *visit, void *ctx, struct err *e)
{
	struct level *level = &w->levels[w->depth - 1];
	const struct store_entry *entry;

	if (proc_interrupted)
		return err_set(e, ERR_INTERRUPTED, "interrupted");
	if (level->next == level->entries.n) {
		arena_free(&level->a);
		w->depth--;
		return 0;
	}
	entry = &level->entries.v[level->next++];
	buf_cut(&w->path, level->path_length);
	if (level->path_length)
		buf_addc(&w->path, '/');
	buf_str_add(&w->path, entry->name);
	if (entry->mode == MODE_DIR)
		return enter(w, &entry->id, e);
	return visit(ctx, w->path.s, entry->mode, &entry->id, e);
}

int
store_tree_walk(struct store *s, const struct oid *tree, store_visit *visit, void *ctx, struct err *e)
{
	struct tree_walk w = {.s = s};
	int rc;

	w.path = buf_new(&w.a);
	w.levels = arena_array(&w.a, struct level, STORE_DEPTH_MAX);
	rc = enter(&w, tree, e);
	while (rc == 0 && w.depth)
		rc = step(&w, visit, ctx, e);
	while (w.depth)
		arena_free(&w.levels[--w.depth].a);
	arena_free(&w.a);
	return rc < 0 ? -1 : 0;
}
