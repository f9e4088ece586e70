/* Archives: opam's root rule, the import commit, checksums, and what hostile archives try. */
#include "fetch_help.h"

static struct opam_source *
held(const char *name)
{
	return source_of(file_url(name), sum_of(DIGEST_SHA256, name), NULL);
}

/* One archive whose content is given; it must be refused, and leave no trace. */
struct hostile {
	const char *what, *name;
	char type;
	const char *link, *word;
};

static const struct hostile hostiles[] = {
	{"a name with ..", "d/../../x", '0', NULL, "leads out"},
	{"an absolute name", "/tmp/x", '0', NULL, "absolute"},
	{"a character device", "dev", '3', NULL, "device"},
	{"a block device", "dev", '4', NULL, "device"},
	{"a FIFO", "fifo", '6', NULL, "FIFO"},
	{"a .git folder", "d/.git/config", '0', NULL, "Git's own"},
	{"a .GIT folder", ".GIT/config", '0', NULL, "Git's own"},
	{"a file behind a link", "link/x", '0', NULL, "a link or file"},
	{"a folder behind a link", "link/x/", '5', NULL, "a link or file"},
	{"a file under a file", "plain/x", '0', NULL, "a link or file"},
	{"an absolute link", "l", '2', "/etc/passwd", "leads out"},
	{"an outward link", "l", '2', "../x", "leads out"},
	{"an outward link in a folder", "d/l", '2', "../../x", "leads out"},
	{"an outward link through a link", "l", '2', "link/../../x", "leads out"},
	{"an outward link by way of a link", "l", '2', "here/../x", "leads out"},
	{"an outward hard link", "h", '1', "../../etc/passwd", "leads out"},
	{"an absolute hard link", "h", '1', "/etc/passwd", "absolute"},
	{"a hard link through a link", "h", '1', "here/plain", "no file before it"},
	{"a hard link to nothing", "h", '1', "nothing", "no file before it"},
	{"a file over a full folder", "d", '0', NULL, "not empty"},
};

static void
test_hostile(void)
{
	for (size_t i = 0; i < COUNT_OF(hostiles); i++) {
		const struct hostile *h = &hostiles[i];
		FILE *f = tar_open("hostile.tar");
		struct fetched out;
		struct err e = {0};

		tar_entry(f, "plain", '0', NULL, "text\n", 0644);
		tar_entry(f, "d/inner", '0', NULL, "text\n", 0644);
		tar_entry(f, "link", '2', "d", NULL, 0777);
		tar_entry(f, "here", '2', ".", NULL, 0777);
		tar_entry(f, h->name, h->type, h->link, h->type == '0' ? "bad\n" : NULL, 0644);
		tar_close(f);
		FAILS(get(held("hostile.tar"), false, &out, &e), ERR_FETCH, h->word, "%s is refused",
		      h->what);
	}
	EQ_INT((long long)source_refs(), 0, "no ref was made for any of them");
	OK(access("/tmp/x", F_OK) < 0 && access(in_dir("x"), F_OK) < 0, "and nothing was written outside");
}

static void
test_good(void)
{
	FILE *f = tar_open("good.tar");
	const char *sha256, *sha512, *md5;
	struct fetched out, again;
	struct store_commit c;
	struct err e = {0};

	tar_entry(f, "./", '5', NULL, NULL, 0755);
	tar_entry(f, "./p-1/", '5', NULL, NULL, 0700);
	tar_entry(f, "./p-1/a", '0', NULL, "first\n", 0644);
	tar_entry(f, "./p-1//a", '0', NULL, "second\n", 0644);
	tar_entry(f, "./p-1/run", '0', NULL, "#!/bin/sh\n", 04755);
	tar_entry(f, "./p-1/hard", '1', "./p-1/run", NULL, 0755);
	tar_entry(f, "./p-1/soft", '2', "sub/none", NULL, 0777);
	tar_entry(f, "./p-1/empty/below/", '5', NULL, NULL, 0755);
	tar_entry(f, "./p-1/\xc3\xa9t\xc3\xa9", '0', NULL, "x\n", 0644);
	tar_close(f);
	sh("xz -k good.tar; gzip -nk good.tar; bzip2 -k good.tar; zstd -q good.tar; xz --format=lzma -k "
	   "good.tar");
	sha256 = sum_of(DIGEST_SHA256, "good.tar");
	sha512 = sum_of(DIGEST_SHA512, "good.tar");
	md5 = sum_of(DIGEST_MD5, "good.tar");
	GOOD(get(source_of(file_url("good.tar"), sha256, NULL), false, &out, &e), "a good archive");
	OK(out.class == SOURCE_ARCHIVE && out.epoch == 1000000000, "its class and time");
	EQ_STR(tree_text(&out.tree), "a\nhard\nrun\nsoft\n\"\\303\\251t\\303\\251\"",
	       "one folder becomes the root");
	sh("git --git-dir=store.git cat-file commit %s", out.commit.hex);
	EQ_STR(said(),
	       arena_printf(&a,
			    "tree %s\nauthor pkg <pkg@localhost> 1000000000 +0000\n"
			    "committer pkg <pkg@localhost> 1000000000 +0000\n\n"
			    "import of sha256:%s\n\nEmpty-Directory: empty/below\nPkg-Import: 1",
			    out.tree.hex, sha256 + 7),
	       "the import commit");
	OK(out.empty_dir_count == 1 && str_is(out.empty_dirs[0], "empty/below"), "the empty folder is named");
	OK(out.checksum_count == 1 && out.from.n == 0, "the checksum, and no mirror");
	sh("git --git-dir=store.git cat-file -p %s:a; git --git-dir=store.git ls-tree %s run hard",
	   out.tree.hex, out.tree.hex);
	OK(strncmp(said(), "second", 6) == 0 && strstr(said(), "100755") && !strstr(said(), "104755"),
	   "the later entry counts; modes are plain");
	sh("mv good.tar gone.tar");
	fetcher.offline = true;
	GOOD(get(source_of("https://localhost:1/none", sha256, NULL), false, &again, &e),
	     "again, offline, by its sha256");
	OK(oid_eq(&again.commit, &out.commit) && again.empty_dir_count == 1 && again.epoch == out.epoch &&
		   strcmp(again.tree_sha256, out.tree_sha256) == 0,
	   "the store gives the same");
	FAILS(get(source_of("https://localhost:1/none", sha256, sha512, NULL), false, &again, &e),
	      ERR_OFFLINE, "offline", "a checksum that was never verified is not taken on trust");
	fetcher.offline = false;
	sh("mv gone.tar good.tar");
	GOOD(get(source_of(file_url("good.tar"), md5, sha256, sha512, NULL), false, &again, &e),
	     "three checksums");
	OK(oid_eq(&again.commit, &out.commit) && again.checksum_count == 3, "all verified, the same commit");
	fetcher.offline = true;
	GOOD(get(source_of("https://localhost:1/none", sha512, NULL), false, &again, &e),
	     "found by sha512 alone");
	OK(again.checksum_count == 2 && again.checksums[1].hash == HASH_SHA256 &&
		   str_is(again.checksums[1].hex, sha256 + 7),
	   "and its sha256 is told");
	fetcher.offline = false;
	GOOD(store_commit_read(store, &a, &out.commit, &c, &e), "read the commit");
	for (const char *const *end = (const char *const[]){"xz", "gz", "bz2", "zst", "lzma", NULL}; *end;
	     end++) {
		GOOD(get(held(arena_printf(&a, "good.tar.%s", *end)), false, &again, &e), "compressed by %s",
		     *end);
		OK(oid_eq(&again.tree, &out.tree) && !oid_eq(&again.commit, &out.commit),
		   "the same tree, another commit");
	}
}

static void
test_zip(void)
{
	struct fetched out;
	struct err e = {0};

	if (sh("mkdir z && cd z && mkdir q && echo 1 >q/one && ln -s one q/l && touch -d 2001-01-01 q/one && "
	       "zip -qry ../z.zip q && zip -qrP secret ../locked.zip q") != 0)
		return;
	GOOD(get(held("z.zip"), false, &out, &e), "a zip file");
	EQ_STR(tree_text(&out.tree), "l\none", "its content");
	FAILS(get(held("locked.zip"), false, &out, &e), ERR_FETCH, "encrypted", "an encrypted one");
}

static void
make_tar(const char *file, const char *const *names)
{
	FILE *f = tar_open(file);

	for (; *names; names++) {
		bool folder = str_ends(str_of(*names), "/");

		tar_entry(f, *names, folder ? '5' : '0', NULL, folder ? NULL : "x\n", 0644);
	}
	tar_close(f);
}

static void
test_root(void)
{
	static const struct {
		const char *what, *names[5], *tree;
	} cases[] = {
		{"a file beside a folder", {"d/x", "y", NULL}, "d\nd/x\ny"},
		{"one folder", {"d/e/x", NULL}, "e\ne/x"},
		{"one folder and pax_global_header", {"pax_global_header", "d/x", NULL}, "x"},
		{"one bare file", {"x", NULL}, "x"},
		{"two folders", {"d/x", "e/x", NULL}, NULL},
		{"nothing at all", {NULL}, NULL},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fetched out;
		struct err e = {0};

		make_tar("root.tar", cases[i].names);
		if (!cases[i].tree) {
			FAILS(get(held("root.tar"), false, &out, &e), ERR_FETCH, "", "%s: refused",
			      cases[i].what);
			continue;
		}
		GOOD(get(held("root.tar"), false, &out, &e), "%s", cases[i].what);
		EQ_STR(tree_text(&out.tree), cases[i].tree, "its tree");
	}
}

static void
test_checksums(void)
{
	static const char *const names[] = {"sums/a", "sums/b/c", "sums/b/d/", NULL};
	size_t refs = source_refs();
	const char *sha256, *md5,
		*wrong = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
	struct opam_source *s;
	struct fetched out;
	struct err e = {0};
	struct oid blob;

	make_tar("sums.tar", names);
	sha256 = sum_of(DIGEST_SHA256, "sums.tar");
	md5 = sum_of(DIGEST_MD5, "sums.tar");
	FAILS(get(source_of(file_url("sums.tar"), wrong, NULL), false, &out, &e), ERR_FETCH, "does not hold",
	      "wrong sha256");
	FAILS(get(source_of(file_url("sums.tar"), md5, wrong, NULL), false, &out, &e), ERR_FETCH,
	      "does not hold", "right md5, wrong sha256");
	FAILS(get(source_of(file_url("sums.tar"), NULL), false, &out, &e), ERR_FETCH, "no checksum",
	      "no checksum");
	get(source_of(file_url("sums.tar"), NULL), false, &out, &e);
	OK(strstr(e.hint, sha256 + 7) != NULL, "the hint says which to add");
	EQ_INT((long long)source_refs(), (long long)refs, "nothing was kept");
	e = (struct err){0};
	GOOD(get(source_of(file_url("sums.tar"), NULL), true, &out, &e), "a pin needs none");
	OK(out.checksum_count == 1 && str_is(out.checksums[0].hex, sha256 + 7), "its sha256 is recorded");
	GOOD(get(source_of(file_url("sums.tar"), md5, NULL), false, &out, &e), "md5 alone is taken");
	OK(strstr(reported, "only an MD5") != NULL, "with a warning");
	sh("git --git-dir=store.git update-ref -d refs/pkg/source/sha256-%s/import", sha256 + 7);
	s = source_of(file_url("none.tar"), sha256, NULL);
	mirror(s, file_url("good.tar"));
	mirror(s, "git+file:///none");
	FAILS(get(s, false, &out, &e), ERR_FETCH, "none of 3", "three addresses, none good");
	get(s, false, &out, &e);
	OK(strstr(e.note, "none.tar: No such file") && strstr(e.note, "good.tar: the checksum") &&
		   strstr(e.note, "no single file"),
	   "each is told, with its reason");
	e = (struct err){0};
	mirror(s, file_url("sums.tar"));
	s->subpath = STR("b/");
	GOOD(get(s, false, &out, &e), "the fourth is good");
	OK(str_is(out.from, file_url("sums.tar")) && strstr(reported, "trying the next"),
	   "it is named, the others warned of");
	OK(str_is(out.subpath, "b") && out.tree_chain_count == 1 && out.empty_dir_count == 1 &&
		   str_is(out.empty_dirs[0], "d"),
	   "a subpath of it");
	EQ_STR(tree_text(&out.tree), "c", "its tree");
	s->subpath = STR("../b");
	FAILS(get(s, false, &out, &e), ERR_FETCH, "leads nowhere", "a subpath that leads out");
	s->subpath = STR("a");
	FAILS(get(s, false, &out, &e), ERR_FETCH, "no folder", "a subpath that is a file");
	GOOD(fetch_file(&fetcher, &a, STR("p.1"), source_of(file_url("sums.tar"), sha256, NULL), &blob, &e),
	     "an extra source");
	OK(store_type(store, &blob) == STORE_BLOB, "is a blob");
	fetcher.offline = true;
	GOOD(fetch_file(&fetcher, &a, STR("p.1"), source_of("http://localhost:1/", sha256, NULL), &blob, &e),
	     "kept");
	fetcher.offline = false;
	FAILS(fetch_file(&fetcher, &a, STR("p.1"), source_of(file_url("sums.tar"), wrong, NULL), &blob, &e),
	      ERR_FETCH, "does not hold", "or refused");
}

static void
test_damage(void)
{
	struct fetched out;
	struct err e = {0};

	sh("head -c 300 good.tar.xz >cut.tar.xz; echo no archive >text; : >nothing");
	FAILS(get(held("cut.tar.xz"), false, &out, &e), ERR_FETCH, "", "a truncated archive");
	FAILS(get(held("text"), false, &out, &e), ERR_FETCH, "", "a text is no archive");
	FAILS(get(held("nothing"), false, &out, &e), ERR_FETCH, "", "an empty file is none");
}

int
main(void)
{
	if (!fetch_begin())
		return tap_skip_all("build/pkg-fetch is not there");
	test_hostile();
	test_good();
	test_zip();
	test_root();
	test_checksums();
	test_damage();
	return fetch_end();
}
