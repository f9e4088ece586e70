/* Ids, and objects as bytes. */
#include "store/private.h"

#include <string.h>

const struct oid OID_EMPTY_TREE = {"4b825dc642cb6eb9a060e54bf8d69288fbee4904"};

bool
oid_eq(const struct oid *a, const struct oid *b)
{
	return strcmp(a->hex, b->hex) == 0;
}

bool
oid_of(struct str text, struct oid *out)
{
	*out = (struct oid){0};
	if (text.n != 40)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.s[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
			*out = (struct oid){0};
			return false;
		}
		out->hex[i] = c;
	}
	return true;
}

struct oid
oid_from_git(const git_oid *id)
{
	struct oid out;

	git_oid_tostr(out.hex, sizeof(out.hex), id);
	return out;
}

struct oid
oid_from_raw(const char raw[20])
{
	static const char digits[] = "0123456789abcdef";
	struct oid out = {0};

	for (size_t i = 0; i < 20; i++) {
		out.hex[2 * i] = digits[(unsigned char)raw[i] >> 4];
		out.hex[2 * i + 1] = digits[raw[i] & 15];
	}
	return out;
}

void
oid_to_raw(const struct oid *id, char raw[20])
{
	memset(raw, 0, 20);
	for (size_t i = 0; i < 40 && id->hex[i]; i++) {
		char c = id->hex[i];
		unsigned digit = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15;

		raw[i / 2] = (char)((unsigned char)raw[i / 2] | digit << (i % 2 ? 0 : 4));
	}
}

int
oid_to_git(const struct oid *id, git_oid *out, struct err *e)
{
	if (git_oid_fromstr(out, id->hex) < 0 || strlen(id->hex) != 40)
		return err_set(e, ERR_BUG, "'%s' is not an object id", id->hex);
	return 0;
}

static bool
quiet_id(const struct oid *id, git_oid *out)
{
	return oid_is(id) && git_oid_fromstr(out, id->hex) == 0;
}

bool
store_has(struct store *s, const struct oid *id)
{
	git_oid git;

	return quiet_id(id, &git) && git_odb_exists(s->odb, &git);
}

static enum store_type
type_of(git_object_t type)
{
	switch (type) {
	case GIT_OBJECT_BLOB:
		return STORE_BLOB;
	case GIT_OBJECT_TREE:
		return STORE_TREE;
	case GIT_OBJECT_COMMIT:
		return STORE_COMMIT;
	case GIT_OBJECT_TAG:
		return STORE_TAG;
	default:
		return STORE_NONE;
	}
}

static git_object_t
type_to_git(enum store_type type)
{
	static const git_object_t types[] = {
		[STORE_NONE] = GIT_OBJECT_INVALID, [STORE_BLOB] = GIT_OBJECT_BLOB,
		[STORE_TREE] = GIT_OBJECT_TREE,    [STORE_COMMIT] = GIT_OBJECT_COMMIT,
		[STORE_TAG] = GIT_OBJECT_TAG,
	};

	return types[type];
}

enum store_type
store_type(struct store *s, const struct oid *id)
{
	git_oid git;
	git_object_t type;
	size_t size;

	if (!quiet_id(id, &git) || git_odb_read_header(&size, &type, s->odb, &git) < 0)
		return STORE_NONE;
	return type_of(type);
}

int
store_size(struct store *s, const struct oid *id, uint64_t *size, struct err *e)
{
	git_object_t type;
	git_oid git;
	size_t n;
	int rc;

	if (oid_to_git(id, &git, e) < 0)
		return -1;
	rc = git_odb_read_header(&n, &type, s->odb, &git);
	if (rc < 0)
		return git_fail(e, rc, "reading object %s", id->hex);
	*size = n;
	return 0;
}

int
store_raw_read(struct store *s, struct arena *a, const struct oid *id, enum store_type *type, struct str *out,
	       struct err *e)
{
	AUTO(git_odb_object) object = NULL;
	git_oid git;
	size_t n;
	int rc;

	if (oid_to_git(id, &git, e) < 0)
		return -1;
	rc = git_odb_read(&object, s->odb, &git);
	if (rc < 0)
		return git_fail(e, rc, "reading object %s", id->hex);
	n = git_odb_object_size(object);
	*type = type_of(git_odb_object_type(object));
	*out = (struct str){arena_strndup(a, git_odb_object_data(object), n), n};
	return 0;
}

static const char *
type_name(enum store_type type)
{
	return git_object_type2string(type_to_git(type));
}

static int
read_typed(struct store *s, struct arena *a, const struct oid *id, enum store_type want, struct str *out,
	   struct err *e)
{
	enum store_type type = STORE_NONE;

	if (store_raw_read(s, a, id, &type, out, e) < 0)
		return -1;
	if (type != want)
		return err_set(e, ERR_PARSE, "object %s is a %s, not a %s", id->hex, type_name(type),
			       type_name(want));
	return 0;
}

int
store_blob_read(struct store *s, struct arena *a, const struct oid *id, struct str *out, struct err *e)
{
	return read_typed(s, a, id, STORE_BLOB, out, e);
}

int
store_tree_raw(struct store *s, struct arena *a, const struct oid *tree, struct str *out, struct err *e)
{
	/* Git itself knows this one without having it. */
	if (oid_eq(tree, &OID_EMPTY_TREE)) {
		*out = STR("");
		return 0;
	}
	return read_typed(s, a, tree, STORE_TREE, out, e);
}

int
store_blob_write(struct store *s, struct str bytes, struct oid *out, struct err *e)
{
	return store_raw_write(s, STORE_BLOB, bytes, out, e);
}

/* libgit2 would look for the object twice, and list the folder of packs for each one that is new; so
 * the collecting backend is given it directly. */
static int
collect(struct store *s, const git_oid *id, git_object_t type, struct str bytes, struct err *e)
{
	int rc;

	if (store_collect_room(s, e) < 0)
		return -1;
	rc = s->collect->write(s->collect, id, bytes.n ? bytes.s : "", bytes.n, type);
	if (rc < 0)
		return git_fail(e, rc, "keeping an object of %zu bytes", bytes.n);
	s->collected[s->collected_count++] = *id;
	s->collected_bytes += bytes.n;
	return s->collected_bytes > STORE_COLLECT_MAX ? store_flush(s, e) : 0;
}

int
store_raw_write(struct store *s, enum store_type type, struct str bytes, struct oid *out, struct err *e)
{
	git_object_t kind = type_to_git(type);
	git_oid id;
	int rc;

	rc = git_odb_hash(&id, bytes.n ? bytes.s : "", bytes.n, kind);
	if (rc < 0)
		return git_fail(e, rc, "hashing an object of %zu bytes", bytes.n);
	*out = oid_from_git(&id);
	if (git_odb_exists_ext(s->odb, &id, GIT_ODB_LOOKUP_NO_REFRESH))
		return 0;
	return collect(s, &id, kind, bytes, e);
}
