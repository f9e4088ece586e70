/* Folders to trees and back: git's ids in both formats, modes and times, limits, and hostile input. */
#include "base/buf.h"
#include "store_help.h"

static struct store *s;
static struct arena a;

static bool
skip_some(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "sub/skip") == 0 || strcmp(path, "only") == 0 || strcmp(path, "hidden/x") == 0;
}

/* One folder with all that a tree can hold. */
static int
make_sample(void)
{
	return sh("mkdir -p t/sub/deep t/empty/inner t/nil 't/sp ace' && printf hello >t/a && "
		  "printf 'x\\n' >t/sub/deep/f && chmod 700 t/sub/deep/f && : >t/sub/zero && "
		  "ln -s ../nowhere t/sub/link && printf 1 >t/sub.txt && printf 2 >t/sub- && "
		  "printf 3 >'t/sp ace/\303\251' && chmod 600 t/a && ln t/a t/hard && "
		  "touch -d @1111111111 t/a t/sub- && touch -d @1222222222 t/sub/zero && "
		  "find t -type f ! -name a ! -name hard ! -name 'sub-' ! -name zero "
		  "-exec touch -d @1000 {} +");
}

static void
round_trip(void)
{
	struct err e = {0};
	struct store_import io = {0};
	struct oid again;
	mode_t was;

	OK(make_sample() == 0, "sample folder: %s", said());
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("t"), &io, &e), "import");
	EQ_INT(io.files, 8, "files and links");
	EQ_INT(io.bytes, 5 + 5 + 2 + 0 + 1 + 1 + 1, "bytes");
	EQ_INT(io.newest, 1222222222, "the newest file");
	OK(io.empty_dir_count == 2 && str_is(io.empty_dirs[0], "empty/inner") &&
		   str_is(io.empty_dirs[1], "nil"),
	   "empty folders");
	sh("cp -a t g1 && cd g1 && git init -q && git add -A && git write-tree");
	EQ_STR(io.tree.hex, said(), "the tree id is git's");
	again = io.tree;
	GOOD(store_flush(s, &e), "flush");
	was = umask(077);
	GOOD(store_tree_export(s, &io.tree, AT_FDCWD, in_dir("out-dir/x"), 1333333333, &e), "export");
	umask(was);
	OK(sh("cd out-dir/x && find . ! -type d -printf '%%m %%T@ %%p\\n' | sort -k3") == 0, "list");
	EQ_STR(said(),
	       "644 1333333333.0000000000 ./a\n644 1333333333.0000000000 ./hard\n"
	       "644 1333333333.0000000000 ./sp ace/\303\251\n644 1333333333.0000000000 ./sub-\n"
	       "644 1333333333.0000000000 ./sub.txt\n755 1333333333.0000000000 ./sub/deep/f\n"
	       "777 1333333333.0000000000 ./sub/link\n644 1333333333.0000000000 ./sub/zero",
	       "modes and times, whatever the umask");
	sh("find out-dir/x -type d -printf '%%m %%Ts\\n' | sort -u");
	EQ_STR(said(), "755 1333333333", "of folders too");
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("out-dir/x"), &io, &e), "import it again");
	OK(oid_eq(&io.tree, &again), "the same tree");
	FAILS(store_tree_export(s, &io.tree, AT_FDCWD, in_dir("out-dir"), 0, &e), ERR_SYSTEM, "not empty",
	      "a folder with something in it is not written to");
}

static void
left_out(void)
{
	struct err e = {0};
	struct store_import io = {.leave_out = skip_some, .skip_git = true};
	struct store_entry entry;

	sh("mkdir -p o/sub o/only o/hidden o/.git && touch o/sub/skip o/sub/keep o/only/x o/hidden/x "
	   "o/.git/config && mkfifo o/only/fifo");
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("o"), &io, &e), "import with leave_out and skip_git");
	OK(io.files == 1 && store_tree_find(s, &a, &io.tree, "sub/keep", &entry, &e) == 0, "one file stays");
	EQ_INT(io.empty_dir_count, 0, "a folder of things left out is not called empty");
	io = (struct store_import){.leave_out = skip_some};
	FAILS(store_tree_import(s, &a, AT_FDCWD, in_dir("o"), &io, &e), ERR_PARSE, "Git takes",
	      ".git without skip_git");
	sh("mkdir e");
	io = (struct store_import){0};
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("e"), &io, &e), "an empty folder");
	OK(oid_eq(&io.tree, &OID_EMPTY_TREE) && store_has(s, &io.tree) && !io.empty_dir_count,
	   "is the empty tree");
	GOOD(store_tree_export(s, &io.tree, AT_FDCWD, in_dir("e2"), 0, &e), "and back");
}

static void
refuse(const char *make, const char *word)
{
	struct err e = {0};
	struct store_import io = {.refuse_hard_links = true};

	sh("rm -rf r && mkdir -p r/d && cd r/d && %s", make);
	FAILS(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), ERR_PARSE, word, "refused: %s", make);
}

static void
refused_folders(void)
{
	struct err e = {0};
	struct store_import io;

	refuse("mkfifo f", "FIFO");
	refuse("touch a && ln a b", "hard link");
	refuse("mkdir .GIT", "Git takes");
	refuse("touch 'git~1'", "Git takes");
	refuse("touch '.git. .'", "Git takes");
	refuse("touch .git::\\$INDEX_ALLOCATION", "Git takes");
	refuse("touch 'a\\.git'", "Git takes");
	refuse("touch \"$(printf '.g\\342\\200\\214it')\"", "Git takes");
	refuse("touch \"$(printf 'a\\033b')\"", "control byte");
	refuse("i=0; while [ $i -lt 101 ]; do mkdir d && cd d; i=$((i+1)); done; touch f", "deep");
	if (geteuid() == 0)
		refuse("mknod n c 1 3", "device");
	sh("rm -rf r && mkdir -p r/d && head -c 2000 /dev/zero >r/d/z && touch r/d/x r/d/y");
	io = (struct store_import){.max_bytes = 1999};
	FAILS(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), ERR_PARSE, "1999 bytes", "bytes");
	io = (struct store_import){.max_bytes = 2000};
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), "exactly as many bytes");
	io = (struct store_import){.max_entries = 3};
	FAILS(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), ERR_PARSE, "3 entries", "entries");
	sh("ln -s /etc r/etc && mkdir gone");
	io = (struct store_import){0};
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), "a link to a folder");
	EQ_INT(io.files, 4, "is not followed");
	FAILS(store_tree_import(s, &a, AT_FDCWD, in_dir("nothing"), &io, &e), ERR_SYSTEM, "nothing",
	      "a folder that is not there");
	/* Names that only look like it. */
	sh("rm -rf r && mkdir r && cd r && touch .gitignore .gitmodules git~2 .gitx ...  'x.git' .git~1");
	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("r"), &io, &e), "harmless names are taken");
}

static void
add_raw(struct buf *b, const char *mode, const char *name, size_t n, const struct oid *id)
{
	buf_printf(b, "%s ", mode);
	buf_add(b, name, n);
	buf_addc(b, '\0');
	for (size_t i = 0; i < 20; i++) {
		unsigned byte = 0;

		sscanf(id->hex + 2 * i, "%2x", &byte);
		buf_addc(b, (char)byte);
	}
}

static struct oid
raw_tree(const char *mode, const char *name, const struct oid *id)
{
	struct buf b = buf_new(&a);
	struct err e = {0};
	struct oid out;

	add_raw(&b, mode, name, strlen(name), id);
	store_raw_write(s, STORE_TREE, buf_str(&b), &out, &e);
	return out;
}

static void
refused_trees(void)
{
	static const char *const names[] = {"..", ".", "a/b", "", ".git", ".GiT", "git~1", "a\nb", "../../x"};
	struct err e = {0};
	struct oid blob, tree, id;
	struct buf b;
	struct store_entries list;

	store_blob_write(s, STR("x"), &blob, &e);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		tree = raw_tree("100644", names[i], &blob);
		FAILS(store_tree_export(s, &tree, AT_FDCWD, in_dir("bad"), 0, &e), ERR_PARSE, "name",
		      "hostile name %zu is refused", i);
	}
	tree = raw_tree("100600", "odd", &blob);
	GOOD(store_tree_export(s, &tree, AT_FDCWD, in_dir("odd"), 0, &e),
	     "an old mode is taken for its kind");
	tree = raw_tree("060000", "dev", &blob);
	FAILS(store_tree_export(s, &tree, AT_FDCWD, in_dir("bad"), 0, &e), ERR_PARSE, "mode", "a device");
	/* A link, and a folder of the same name that would be written through it. */
	b = buf_new(&a);
	store_blob_write(s, STR("/tmp"), &id, &e);
	tree = raw_tree("100644", "evil", &blob);
	add_raw(&b, "120000", "l", 1, &id);
	add_raw(&b, "40000", "l", 1, &tree);
	store_raw_write(s, STORE_TREE, buf_str(&b), &tree, &e);
	FAILS(store_tree_export(s, &tree, AT_FDCWD, in_dir("bad1"), 0, &e), ERR_SYSTEM, "l",
	      "the same name twice");
	OK(access("/tmp/evil", F_OK) < 0, "nothing went through the link");
	/* 10 entries, 20 levels: 10^20 files. */
	tree = raw_tree("100644", "f", &blob);
	for (int i = 0; i < 20; i++) {
		b = buf_new(&a);
		for (char c = '0'; c <= '9'; c++)
			add_raw(&b, "40000", &c, 1, &tree);
		store_raw_write(s, STORE_TREE, buf_str(&b), &tree, &e);
	}
	FAILS(store_tree_export(s, &tree, AT_FDCWD, in_dir("bad"), 0, &e), ERR_PARSE, "entries",
	      "a tree bomb");
	for (int i = 0; i < 5000; i++)
		tree = raw_tree("40000", "d", &tree);
	FAILS(store_tree_export(s, &tree, AT_FDCWD, in_dir("bad"), 0, &e), ERR_PARSE, "deep", "a deep tree");
	FAILS(store_tree_sha256(s, &a, &tree, (char[65]){0}, &e), ERR_PARSE, "deep",
	      "a deep tree is not hashed");
	OK(access(in_dir("bad"), F_OK) < 0, "none of them left a folder");
	store_raw_write(s, STORE_TREE, STR("100644 short"), &tree, &e);
	FAILS(store_tree_list(s, &a, &tree, &list, &e), ERR_PARSE, "malformed", "a cut tree");
	FAILS(store_tree_sha256(s, &a, &tree, (char[65]){0}, &e), ERR_PARSE, "malformed", "is not hashed");
}

static void
sha256(void)
{
	struct err e = {0};
	struct store_import io = {0};
	struct store_entry entry;
	char hex[65];

	GOOD(store_tree_import(s, &a, AT_FDCWD, in_dir("t"), &io, &e), "import");
	GOOD(store_tree_sha256(s, &a, &io.tree, hex, &e), "the id in the SHA-256 format");
	if (sh("rm -rf g2 && cp -a t g2 && cd g2 && git init -q --object-format=sha256 && git add -A && "
	       "git write-tree") != 0)
		printf("# git has no SHA-256 format: %s\n", said());
	else
		EQ_STR(hex, said(), "is git's");
	GOOD(store_tree_sha256(s, &a, &io.tree, hex, &e), "from memory");
	EQ_STR(hex, said(), "the same");
	store_tree_find(s, &a, &io.tree, "a", &entry, &e);
	GOOD(store_blob_sha256(s, &a, &entry.id, hex, &e), "of a blob");
	sh("cd g2 && git hash-object a");
	EQ_STR(hex, said(), "is git's");
	GOOD(store_tree_sha256(s, &a, &OID_EMPTY_TREE, hex, &e), "of the empty tree");
	EQ_STR(hex, "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321", "is git's");
}

int
main(void)
{
	struct err e = {0};

	help_begin();
	s = store_open(in_dir("s.git"), true, &e);
	OK(s, "open");
	round_trip();
	left_out();
	sha256();
	refused_folders();
	store_flush(s, &e);
	fsck_is_clean(in_dir("s.git"));
	/* After fsck: these are objects that it must not like. */
	refused_trees();
	store_close(s);
	arena_free(&a);
	return help_end();
}
