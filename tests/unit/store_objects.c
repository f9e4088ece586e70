/* Objects, trees built from paths, commits: written, read before and after the flush, judged by git. */
#include "store_help.h"

static struct store *s;
static struct arena a;

static int
packs(void)
{
	sh("ls s.git/objects/pack/*.pack 2>/dev/null | wc -l");
	return atoi(said());
}

static int
loose(void)
{
	sh("find s.git/objects -type f ! -path '*/pack/*' | wc -l");
	return atoi(said());
}

static void
opening(void)
{
	struct err e = {0};
	char version[32];
	struct str head;

	OK(!store_open(in_dir("s.git"), false, &e) && e.code == ERR_NOTFOUND, "no store without create");
	e = (struct err){0};
	s = store_open(in_dir("s.git"), true, &e);
	if (!s) {
		printf("Bail out! %s\n", e.msg);
		exit(1);
	}
	GOOD(store_head_get(s, &a, &head, &e), "HEAD can be read");
	EQ_STR(head.s, "refs/heads/default", "HEAD of a fresh store");
	EQ_STR(store_dir(s), in_dir("s.git"), "store_dir");
	store_library_version(version);
	OK(version[0] == '1' && version[1] == '.', "library version %s", version);
	OK(sh("git --git-dir=s.git rev-parse --is-bare-repository") == 0 && strcmp(said(), "true") == 0,
	   "git takes it for a bare repository");
	OK(sh("ls -d s.git.new-*") != 0, "nothing is left of making it");
	OK(sh("mkdir plain && touch plain/x") == 0 && !store_open(in_dir("plain"), true, &e),
	   "a folder that is no store is not made one");
	e = (struct err){0};
	if (geteuid() == 0) {
		sh("cp -a s.git theirs.git && chown -R 65534 theirs.git");
		OK(!store_open(in_dir("theirs.git"), true, &e) && e.code == ERR_CONFIG &&
			   strstr(e.msg, "another user"),
		   "a store of another user is refused: %s", e.msg);
	}
}

static void
ids(void)
{
	struct oid x, y;

	OK(oid_of(STR("4B825DC642CB6EB9A060E54BF8D69288FBEE4904"), &x) && oid_eq(&x, &OID_EMPTY_TREE),
	   "capital digits");
	OK(!oid_of(STR("4b825dc642cb6eb9a060e54bf8d69288fbee490"), &y) && !oid_is(&y), "39 digits");
	OK(!oid_of(STR("4b825dc642cb6eb9a060e54bf8d69288fbee490g"), &y), "a wrong digit");
	OK(!oid_of(STR(""), &y), "nothing");
}

static void
blobs(void)
{
	struct err e = {0};
	struct oid id, again, none = {"0123456789012345678901234567890123456789"};
	struct str text;
	enum store_type type;
	int before = packs();

	GOOD(store_blob_write(s, STR("hello\n"), &id, &e), "write a blob");
	EQ_STR(id.hex, "ce013625030ba8dba906f756967f9e9ca394464a", "its id is git's");
	EQ_INT(packs() + loose(), before, "nothing is on disk before the flush");
	OK(store_has(s, &id) && store_type(s, &id) == STORE_BLOB, "it is there all the same");
	GOOD(store_blob_read(s, &a, &id, &text, &e), "and can be read");
	OK(str_is(text, "hello\n"), "with its content");
	GOOD(store_flush(s, &e), "flush");
	EQ_INT(packs(), before + 1, "one pack");
	EQ_INT(loose(), 0, "no loose object");
	GOOD(store_flush(s, &e), "flush of nothing");
	GOOD(store_blob_write(s, STR("hello\n"), &again, &e), "write it again");
	GOOD(store_flush(s, &e), "flush");
	OK(oid_eq(&id, &again) && packs() == before + 1, "what is there is not written again");
	GOOD(store_raw_read(s, &a, &id, &type, &text, &e), "raw read after the flush");
	OK(type == STORE_BLOB && str_is(text, "hello\n"), "type and content");
	FAILS(store_blob_read(s, &a, &none, &text, &e), ERR_NOTFOUND, "0123", "an id that is not there");
	OK(!store_has(s, &none) && store_type(s, &none) == STORE_NONE, "store_has says so");
	FAILS(store_blob_read(s, &a, &(struct oid){0}, &text, &e), ERR_BUG, "", "an empty id");
	GOOD(store_blob_write(s, (struct str){0}, &id, &e), "the empty blob");
	EQ_STR(id.hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "its id");
}

static void
much(void)
{
	struct err e = {0};
	size_t n = 5 << 20;
	char *bytes = malloc(n);
	unsigned seed = 1;
	struct oid id, first = {0};
	int before = packs(), rc = 0;
	struct str text;

	for (int i = 0; i < 14 && rc == 0; i++) {
		for (size_t k = 0; k < n; k++)
			bytes[k] = (char)((seed = seed * 1664525u + 1013904223u) >> 24);
		rc = store_blob_write(s, (struct str){bytes, n}, &id, &e);
		if (!i)
			first = id;
	}
	GOOD(rc, "70 MiB of blobs");
	EQ_INT(packs(), before + 1, "the collection is written when it passes 64 MiB");
	GOOD(store_blob_read(s, &a, &first, &text, &e), "the first can be read");
	EQ_INT(text.n, n, "whole");
	GOOD(store_flush(s, &e), "flush");
	free(bytes);
}

struct seen {
	char text[1024];
};

static int
collect(void *ctx, const char *path, unsigned mode, const struct oid *id, struct err *e)
{
	struct seen *seen = ctx;
	size_t n = strlen(seen->text);

	(void)e;
	snprintf(seen->text + n, sizeof(seen->text) - n, "%o %.4s %s\n", mode, id->hex, path);
	return strcmp(path, "stop") == 0 ? -1 : 0;
}

static struct oid tree;

static void
builder(void)
{
	struct err e = {0};
	struct store_builder *b = store_builder_new(s, &a, NULL);
	struct oid id, link, sub;
	struct store_entry entry;
	struct store_entries list;
	struct seen seen = {""};

	GOOD(store_builder_write(b, &id, &e), "a tree of nothing");
	OK(oid_eq(&id, &OID_EMPTY_TREE) && store_has(s, &id), "is the empty tree, and is there");
	store_blob_write(s, STR("x"), &link, &e);
	b = store_builder_new(s, &a, NULL);
	GOOD(store_builder_put_text(b, "a/b/c.txt", STR("c\n"), &e), "put a/b/c.txt");
	GOOD(store_builder_put_text(b, "a.txt", STR("hello\n"), &e), "put a.txt");
	store_builder_put(b, "a-", MODE_LINK, &link);
	store_builder_put(b, "gone/x/y", MODE_FILE, &link);
	store_builder_remove(b, "gone/x");
	store_builder_remove(b, "never/there");
	store_builder_put(b, "bin/run", MODE_EXEC, &link);
	GOOD(store_builder_write(b, &tree, &e), "write");
	GOOD(store_tree_walk(s, &tree, collect, &seen, &e), "walk");
	EQ_STR(seen.text, "120000 c1b0 a-\n100644 ce01 a.txt\n100644 f2ad a/b/c.txt\n100755 c1b0 bin/run\n",
	       "order and modes are git's; empty folders are gone");
	GOOD(store_tree_find(s, &a, &tree, "a/b/c.txt", &entry, &e), "find");
	OK(entry.mode == MODE_FILE && str_is(entry.name, "c.txt"), "the entry");
	FAILS(store_tree_find(s, &a, &tree, "a/b/d", &entry, &e), ERR_NOTFOUND, "a/b/d", "not there");
	FAILS(store_tree_find(s, &a, &tree, "a.txt/d", &entry, &e), ERR_NOTFOUND, "a.txt/d", "under a file");
	GOOD(store_tree_find(s, &a, &tree, "a", &entry, &e), "find a folder");
	sub = entry.id;
	OK(entry.mode == MODE_DIR, "its mode");

	b = store_builder_new(s, &a, &tree);
	store_builder_put(b, "copy", MODE_DIR, &sub);
	store_builder_remove(b, "bin/run");
	store_builder_remove(b, "a-");
	GOOD(store_builder_put_text(b, "a.txt/now/folder", STR("f"), &e), "a file becomes a folder");
	GOOD(store_builder_put_text(b, "copy/b/new", STR("n"), &e), "into a tree that was put");
	GOOD(store_builder_write(b, &id, &e), "write over a base");
	seen.text[0] = '\0';
	GOOD(store_tree_walk(s, &id, collect, &seen, &e), "walk");
	EQ_STR(seen.text,
	       "100644 4d1a a.txt/now/folder\n100644 f2ad a/b/c.txt\n100644 f2ad copy/b/c.txt\n"
	       "100644 ef07 copy/b/new\n",
	       "changes over a base");
	GOOD(store_tree_list(s, &a, &id, &list, &e), "list");
	OK(list.n == 3 && str_is(list.v[0].name, "a.txt") && list.v[0].name.s[5] == '\0', "in git's order");

	b = store_builder_new(s, &a, &tree);
	store_builder_put(b, "a/../x", MODE_FILE, &link);
	FAILS(store_builder_write(b, &id, &e), ERR_PARSE, "a/../x", "a path with ..");
	b = store_builder_new(s, &a, &tree);
	store_builder_put(b, "/x", MODE_FILE, &link);
	FAILS(store_builder_write(b, &id, &e), ERR_PARSE, "/x", "an absolute path");
	FAILS(store_tree_list(s, &a, &link, &list, &e), ERR_PARSE, "not a tree", "a blob is no tree");
}

static void
commits(void)
{
	struct err e = {0};
	struct store_commit c = {.tree = tree, .message = STR("first\n\nKey: one\nKey: two\nOther: x\n")}, r;
	struct oid one, two, out, tag;

	c.author = (struct store_sign){STR("Ann <x>\n"), STR("ann@example.org"), 1234567890, -90};
	c.committer = (struct store_sign){STR(""), STR(""), 1234567891, 330};
	GOOD(store_commit_write(s, &c, &one, &e), "write a commit");
	c.parents = &one;
	c.parent_count = 1;
	c.message = STR("second");
	GOOD(store_commit_write(s, &c, &two, &e), "and its child");
	GOOD(store_commit_read(s, &a, &two, &r, &e), "read it before the flush");
	OK(r.parent_count == 1 && oid_eq(&r.parents[0], &one) && oid_eq(&r.tree, &tree), "parent and tree");
	OK(store_descends(s, &two, &one) && store_descends(s, &one, &one) && !store_descends(s, &one, &two),
	   "descent before the flush");
	GOOD(store_ref_set(s, "refs/heads/x", &two, NULL, "test", &e), "a ref to it");
	GOOD(store_commit_read(s, &a, &one, &r, &e), "read the first");
	EQ_STR(r.author.name.s, "Ann x", "the author's name is harmless");
	EQ_STR(r.committer.name.s, "unknown", "an empty name is not written");
	OK(r.author.time == 1234567890 && r.author.offset == -90 && r.committer.offset == 330, "times");
	OK(str_is(store_trailer(r.message, "Key"), "two"), "the last trailer of a key");
	OK(str_is(store_trailer(r.message, "Ke"), ""), "no trailer by half a key");
	OK(str_is(store_trailer(STR("Key: no\n\ntext\n"), "Key"), ""), "a trailer is in the last paragraph");
	OK(store_descends(s, &two, &one) && !store_descends(s, &one, &two), "descent");
	GOOD(store_peel(s, &two, STORE_TREE, &out, &e), "peel to a tree");
	OK(oid_eq(&out, &tree), "the tree");
	OK(sh("git --git-dir=s.git tag -a -m t v1 %s && git --git-dir=s.git rev-parse v1", two.hex) == 0 &&
		   oid_of(str_of(said()), &tag),
	   "git makes a tag");
	GOOD(store_peel(s, &tag, STORE_COMMIT, &out, &e), "peel a tag");
	OK(oid_eq(&out, &two) && store_type(s, &tag) == STORE_TAG, "to its commit");
	FAILS(store_peel(s, &tree, STORE_COMMIT, &out, &e), ERR_PARSE, "leads to no commit",
	      "a tree has none");
	c.message = (struct str){"a\0b", 3};
	FAILS(store_commit_write(s, &c, &out, &e), ERR_BUG, "NUL", "a NUL in a message");
	OK(sh("git --git-dir=s.git log --format=%%an/%%ad --date=raw x") == 0, "git log");
	EQ_STR(said(), "Ann x/1234567890 -0130\nAnn x/1234567890 -0130", "as git shows it");
}

int
main(void)
{
	struct err e = {0};

	help_begin();
	opening();
	ids();
	blobs();
	builder();
	commits();
	much();
	fsck_is_clean(in_dir("s.git"));
	store_close(s);
	s = store_open(in_dir("s.git"), true, &e);
	OK(s && store_has(s, &tree), "opened again");
	store_close(s);
	arena_free(&a);
	return help_end();
}
