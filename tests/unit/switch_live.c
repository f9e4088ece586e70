/* Live prefixes: what packages install, what the user has made, and the way from one state to the next. */
#include "switch_help.h"

static const struct live_state none;

#define P BUILD_PREFIX

static const struct item zlib1[] = {
	{"bin/zpipe", MODE_EXEC, "#!" P "/bin/sh\necho 1\n", 0},
	{"lib/libz.so.1", MODE_FILE, "ELF\0" P "/lib\0end", 8 + 96 + 4},
	{"lib/libz.so", MODE_LINK, "libz.so.1", 0},
	{"lib/abs", MODE_LINK, P "/lib/libz.so.1", 0},
	{"etc/zlib.conf", MODE_FILE, "level=6\n", 0},
	{"share/zlib/empty", MODE_DIR, NULL, 0},
	{"share/zlib/README", MODE_FILE, "readme 1\n", 0},
	{0},
};
static const struct item zlib2[] = {
	{"bin/zpipe", MODE_EXEC, "#!" P "/bin/sh\necho 2\n", 0},
	{"lib/libz.so.2", MODE_FILE, "ELF\0" P "/lib\0end2", 8 + 96 + 5},
	{"lib/libz.so", MODE_LINK, "libz.so.2", 0},
	{"etc/zlib.conf", MODE_FILE, "level=9\n", 0},
	{"share/zlib2/README", MODE_FILE, "readme 2\n", 0},
	{0},
};
static const struct item tool[] = {
	{"bin/tool", MODE_EXEC, "tool\n", 0},
	{"share/common", MODE_FILE, "the same\n", 0},
	{0},
};
static const struct item other[] = {
	{"bin/other", MODE_EXEC, "other\n", 0},
	{"share/common", MODE_FILE, "the same\n", 0},
	{0},
};

static struct live_state one, two, three;

static void
test_create(void)
{
	struct output o[] = {output_of(zlib1), output_of(tool), output_of(other)};
	static const char *const names[] = {"zlib", "tool", "other"};
	struct str head;
	struct err e = {0};
	const char *live = switch_prefix(&root, A, "xen");
	struct stat st;

	one = state_of(NULL, 3, names, o);
	GOOD(change("xen", &none, &one, &e), "a switch is made");
	EQ_STR(text_of("switches/xen/bin/zpipe"), arena_printf(A, "#!%s/bin/sh\necho 1\n", live),
	       "text has the live path");
	EQ_INT(strlen(live) < 96 && sh("stat -c %%s root/switches/xen/lib/libz.so.1") == 0, 1,
	       "a binary is there");
	EQ_STR(said(), "108", "and has its length");
	EQ_STR(fs_readlink(A, root.fd, "switches/xen/lib/abs", &e), arena_printf(A, "%s/lib/libz.so.1", live),
	       "a link has the live path");
	EQ_STR(fs_readlink(A, root.fd, "switches/xen/lib/libz.so", &e), "libz.so.1", "another is as it was");
	OK(fs_is_dir(root.fd, "switches/xen/share/zlib/empty"), "an empty folder");
	OK(fs_is_dir(root.fd, "switches/xen/lib/toplevel"), "opam's folders");
	fstatat(root.fd, "switches/xen/bin/zpipe", &st, 0);
	OK((st.st_mode & 07777) == 0755 && st.st_mtime == 315532800, "mode and time of a copy");
	fstatat(root.fd, "switches/xen/bin/tool", &st, 0);
	OK((st.st_mode & 07777) == 0755 && st.st_mtime == 315532800, "and of a shared file");
	fstatat(root.fd, "switches/xen/etc/zlib.conf", &st, 0);
	EQ_INT(st.st_nlink, 1, "files under etc are copies");
	EQ_STR(str_c(A, str_trim(str_of(text_of("switches/xen/.pkg/generation")))), one.commit.hex,
	       "the prefix names its commit");
	OK(store_head_get(root.store, A, &head, &e) == 0 && str_is(head, "refs/heads/xen"),
	   "it is the current switch");
	OK(!fs_exists(root.fd, "switches/.xen.intent"), "no intent is left");
	OK(change("xen", &none, &one, &e) < 0 && e.code == ERR_CONFIG, "it is not made twice");
}

static void
test_stored(void)
{
	struct output o = one.packages[0].output;
	struct err e = {0};
	struct str back;

	for (const struct item *i = zlib1; i->path; i++) {
		struct str live;

		if (i->mode == MODE_LINK || i->mode == MODE_DIR)
			continue;
		GOOD(fs_read(A, root.fd, arena_printf(A, "switches/xen/%s", i->path), 0, &live, &e),
		     "%s is read", i->path);
		GOOD(live_stored(A, &o, str_of(i->path), live, switch_prefix(&root, A, "xen"), &back, &e),
		     "and put back");
		OK(str_eq(back, (struct str){i->text, i->n ? i->n : strlen(i->text)}), "to what was stored");
	}
}

static void
test_upgrade(void)
{
	struct output o[] = {output_of(zlib2), one.packages[1].output};
	static const char *const names[] = {"zlib", "tool"};
	uint64_t shared = inode("switches/xen/bin/tool"), mine;
	struct err e = {0};

	put_text("switches/xen/bin/mine", "my own\n");
	OK(mkdirat(root.fd, "switches/xen/notes", 0750) == 0, "the user makes a folder");
	put_text("switches/xen/notes/a", "note\n");
	put_text("switches/xen/share/zlib/mine", "in a folder that goes\n");
	append("switches/xen/etc/zlib.conf", "mine=1\n");
	mine = inode("switches/xen/bin/mine");
	two = state_of(&one, 2, names, o);
	GOOD(change("xen", &one, &two, &e), "an upgrade");
	EQ_INT(inode("switches/xen/bin/tool"), shared, "an unchanged file is the same");
	EQ_INT(inode("switches/xen/bin/mine"), mine, "the user's file is the same");
	EQ_STR(text_of("switches/xen/notes/a"), "note\n", "in a folder of the user too");
	EQ_STR(text_of("switches/xen/share/zlib/mine"), "in a folder that goes\n",
	       "and in one that no package has any more");
	EQ_STR(text_of("switches/xen/etc/zlib.conf"), "level=9\n", "a changed file is replaced");
	EQ_STR(text_of("switches/xen/etc/zlib.conf.pkg-save"), "level=6\nmine=1\n", "and kept");
	OK(strstr(events, "etc/zlib.conf was changed; yours is kept as etc/zlib.conf.pkg-save"),
	   "which is said");
	OK(strstr(events, "3 files that no package owns"), "as is what was carried over");
	OK(!fs_exists(root.fd, "switches/xen/lib/libz.so.1"), "what went is gone");
	EQ_STR(text_of("switches/xen/share/common"), "the same\n",
	       "a shared path stays with its other owner");
	OK(!fs_exists(root.fd, "switches/xen/bin/other"), "the removed package is gone");
}

static void
test_back_and_forth(void)
{
	static const char *const names[] = {"zlib", "tool", "other"};
	struct output o[] = {one.packages[0].output, one.packages[1].output, one.packages[2].output};
	struct err e = {0};

	three = state_of(&two, 3, names, o);
	GOOD(change("xen", &two, &three, &e), "back to the first packages");
	EQ_STR(text_of("switches/xen/share/zlib/README"), "readme 1\n", "their files are back");
	EQ_STR(text_of("switches/xen/etc/zlib.conf"), "level=6\n", "the changed one as it was installed");
	EQ_STR(text_of("switches/xen/etc/zlib.conf.pkg-save"), "level=6\nmine=1\n",
	       "the user's is still kept");
	OK(!fs_exists(root.fd, "switches/xen/etc/zlib.conf.pkg-save.2"), "once");
	OK(!fs_exists(root.fd, "switches/xen/lib/libz.so.2"), "what the base had is gone");
	OK(strstr(events, "was changed") == NULL, "nothing is said of it again");
}

/* Written through the live prefix, a shared file changes in trees/ too. */
static void
test_in_place(void)
{
	static const char *const names[] = {"zlib", "tool", "other"};
	struct output o[] = {one.packages[0].output, one.packages[1].output, one.packages[2].output};
	struct live_state next = state_of(&three, 3, names, o);
	struct err e = {0};

	append("switches/xen/bin/tool", "hacked\n");
	GOOD(change("xen", &three, &next, &e), "after a write in place");
	EQ_STR(text_of("switches/xen/bin/tool"), "tool\n", "the file is as installed");
	EQ_STR(text_of("switches/xen/bin/tool.pkg-save"), "tool\nhacked\n", "the change is kept");
	OK(strstr(events, "was changed in place") != NULL, "the tree was made anew, and said");
	three = next;
}

static void
test_conflicts(void)
{
	static const struct item bad[] = {{"share/common", MODE_FILE, "not the same\n", 0}, {0}};
	static const struct item mode[] = {{"share/common", MODE_EXEC, "the same\n", 0}, {0}};
	static const struct item folder[] = {{"bin/tool/inside", MODE_FILE, "x", 0}, {0}};
	static const struct item file[] = {{"share", MODE_FILE, "x", 0}, {0}};
	static const struct item meta[] = {{".pkg/generation", MODE_FILE, "x", 0}, {0}};
	static const struct {
		const struct item *items;
		const char *word;
	} cases[] = {{bad, "share/common: tool and bad both install it, with other bytes"},
		     {mode, "with another mode"},
		     {folder, "bin/tool: tool and bad both install it, as a folder and as a file"},
		     {file, "share: every switch and bad"},
		     {meta, ".pkg/generation, which is refused"}};
	static const char *const names[] = {"tool", "bad"};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct output o[] = {one.packages[1].output, output_of(cases[i].items)};
		struct live_state next = state_of(&three, 2, names, o);
		struct err e = {0};

		FAILS(live_prepare(&root, A, "xen", &three, &next, &e), ERR_BUILD, cases[i].word, "%s",
		      cases[i].word);
	}
	EQ_STR(text_of("switches/xen/bin/tool"), "tool\n", "the live prefix is as it was");
}

static void
test_displaced(void)
{
	static const struct item taker[] = {{"bin/mine", MODE_EXEC, "package's\n", 0},
					    {"notes", MODE_FILE, "a file\n", 0},
					    {"share/zlib/mine", MODE_FILE, "in a folder that goes\n", 0},
					    {0}};
	static const char *const names[] = {"taker"};
	struct output o[] = {output_of(taker)};
	struct live_state next = state_of(&three, 1, names, o);
	struct err e = {0};

	GOOD(change("xen", &three, &next, &e), "a package takes places of the user");
	EQ_STR(text_of("switches/xen/bin/mine"), "package's\n", "it has them");
	EQ_STR(text_of("switches/xen/bin/mine.pkg-save"), "my own\n", "the user's file is kept");
	EQ_STR(text_of("switches/xen/notes.pkg-save/a"), "note\n", "and his folder");
	OK(!fs_exists(root.fd, "switches/xen/share/zlib/mine.pkg-save"), "the same bytes need no copy");
	three = next;
}

static void
test_special(void)
{
	static const char *const names[] = {"tool"};
	struct output o[] = {one.packages[1].output};
	struct live_state next = state_of(&three, 1, names, o);
	struct err e = {0};

	OK(mkfifoat(root.fd, "switches/xen/pipe", 0600) == 0, "a FIFO of the user");
	put_text("switches/xen/locked", "locked\n");
	OK(mkdirat(root.fd, "switches/xen/ro", 0700) == 0, "a folder");
	put_text("switches/xen/ro/x", "x\n");
	OK(fchmodat(root.fd, "switches/xen/ro", 0500, 0) == 0, "no longer writable");
	OK(symlinkat("/nowhere", root.fd, "switches/xen/dangling") == 0, "a link to nothing");
	GOOD(change("xen", &three, &next, &e), "the next state");
	OK(!fs_exists(root.fd, "switches/xen/pipe") && strstr(events, "pipe is a socket, FIFO or device"),
	   "stays behind, said");
	EQ_STR(text_of("switches/xen/ro/x"), "x\n", "a folder that may not be written");
	OK(sh("stat -c %%a root/switches/xen/ro") == 0 && strcmp(said(), "500") == 0, "keeps its mode");
	EQ_STR(fs_readlink(A, root.fd, "switches/xen/dangling", &e), "/nowhere", "a link is carried over");
	OK(fchmodat(root.fd, "switches/xen/ro", 0700, 0) == 0, "writable again");
	three = next;
}

/* Between preparing and exchanging, the user goes on. */
static void
test_meanwhile(void)
{
	static const char *const names[] = {"zlib", "tool"};
	struct output o[] = {one.packages[0].output, one.packages[1].output};
	struct live_state next = state_of(&three, 2, names, o);
	struct err e = {0};

	GOOD(live_prepare(&root, A, "xen", &three, &next, &e), "the next prefix is made");
	put_text("switches/xen/late", "late\n");
	put_text("switches/xen/locked", "rewritten\n");
	GOOD(live_commit(&root, A, "xen", &three, &next, "test", &e), "and made live");
	EQ_STR(text_of("switches/xen/late"), "late\n", "a file made meanwhile is there");
	EQ_STR(text_of("switches/xen/locked"), "rewritten\n", "and one that was replaced");
	three = next;

	/* Old enough that the times of folders tell what is new. */
	usleep(250000);
	next = state_of(&three, 1, names, o);
	GOOD(live_prepare(&root, A, "xen", &three, &next, &e), "another is made");
	append("switches/xen/etc/zlib.conf", "late=1\n");
	GOOD(live_commit(&root, A, "xen", &three, &next, "test", &e), "a copy is changed in place meanwhile");
	OK(sh("cat root/switches/xen/etc/zlib.conf.pkg-save*") == 0 && strstr(said(), "late=1"),
	   "the change is kept");
	three = next;
	usleep(250000);
	next = state_of(&three, 2, names, o);
	GOOD(live_prepare(&root, A, "xen", &three, &next, &e), "and another");
	put_text("switches/xen/doc/later", "later\n");
	GOOD(live_commit(&root, A, "xen", &three, &next, "test", &e), "a file is made meanwhile");
	EQ_STR(text_of("switches/xen/doc/later"), "later\n", "it is there");
	three = next;
}

static void
test_lost_race(void)
{
	static const char *const names[] = {"zlib"};
	struct output o[] = {one.packages[0].output};
	struct live_state mine = state_of(&three, 1, names, o), theirs = state_of(&three, 1, names, o);
	struct err e = {0};

	GOOD(live_prepare(&root, A, "xen", &three, &mine, &e), "a change is prepared");
	GOOD(store_ref_set(root.store, "refs/heads/xen", &theirs.commit, &three.commit, "x", &e),
	     "somebody moves the ref with git");
	FAILS(live_commit(&root, A, "xen", &three, &mine, "test", &e), ERR_LOCKED, "moved by somebody else",
	      "the change is refused");
	OK(fs_exists(root.fd, "switches/xen/bin/tool") && !fs_exists(root.fd, "switches/.xen.intent"),
	   "and the old prefix is back");
	GOOD(live_recover(&root, A, "xen", load_state, NULL, &e), "recovery");
	OK(!fs_exists(root.fd, "switches/xen/bin/tool"), "shows what the ref says");
	EQ_STR(text_of("switches/xen/late"), "late\n", "with the user's files");
	three = theirs;
}

static void
test_rebuild(void)
{
	struct err e = {0};

	OK(sh("rm -rf root/switches/xen root/switches/.xen.prev root/trees/*") == 0,
	   "all that is derived is deleted");
	GOOD(live_recover(&root, A, "xen", load_state, NULL, &e), "recovery");
	EQ_STR(text_of("switches/xen/etc/zlib.conf"), "level=6\n", "makes it anew");
	append("switches/xen/etc/zlib.conf", "x=1\n");
	OK(sh("rm root/switches/xen/.pkg/*") == 0, "its own notes are deleted");
	GOOD(live_recover(&root, A, "xen", load_state, NULL, &e), "recovery");
	EQ_STR(text_of("switches/xen/etc/zlib.conf"), "level=6\n", "puts it right");
	EQ_STR(text_of("switches/xen/etc/zlib.conf.pkg-save"), "level=6\nx=1\n", "and keeps the change");
	OK(!fs_exists(root.fd, "switches/xen/bin/zpipe.pkg-save"), "what has the right bytes is no change");
}

static void
test_moved(void)
{
	struct err e = {0};

	root_close(&root);
	OK(sh("mv root moved") == 0, "the root is moved");
	GOOD(root_open(A, in_dir("moved"), false, &help_report, &root, &e), "and opened");
	GOOD(live_recover(&root, A, "xen", load_state, NULL, &e), "recovery");
	EQ_STR(text_of("switches/xen/bin/zpipe"),
	       arena_printf(A, "#!%s/bin/sh\necho 1\n", switch_prefix(&root, A, "xen")), "has the new path");
}

static void
test_remove(void)
{
	struct opam_strings names;
	struct err e = {0};
	struct oid id;
	struct str head;

	GOOD(live_names(&root, A, &names, &e), "names of switches");
	OK(names.n == 1 && str_is(names.v[0], "xen"), "one");
	GOOD(live_remove(&root, A, "xen", &e), "the switch is removed");
	OK(!fs_exists(root.fd, "switches/xen") && !fs_exists(root.fd, "switches/.xen.prev"),
	   "no prefix is left");
	GOOD(store_ref_get(root.store, arena_printf(A, "refs/pkg/removed/xen/%s", three.commit.hex), &id, &e),
	     "its ledger is kept");
	OK(store_head_get(root.store, A, &head, &e) == 0 && str_is(head, "refs/heads/default"),
	   "HEAD is back");
	FAILS(live_remove(&root, A, "xen", &e), ERR_CONFIG, "no switch xen", "it is removed once");
	GOOD(live_recover(&root, A, "xen", load_state, NULL, &e), "recovery of what is not there");
	GOOD(change("xen", &none, &one, &e), "it can be made again");
	fsck_is_clean(store_dir(root.store));
}

int
main(void)
{
	root_begin(false);
	test_create();
	test_stored();
	test_upgrade();
	test_back_and_forth();
	test_in_place();
	test_conflicts();
	test_displaced();
	test_special();
	test_meanwhile();
	test_lost_race();
	test_rebuild();
	test_moved();
	test_remove();
	return root_finish();
}
