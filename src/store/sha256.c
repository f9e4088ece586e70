/* The id that a tree has in Git's SHA-256 object format, computed from the SHA-1 store. */
#include "store/private.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/proc.h"

enum { RAW = 32 };

static int
hash_object(const char *type, struct str bytes, char hex[65])
{
	struct digest *d = digest_new(DIGEST_SHA256);
	char head[32], out[DIGEST_HEX_MAX + 1];
	int n = snprintf(head, sizeof(head), "%s %zu", type, bytes.n);

	digest_add(d, head, (size_t)n + 1);
	digest_add(d, bytes.s, bytes.n);
	digest_end(d, out);
	memcpy(hex, out, 65);
	return 0;
}

static unsigned
nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void
raw_of(const char hex[65], char raw[RAW])
{
	for (size_t i = 0; i < RAW; i++)
		raw[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

int
store_blob_sha256(struct store *s, struct arena *a, const struct oid *blob, char hex[65], struct err *e)
{
	SCRATCH own = {0};
	struct str bytes;

	(void)a;
	if (store_blob_read(s, &own, blob, &bytes, e) < 0)
		return -1;
	return hash_object("blob", bytes, hex);
}

static int hash_tree(struct store *s, const struct oid *tree, unsigned depth, char hex[65], struct err *e);

/* The 32 bytes that stand for an entry. */
static int
entry_id(struct store *s, const struct raw_entry *entry, unsigned depth, char raw[RAW], struct err *e)
{
	struct oid id = oid_from_raw(entry->id);
	char hex[65] = "";

	switch (entry->mode & 0170000) {
	case MODE_COMMIT:
		/* A submodule's commit has no id in the other format here: its SHA-1, filled up with
		 * zeros. Its tree is hashed where the submodule itself is recorded. */
		memset(raw, 0, RAW);
		memcpy(raw, entry->id, 20);
		return 0;
	case MODE_DIR:
		if (hash_tree(s, &id, depth + 1, hex, e) < 0)
			return -1;
		break;
	default:
		if (store_blob_sha256(s, NULL, &id, hex, e) < 0)
			return -1;
	}
	raw_of(hex, raw);
	return 0;
}

static int
hash_entries(struct store *s, struct str rest, unsigned depth, struct buf *out, struct err *e)
{
	struct raw_entry entry;
	char raw[RAW];
	bool bad;

	while (raw_tree_next(&rest, &entry, &bad)) {
		if (proc_interrupted)
			return err_set(e, ERR_INTERRUPTED, "hashing a tree: interrupted");
		if (entry_id(s, &entry, depth, raw, e) < 0)
			return -1;
		buf_str_add(out, entry.mode_text);
		buf_addc(out, ' ');
		buf_str_add(out, entry.name);
		buf_addc(out, '\0');
		buf_add(out, raw, RAW);
	}
	return bad ? err_set(e, ERR_PARSE, "a malformed tree") : 0;
}

static void
remember(struct store *s, const struct oid *tree, const char hex[65])
{
	map_set(&s->sha256, str_of(arena_strdup(&s->memory, tree->hex)), arena_strndup(&s->memory, hex, 64));
}

static int
hash_tree(struct store *s, const struct oid *tree, unsigned depth, char hex[65], struct err *e)
{
	const char *known = map_get(&s->sha256, oid_str(tree));
	SCRATCH a = {0};
	struct buf out = buf_new(&a);
	struct str raw;

	if (known) {
		memcpy(hex, known, 65);
		return 0;
	}
	if (depth > STORE_DEPTH_MAX)
		return err_set(e, ERR_PARSE, "folders more than %d deep", STORE_DEPTH_MAX);
	if (store_tree_raw(s, &a, tree, &raw, e) < 0 || hash_entries(s, raw, depth, &out, e) < 0)
		return err_note(e, "hashing tree %s", tree->hex);
	hash_object("tree", buf_str(&out), hex);
	remember(s, tree, hex);
	return 0;
}

int
store_tree_sha256(struct store *s, struct arena *a, const struct oid *tree, char hex[65], struct err *e)
{
	(void)a;
	return hash_tree(s, tree, 0, hex, e);
}
