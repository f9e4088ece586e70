/* The root folder: whose it is, its locks and scratch folders, names, outputs and their checkouts. */
#include "switch_help.h"

static void
test_open(void)
{
	struct root r;
	struct err e = {0};

	FAILS(root_open(A, in_dir("nothing"), false, NULL, &r, &e), ERR_CONFIG, "there is no root",
	      "a missing root");
	OK(sh("mkdir open && chmod 777 open") == 0, "a root that anybody may write");
	FAILS(root_open(A, in_dir("open"), true, NULL, &r, &e), ERR_CONFIG, "others may write", "is refused");
	if (geteuid() == 0) {
		OK(sh("mkdir theirs && chown 12345 theirs") == 0, "a root of somebody else");
		FAILS(root_open(A, in_dir("theirs"), true, NULL, &r, &e), ERR_CONFIG, "another user",
		      "is refused");
	}
	OK(sh("ln -s root link && rm -rf root/index root/trees") == 0,
	   "through a link, without what is derived");
	GOOD(root_open(A, in_dir("link"), false, NULL, &r, &e), "it opens");
	EQ_STR(r.path, in_dir("root"), "by its real path");
	OK(fs_is_dir(r.fd, "index") && fs_is_dir(r.fd, "trees"), "the derived folders are back");
	root_close(&r);
}

static void
test_names(void)
{
	static const struct {
		const char *name, *hint; /* hint NULL: valid */
	} cases[] = {
		{"default", NULL},      {"4.14.1+flambda", NULL},
		{"a_b-c.d", NULL},      {"", "'default'"},
		{"HEAD", "'default'"},  {".x", "'x'"},
		{"a..b", "'a.b'"},      {"a.", "'a'"},
		{"a.lock", "'a-lock'"}, {"a b/c", "'a-b-c'"},
		{"-x", "'x'"},          {"../../etc", "'etc'"},
		{"a\n", "'a'"},         {"\xc3\xa4h", "'h'"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};
		int rc = switch_name_ok(cases[i].name, &e);

		if (!cases[i].hint)
			OK(rc == 0, "'%s' is a name", cases[i].name);
		else
			OK(rc < 0 && e.code == ERR_USAGE && strstr(e.hint, cases[i].hint),
			   "case %zu: %s is proposed", i, cases[i].hint);
	}
}

static void
test_scratch(void)
{
	struct scratch mine;
	struct err e = {0};
	struct stat st;
	int status;
	pid_t pid;

	GOOD(root_scratch(&root, A, &mine, &e), "a scratch folder");
	OK(stat(mine.path, &st) == 0 && (st.st_mode & 07777) == 0700, "for its owner alone");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct scratch theirs;

		root_scratch(&root, A, &theirs, &e);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	OK(sh("mkdir -p root/build/orphan/x; ls root/build | wc -l") == 0 && strcmp(said(), "5") == 0,
	   "one of a killed process, and one without a lock");
	GOOD(root_sweep(&root, A, &e), "are swept away");
	OK(sh("ls root/build") == 0 &&
		   strcmp(said(), arena_printf(A, "%s\n%s.lock", mine.name, mine.name)) == 0,
	   "mine stays");
	root_scratch_end(&root, &mine);
	OK(sh("ls root/build") == 0 && strcmp(said(), "") == 0, "until its end");
}

static void
test_lock(void)
{
	struct fs_lock lock;
	struct err e = {0};
	int status, ends[2];
	char c = 'x';
	pid_t pid;

	events[0] = '\0';
	if (pipe(ends) < 0)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		root_lock(&root, A, "switch-xen", &lock, &e);
		if (write(ends[1], &c, 1) != 1)
			_exit(1);
		usleep(300000);
		_exit(0);
	}
	OK(read(ends[0], &c, 1) == 1, "another process has the lock");
	GOOD(root_lock(&root, A, "switch-xen", &lock, &e), "it is waited for");
	OK(strstr(events, arena_printf(A, "waiting for the lock switch-xen, held by %d", (int)pid)),
	   "and said whom for");
	fs_unlock(&lock);
	waitpid(pid, &status, 0);
	close(ends[0]);
	close(ends[1]);
}

static const struct item items[] = {
	{"bin/x", MODE_EXEC, "#!" BUILD_PREFIX "/bin/sh\n", 0},
	{"lib/x", MODE_FILE, "x\n", 0},
	{"lib/l", MODE_LINK, "x", 0},
	{"var/empty", MODE_DIR, NULL, 0},
	{0},
};

static void
test_output(void)
{
	static struct str words[] = {STR("a"), STR("")};
	static struct opam_config_var vars[] = {
		{STR("z"), {.kind = VAR_BOOL, .b = true}},
		{STR("a"), {.kind = VAR_STRING, .s = STR("")}},
		{STR("m"), {.kind = VAR_LIST, .list = words, .n = 2}},
	};
	static struct opam_file_depend depends[] = {
		{STR("/usr/bin/gcc"), {HASH_MD5, STR("0123456789abcdef0123456789abcdef")}, false},
		{STR("/no"), {0}, true},
	};
	struct output o = output_of(items), back, again, bad = o;
	struct oid id;
	struct err e = {0};

	o.config = (struct opam_config){vars, 3, depends, 2};
	GOOD(output_write(root.store, A, &o, &e), "an output with a .config");
	GOOD(output_read(root.store, A, &o.id, &back, &e), "is read");
	OK(oid_eq(&back.files, &o.files) && back.held_count == 1 && back.held[0].n == 1 &&
		   back.held[0].offsets[0] == 2 && !back.held[0].binary,
	   "places of the prefix");
	OK(output_held(&back, STR("bin/x")) && !output_held(&back, STR("lib/x")), "by path");
	OK(back.empty_dir_count == 1 && str_is(back.empty_dirs[0], "var/empty"), "empty folders");
	OK(back.config.var_count == 3 && back.config.vars[0].value.kind == VAR_STRING &&
		   back.config.vars[1].value.n == 2 && back.config.vars[2].value.b,
	   "variables of each type");
	OK(back.config.file_depend_count == 2 && back.config.file_depends[0].must_not_exist &&
		   back.config.file_depends[1].checksum.hash == HASH_MD5,
	   "files that it depends on");
	id = back.id;
	again = back;
	GOOD(output_write(root.store, A, &again, &e), "written again");
	OK(oid_eq(&id, &again.id), "it is the same");

	bad.empty_dirs = (struct str[]){STR("../out")};
	FAILS(output_write(root.store, A, &bad, &e), ERR_BUILD, "../out", "a folder outside is refused");
	{
		static const char *const texts[] = {
			"{\"format\": 1, \"holds-prefix\": [{\"offsets\": [5, 3], \"path\": \"x\"}]}",
			"{\"format\": 1, \"holds-prefix\": [{\"offsets\": [5], \"path\": \"../x\"}]}",
			"{\"format\": 1, \"holds-prefix\": [{\"offsets\": [], \"path\": \"x\"}]}",
			"{\"format\": 1, \"empty-dirs\": [\"/x\"]}",
			"{\"format\": 2}",
		};

		for (size_t i = 0; i < COUNT_OF(texts); i++) {
			struct store_builder *b = store_builder_new(root.store, A, NULL);

			store_builder_put_text(b, "meta.json", str_of(texts[i]), &e);
			store_builder_write(b, &id, &e);
			OK(output_read(root.store, A, &id, &back, &e) < 0 && e.code == ERR_VERIFY,
			   "refused: %s", texts[i]);
		}
	}
}

static void
test_trees(void)
{
	struct output o = output_of(items), none = {0};
	const char *path, *other;
	struct err e = {0};
	struct stat st;
	int fd;

	GOOD(output_write(root.store, A, &none, &e), "an output without files");
	GOOD(root_tree(&root, A, &none, &path, &e), "is checked out");
	OK(stat(path, &st) == 0 && S_ISDIR(st.st_mode), "as an empty folder");

	events[0] = '\0';
	GOOD(root_tree(&root, A, &o, &path, &e), "one with files");
	OK(stat(arena_printf(A, "%s/bin/x", path), &st) == 0 && (st.st_mode & 07777) == 0755 &&
		   st.st_mtime == 315532800,
	   "mode and time");
	OK(stat(arena_printf(A, "%s/var/empty", path), &st) == 0 && st.st_mtime == 315532800,
	   "of an empty folder too");
	GOOD(root_tree(&root, A, &o, &other, &e), "asked for again");
	EQ_STR(events, "", "nothing is said");
	fd = open(arena_printf(A, "%s/lib/x", path), O_WRONLY | O_APPEND);
	OK(fd >= 0 && write(fd, "y", 1) == 1 && close(fd) == 0, "a file is written in place");
	GOOD(root_tree(&root, A, &o, &path, &e), "it is made anew");
	OK(strstr(events, "was changed in place (lib/x)"), "and said");
	EQ_STR(text_of(arena_printf(A, "trees/%s/files/lib/x", o.id.hex)), "x\n", "as it was");
	OK(sh("touch root/trees/%s/files/bin/new", o.id.hex) == 0, "a file is added");
	GOOD(root_tree(&root, A, &o, &path, &e), "it is made anew");
	OK(!fs_exists(AT_FDCWD, arena_printf(A, "%s/bin/new", path)), "without it");
	OK(sh("chmod 4755 root/trees/%s/files/bin/x", o.id.hex) == 0, "a mode is changed");
	GOOD(root_tree(&root, A, &o, &path, &e), "it is made anew");
	OK(stat(arena_printf(A, "%s/bin/x", path), &st) == 0 && (st.st_mode & 07777) == 0755,
	   "with the right one");

	/* As if the machine had started again since, and nothing had been synced. */
	events[0] = '\0';
	OK(sh("cd root/trees/%s && sed -i 's/^pkg-tree 1 [^\\x00]*/pkg-tree 1 earlier/' list && stat -c %%i "
	      "files/lib/x",
	      o.id.hex) == 0,
	   "of an earlier start");
	other = arena_strdup(A, said());
	GOOD(root_tree(&root, A, &o, &path, &e), "it is not believed");
	OK(sh("stat -c %%i root/trees/%s/files/lib/x", o.id.hex) == 0 && strcmp(said(), other) != 0,
	   "but made anew");
	EQ_STR(events, "", "silently");
	OK(sh("cd root/trees/%s && sed -i 's/^pkg-tree 1 [^\\x00]*/pkg-tree 1 earlier/' list && touch synced",
	      o.id.hex) == 0,
	   "one that was synced");
	other = arena_printf(A, "%llu",
			     (unsigned long long)inode(arena_printf(A, "trees/%s/files/lib/x", o.id.hex)));
	GOOD(root_tree(&root, A, &o, &path, &e), "is believed");
	EQ_STR(arena_printf(A, "%llu",
			    (unsigned long long)inode(arena_printf(A, "trees/%s/files/lib/x", o.id.hex))),
	       other, "and stays");
}

int
main(void)
{
	root_begin(false);
	test_open();
	test_names();
	test_scratch();
	test_lock();
	test_output();
	test_trees();
	return root_finish();
}
