/* Sources that are trees already: Git repositories, folders of a repository's snapshot, local folders. */
#include "fetch_help.h"

static struct oid first, second, side;

static struct oid
rev(const char *what)
{
	struct oid id = {0};

	sh("git -C up rev-parse %s", what);
	oid_of(str_of(said()), &id);
	return id;
}

static void
make_upstream(void)
{
	OK(sh("git init -q up && cd up && mkdir -p d/deep && echo 1 >a && echo x >d/deep/x && git add -A && "
	      "git commit -qm first && git tag -a -m v1 v1 && echo 2 >a && git commit -qam second && "
	      "git checkout -qb feature/side && echo 3 >b && git add b && git commit -qm side && "
	      "git checkout -q main") == 0,
	   "upstream: %s", said());
	first = rev("main~1");
	second = rev("main");
	side = rev("feature/side");
}

static struct opam_source *
up(const char *ref)
{
	return source_of(arena_printf(&a, "git+file://%s/up%s", help_dir, ref), NULL);
}

static void
test_git(void)
{
	struct fetched out;
	struct opam_source *s;
	struct err e = {0};

	GOOD(get(up(""), false, &out, &e), "HEAD of a Git repository");
	OK(out.class == SOURCE_COMMIT && oid_eq(&out.commit, &second) && out.epoch == 1000000001,
	   "class, commit, time");
	sh("git -C up rev-parse main^{tree}");
	EQ_STR(out.tree.hex, said(), "its tree is upstream's");
	OK(strlen(out.tree_sha256) == 64 && !out.checksum_count && !out.tree_chain_count,
	   "and nothing else is claimed");
	GOOD(get(up("#feature/side"), false, &out, &e), "a branch");
	OK(oid_eq(&out.commit, &side), "is its commit");
	GOOD(get(up("#v1"), false, &out, &e), "an annotated tag");
	OK(oid_eq(&out.commit, &first), "is its commit");
	sh("git --git-dir=store.git for-each-ref --format='%%(refname)' refs/pkg/source");
	OK(strstr(said(), "/feature%2Fside") && strstr(said(), "/v1") && strstr(said(), "/HEAD"),
	   "all are kept, a slash as %%2F");
	FAILS(get(up("#nowhere"), false, &out, &e), ERR_FETCH, "nowhere", "a branch that is not there");
	FAILS(get(up("#a..b"), false, &out, &e), ERR_FETCH, "no name", "a range is no branch");
	FAILS(get(up("#0000000000000000000000000000000000000001"), false, &out, &e), ERR_FETCH, "",
	      "no such commit");
	s = source_of("git+https://127.0.0.1:1/none#x", NULL);
	s->src.ref = str_of(first.hex);
	GOOD(get(s, false, &out, &e), "a commit that is here needs no network");
	OK(oid_eq(&out.commit, &first), "it is that commit");
	s = source_of(arena_printf(&a, "git+file://%s/up", help_dir), "md5=0123456789abcdef0123456789abcdef",
		      NULL);
	FAILS(get(s, false, &out, &e), ERR_FETCH, "checksum", "a checksum on a Git source");
	s = up("");
	s->subpath = STR("./d/deep");
	GOOD(get(s, false, &out, &e), "a subpath");
	sh("git -C up rev-parse main^{tree} main:d main:d/deep");
	EQ_STR(said(),
	       arena_printf(&a, "%s\n%s\n%s", out.tree_chain[0].hex, out.tree_chain[1].hex, out.tree.hex),
	       "the trees on the way to it");
	EQ_INT((long long)out.tree_chain_count, 2, "two of them");
	sh("mv up gone");
	s = up("");
	mirror(s, arena_printf(&a, "git+file://%s/gone", help_dir));
	GOOD(get(s, false, &out, &e), "a mirror of a Git repository");
	OK(str_ends(out.from, "/gone"), "is named");
	sh("mv gone up");
	FAILS(get(source_of("hg+https://x/y", NULL), false, &out, &e), ERR_FETCH, "hg",
	      "hg is refused by name");
	FAILS(get(source_of("rsync://x/y", NULL), false, &out, &e), ERR_FETCH, "rsync", "rsync too");
	fetcher.offline = true;
	GOOD(get(up("#v1"), false, &out, &e), "offline, a repository on this machine is read");
	s = source_of("git+https://127.0.0.1:1/none", NULL);
	FAILS(get(s, false, &out, &e), ERR_OFFLINE, "offline", "another is not");
	fetcher.offline = false;
}

static int
get_repo(const char *url, const struct oid *commit, struct fetched *out, struct err *e)
{
	struct fetch_request r = {.package = STR("p.1"), .source = source_of(url, NULL)};

	if (commit)
		r.repo_commit = *commit;
	return fetch_source(&fetcher, &a, &r, out, e);
}

static void
test_repo(void)
{
	struct opam_source escaping = *source_of("repo:d", NULL);
	struct fetch_request r = {.package = STR("p.1"), .source = &escaping, .repo_commit = first};
	struct fetched out;
	struct err e = {0};

	GOOD(get_repo("repo:d/deep", &first, &out, &e), "a folder of the repository");
	OK(out.class == SOURCE_REPO && oid_eq(&out.repo_commit, &first) && !oid_is(&out.commit) &&
		   out.epoch == 315532800,
	   "class, snapshot, time");
	sh("git -C up rev-parse main:d/deep");
	EQ_STR(out.tree.hex, said(), "its tree");
	EQ_INT((long long)out.tree_chain_count, 2, "the trees on the way");
	FAILS(get_repo("repo:d/none", &first, &out, &e), ERR_FETCH, "no folder",
	      "a folder that is not there");
	FAILS(get_repo("repo:a", &first, &out, &e), ERR_FETCH, "no folder", "a file");
	FAILS(get_repo("repo:d", NULL, &out, &e), ERR_FETCH, "outside a package repository",
	      "a pin without repository");
	for (const char *const *path = (const char *const[]){"..", "", ".", "d/../..", "/d", NULL}; *path;
	     path++) {
		escaping.src.path = str_of(*path);
		FAILS(fetch_source(&fetcher, &a, &r, &out, &e), ERR_FETCH, "no folder inside", "'%s'", *path);
	}
}

static void
test_local(void)
{
	const char *work = arena_printf(&a, "file://%s/up/d", help_dir),
		   *plain = arena_printf(&a, "%s/plain", help_dir);
	struct fetched out;
	struct err e = {0};

	sh("cd up/d && echo changed >deep/x && echo new >new && echo staged >staged && git add staged && "
	   "mkdir void");
	GOOD(get(source_of(work, NULL), true, &out, &e), "a folder of a work tree");
	OK(out.class == SOURCE_LOCAL && out.epoch == 315532800 && !oid_is(&out.commit), "class and time");
	EQ_STR(tree_text(&out.tree), "deep\ndeep/x\nstaged", "tracked files only");
	EQ_INT((long long)out.untracked, 1, "the untracked one is counted");
	sh("git --git-dir=store.git cat-file blob %s:deep/x", out.tree.hex);
	EQ_STR(said(), "changed", "with their changes");
	FAILS(get(source_of(work, NULL), false, &out, &e), ERR_FETCH, "a folder of this machine",
	      "not from a definition");
	FAILS(get(source_of(work, "md5=0123456789abcdef0123456789abcdef", NULL), true, &out, &e), ERR_FETCH,
	      "checksum", "nor with a checksum");
	sh("mkdir -p plain/sub plain/.git plain/none && echo 1 >plain/sub/f && echo 2 >plain/.git/config");
	GOOD(get(source_of(plain, NULL), true, &out, &e), "a plain folder");
	EQ_STR(tree_text(&out.tree), "sub\nsub/f", "everything but .git");
	OK(out.empty_dir_count == 1 && str_is(out.empty_dirs[0], "none") && !out.untracked,
	   "and its empty folder");
	sh("mkfifo plain/fifo");
	FAILS(get(source_of(plain, NULL), true, &out, &e), ERR_FETCH, "FIFO", "a FIFO is refused");
	FAILS(get(source_of("/nowhere/at/all", NULL), true, &out, &e), ERR_FETCH, "No such file",
	      "a folder that is not there");
}

static void
test_none(void)
{
	struct opam_source none = {0};
	struct fetched out;
	struct err e = {0};
	enum source_class c;

	GOOD(get(&none, false, &out, &e), "no source");
	OK(out.class == SOURCE_NONE && oid_eq(&out.tree, &OID_EMPTY_TREE), "is the empty tree");
	OK(source_class_of(STR("declared"), &c) && c == SOURCE_DECLARED &&
		   !source_class_of(STR("better"), &c),
	   "classes by name");
	EQ_STR(source_class_text(SOURCE_REPO), "repo", "and back");
}

int
main(void)
{
	fetch_begin();
	if (!store)
		return 99;
	make_upstream();
	test_git();
	test_repo();
	test_local();
	test_none();
	return fetch_end();
}
