/* Composing trees: changes over a base are noted, and carried out when the tree is written; of the
 * base only the folders on the way to a change are read. */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* A folder or file of the new tree. */
struct node {
	struct str name;
	unsigned mode; /* 0: removed */
	struct oid id;
	bool loaded; /* children hold all entries; id does not count any more */
	struct map children;
};

struct change {
	struct str path;
	unsigned mode; /* 0: remove */
	struct oid id;
};

struct store_builder {
	struct store *s;
	struct arena *a;
	struct oid base;
	struct {
		struct change *v;
		size_t n, room;
	} changes;
};

struct store_builder *
store_builder_new(struct store *s, struct arena *a, const struct oid *base)
{
	struct store_builder *b = arena_new(a, struct store_builder);

	b->s = s;
	b->a = a;
	b->base = base && oid_is(base) ? *base : OID_EMPTY_TREE;
	return b;
}

void
store_builder_put(struct store_builder *b, const char *path, unsigned mode, const struct oid *id)
{
	struct change change = {str_of(arena_strdup(b->a, path)), mode, *id};

	vec_push(b->a, &b->changes, change);
}

int
store_builder_put_text(struct store_builder *b, const char *path, struct str text, struct err *e)
{
	struct oid id;

	if (store_blob_write(b->s, text, &id, e) < 0)
		return err_note(e, "writing %s", path);
	store_builder_put(b, path, MODE_FILE, &id);
	return 0;
}

void
store_builder_remove(struct store_builder *b, const char *path)
{
	struct change change = {.path = str_of(arena_strdup(b->a, path))};

	vec_push(b->a, &b->changes, change);
}

static struct node *
add_child(struct store_builder *b, struct node *parent, struct str name)
{
	struct node *node = arena_new(b->a, struct node);

	node->name = name;
	map_set(&parent->children, name, node);
	return node;
}

static int
load(struct store_builder *b, struct node *node, struct err *e)
{
	struct store_entries entries;

	if (node->loaded)
		return 0;
	node->children = map_new(b->a);
	node->loaded = true;
	if (store_tree_list(b->s, b->a, &node->id, &entries, e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		struct node *child = add_child(b, node, entries.v[i].name);

		child->mode = entries.v[i].mode;
		child->id = entries.v[i].id;
	}
	return 0;
}

static void
become(struct node *node, unsigned mode, const struct oid *id)
{
	*node = (struct node){.name = node->name, .mode = mode, .id = *id};
}

static int
carry_out(struct store_builder *b, struct node *root, const struct change *change, struct err *e)
{
	struct str rest = change->path, name;
	struct node *node = root, *child;
	unsigned depth = 0;

	while (str_cut(&rest, '/', &name)) {
		const char *fault = store_name_fault(name);

		if (fault)
			return err_set(e, ERR_PARSE, "%s: '" STR_FMT "'", fault, STR_ARG(change->path));
		if (++depth > STORE_DEPTH_MAX)
			return err_set(e, ERR_PARSE, "folders more than %d deep", STORE_DEPTH_MAX);
		if (load(b, node, e) < 0)
			return -1;
		child = map_get(&node->children, name);
		/* What is to be removed may be missing already. */
		if (!change->mode && (!child || (rest.n && child->mode != MODE_DIR)))
			return 0;
		if (!child)
			child = add_child(b, node, name);
		if (rest.n && child->mode != MODE_DIR)
			become(child, MODE_DIR, &OID_EMPTY_TREE);
		node = child;
	}
	if (node == root && change->mode != MODE_DIR)
		return err_set(e, ERR_BUG, "a change without a path in a tree");
	become(node, change->mode, &change->id);
	return 0;
}

static int write_node(struct store_builder *b, struct node *node, struct err *e);

/* Sets what the entry of child is; false: it has none. */
static int
entry_of(struct store_builder *b, struct node *child, struct store_entry *entry, bool *there, struct err *e)
{
	if (child->mode == MODE_DIR && write_node(b, child, e) < 0)
		return -1;
	*there = child->mode && !(child->mode == MODE_DIR && oid_eq(&child->id, &OID_EMPTY_TREE));
	*entry = (struct store_entry){child->name, child->mode, child->id};
	return 0;
}

static int
write_node(struct store_builder *b, struct node *node, struct err *e)
{
	struct store_entries entries = {0};
	struct store_entry entry;
	bool there;

	if (!node->loaded)
		return 0;
	for (size_t i = 0; i < node->children.n; i++) {
		if (entry_of(b, node->children.entries[i].value, &entry, &there, e) < 0)
			return -1;
		if (there)
			vec_push(b->a, &entries, entry);
	}
	return store_tree_write(b->s, &entries, &node->id, e);
}

int
store_builder_write(struct store_builder *b, struct oid *out, struct err *e)
{
	struct node root = {.mode = MODE_DIR, .id = b->base};

	for (size_t i = 0; i < b->changes.n; i++)
		if (carry_out(b, &root, &b->changes.v[i], e) < 0)
			return -1;
	/* Also the empty tree is written: Git takes it for granted, others need not. */
	if (load(b, &root, e) < 0 || write_node(b, &root, e) < 0)
		return -1;
	*out = root.id;
	return 0;
}

/* Git sorts a folder as if its name ended in a slash. */
static int
by_git_order(const void *pa, const void *pb)
{
	const struct store_entry *a = pa, *b = pb;
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int c = memcmp(a->name.s, b->name.s, n);
	int ca, cb;

	if (c)
		return c;
	ca = a->name.n > n ? (unsigned char)a->name.s[n] : a->mode == MODE_DIR ? '/' : 0;
	cb = b->name.n > n ? (unsigned char)b->name.s[n] : b->mode == MODE_DIR ? '/' : 0;
	return ca - cb;
}

int
store_tree_write(struct store *s, struct store_entries *entries, struct oid *out, struct err *e)
{
	SCRATCH a = {0};
	struct buf raw = buf_new(&a);
	git_oid id;

	if (entries->n)
		qsort(entries->v, entries->n, sizeof(*entries->v), by_git_order);
	for (size_t i = 0; i < entries->n; i++) {
		const struct store_entry *entry = &entries->v[i];

		buf_printf(&raw, "%o ", entry->mode);
		buf_str_add(&raw, entry->name);
		buf_addc(&raw, '\0');
		if (oid_to_git(&entry->id, &id, e) < 0)
			return err_note(e, "writing the tree entry " STR_FMT, STR_ARG(entry->name));
		buf_add(&raw, id.id, 20);
	}
	return store_raw_write(s, STORE_TREE, buf_str(&raw), out, e);
}
