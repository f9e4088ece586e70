/* Commits, their trailers, and how they hang together. */
#include "store/private.h"

#include <inttypes.h>
#include <string.h>

/* Git's own rule: no angle brackets, line ends or other control bytes, and no blanks, dots or commas
 * around a name. */
static void
add_clean(struct buf *b, struct str text)
{
	static const char crud[] = " .,:;\"\\'";
	size_t from = 0, end = text.n;

	while (from < end && strchr(crud, text.s[from]))
		from++;
	while (end > from && strchr(crud, text.s[end - 1]))
		end--;
	for (; from < end; from++)
		if ((unsigned char)text.s[from] >= 0x20 && !strchr("<>\x7f", text.s[from]))
			buf_addc(b, text.s[from]);
}

static void
add_sign(struct buf *b, const char *role, const struct store_sign *sign)
{
	unsigned offset = (unsigned)(sign->offset < 0 ? -sign->offset : sign->offset);
	size_t before;

	buf_printf(b, "%s ", role);
	before = b->n;
	add_clean(b, sign->name);
	if (b->n == before)
		buf_adds(b, "unknown");
	buf_adds(b, " <");
	add_clean(b, sign->email);
	buf_printf(b, "> %" PRId64 " %c%02u%02u\n", sign->time < 0 ? 0 : sign->time,
		   sign->offset < 0 ? '-' : '+', offset / 60 % 24, offset % 60);
}

int
store_commit_write(struct store *s, const struct store_commit *c, struct oid *out, struct err *e)
{
	SCRATCH a = {0};
	struct buf b = buf_new(&a);
	git_oid id;

	if (oid_to_git(&c->tree, &id, e) < 0)
		return err_note(e, "writing a commit");
	if (memchr(c->message.n ? c->message.s : "", '\0', c->message.n))
		return err_set(e, ERR_BUG, "the message of a commit holds a NUL byte");
	buf_printf(&b, "tree %s\n", c->tree.hex);
	for (size_t i = 0; i < c->parent_count; i++) {
		if (oid_to_git(&c->parents[i], &id, e) < 0)
			return err_note(e, "writing a commit");
		buf_printf(&b, "parent %s\n", c->parents[i].hex);
	}
	add_sign(&b, "author", &c->author);
	add_sign(&b, "committer", &c->committer);
	buf_addc(&b, '\n');
	buf_str_add(&b, c->message);
	return store_raw_write(s, STORE_COMMIT, buf_str(&b), out, e);
}

static struct store_sign
sign_of(struct arena *a, const git_signature *sign)
{
	if (!sign)
		return (struct store_sign){0};
	return (struct store_sign){
		.name = str_of(arena_strdup(a, sign->name)),
		.email = str_of(arena_strdup(a, sign->email)),
		.time = sign->when.time,
		.offset = sign->when.offset,
	};
}

int
store_commit_read(struct store *s, struct arena *a, const struct oid *id, struct store_commit *out,
		  struct err *e)
{
	AUTO(git_commit) commit = NULL;
	git_oid git;
	int rc;

	*out = (struct store_commit){0};
	if (oid_to_git(id, &git, e) < 0)
		return -1;
	rc = git_commit_lookup(&commit, s->git, &git);
	if (rc < 0)
		return git_fail(e, rc, "reading commit %s", id->hex);
	out->tree = oid_from_git(git_commit_tree_id(commit));
	out->parent_count = git_commit_parentcount(commit);
	out->parents = arena_array(a, struct oid, out->parent_count);
	for (size_t i = 0; i < out->parent_count; i++)
		out->parents[i] = oid_from_git(git_commit_parent_id(commit, (unsigned)i));
	out->author = sign_of(a, git_commit_author(commit));
	out->committer = sign_of(a, git_commit_committer(commit));
	out->message = str_of(arena_strdup(a, git_commit_message_raw(commit)));
	return 0;
}

int
store_commit_find(struct store *s, struct str prefix, struct oid *out, struct err *e)
{
	AUTO(git_object) found = NULL;
	git_oid id;
	int rc = prefix.n <= GIT_OID_HEXSZ ? git_oid_fromstrn(&id, prefix.s, prefix.n) : GIT_ENOTFOUND;

	if (rc == 0)
		rc = git_object_lookup_prefix(&found, s->git, &id, prefix.n, GIT_OBJECT_COMMIT);
	if (rc == GIT_EAMBIGUOUS)
		return err_set(e, ERR_USAGE, "several objects begin with " STR_FMT ": more digits are needed",
			       STR_ARG(prefix));
	if (rc < 0)
		return err_set(e, ERR_NOTFOUND, "there is no commit " STR_FMT " in the store",
			       STR_ARG(prefix));
	*out = oid_from_git(git_object_id(found));
	return 0;
}

/* Where the last paragraph begins. */
static size_t
last_paragraph(struct str text)
{
	for (size_t i = text.n; i >= 2; i--)
		if (text.s[i - 1] == '\n' && text.s[i - 2] == '\n')
			return i;
	return 0;
}

struct str
store_trailer(struct str message, const char *key)
{
	struct str text = str_trim(message), line, found = STR("");
	size_t n = strlen(key);

	text = str_sub(text, last_paragraph(text), text.n);
	while (str_cut(&text, '\n', &line))
		if (str_starts(line, key) && line.n > n && line.s[n] == ':')
			found = str_trim(str_sub(line, n + 1, line.n));
	return found;
}

int
store_peel(struct store *s, const struct oid *id, enum store_type want, struct oid *out, struct err *e)
{
	AUTO(git_object) object = NULL;
	AUTO(git_object) peeled = NULL;
	git_object_t type = want == STORE_TREE     ? GIT_OBJECT_TREE
			    : want == STORE_BLOB   ? GIT_OBJECT_BLOB
			    : want == STORE_COMMIT ? GIT_OBJECT_COMMIT
						   : GIT_OBJECT_ANY;
	git_oid git;
	int rc;

	if (oid_to_git(id, &git, e) < 0)
		return -1;
	rc = git_object_lookup(&object, s->git, &git, GIT_OBJECT_ANY);
	if (rc < 0)
		return git_fail(e, rc, "reading object %s", id->hex);
	rc = git_object_peel(&peeled, object, type);
	if (rc < 0)
		return err_set(e, ERR_PARSE, "object %s is a %s and leads to no %s", id->hex,
			       git_object_type2string(git_object_type(object)), git_object_type2string(type));
	*out = oid_from_git(git_object_id(peeled));
	return 0;
}

bool
store_descends(struct store *s, const struct oid *newer, const struct oid *older)
{
	git_oid a, b;

	if (git_oid_fromstr(&a, newer->hex) < 0 || git_oid_fromstr(&b, older->hex) < 0)
		return false;
	return git_oid_equal(&a, &b) || git_graph_descendant_of(s->git, &a, &b) == 1;
}
