/* Refs: compare-and-swap, also between processes; stale locks; HEAD; and packs that are merged. */
#include "store_help.h"

static struct store *s;
static struct arena a;
static struct oid c[4];

static void
make_commits(void)
{
	struct err e = {0};
	struct store_commit one = {.tree = OID_EMPTY_TREE, .message = STR("x\n")};

	store_raw_write(s, STORE_TREE, (struct str){0}, &one.tree, &e);
	for (size_t i = 0; i < 4; i++) {
		one.author = one.committer = (struct store_sign){STR("p"), STR("p@x"), (int64_t)i, 0};
		GOOD(store_commit_write(s, &one, &c[i], &e), "commit %zu", i);
	}
}

static void
swaps(void)
{
	struct err e = {0};
	struct oid none = {0}, is;
	const char *ref = "refs/pkg/repo/default";

	FAILS(store_ref_get(s, ref, &is, &e), ERR_NOTFOUND, ref, "no ref yet");
	FAILS(store_ref_set(s, ref, &c[1], &c[0], "t", &e), ERR_LOCKED, "nothing",
	      "not at what it should be");
	GOOD(store_ref_set(s, ref, &c[0], &none, "t", &e), "made, from nothing");
	OK(sh("git --git-dir=s.git cat-file -t %s", ref) == 0 && strcmp(said(), "commit") == 0,
	   "what it names is on disk: setting a ref flushes");
	FAILS(store_ref_set(s, ref, &c[1], &none, "t", &e), ERR_LOCKED, "moved by somebody",
	      "not from nothing");
	FAILS(store_ref_set(s, ref, &c[2], &c[1], "t", &e), ERR_LOCKED, c[0].hex, "not from another commit");
	GOOD(store_ref_set(s, ref, &c[1], &c[0], "t", &e), "from what it is");
	GOOD(store_ref_set(s, ref, &c[1], &c[0], "t", &e), "it has the new value already");
	GOOD(store_ref_set(s, ref, &c[2], NULL, "t", &e), "from anything");
	GOOD(store_ref_get(s, ref, &is, &e), "get");
	OK(oid_eq(&is, &c[2]), "the last value");
	sh("git --git-dir=s.git pack-refs --all");
	GOOD(store_ref_get(s, ref, &is, &e), "a packed one");
	FAILS(store_ref_set(s, ref, &c[0], &c[1], "t", &e), ERR_LOCKED, c[2].hex, "packed, not from another");
	GOOD(store_ref_set(s, ref, &c[0], &c[2], "t", &e), "packed, from what it is");
	FAILS(store_ref_set(s, "refs/bad..name", &c[0], NULL, "t", &e), ERR_SYSTEM, "bad..name",
	      "a bad name");
	FAILS(store_ref_set(s, ref, &none, NULL, "t", &e), ERR_SYSTEM, ref, "to nothing");
	FAILS(store_ref_set(s, "refs/x", &(struct oid){"0123456789012345678901234567890123456789"}, NULL, "t",
			    &e),
	      ERR_SYSTEM, "refs/x", "to what is not there");
	GOOD(store_ref_delete(s, ref, &e), "delete");
	FAILS(store_ref_get(s, ref, &is, &e), ERR_NOTFOUND, ref, "gone");
	GOOD(store_ref_delete(s, ref, &e), "delete what is not there");
}

static void
listing(void)
{
	struct err e = {0};
	struct store_refs refs;
	struct str head;

	store_ref_set(s, "refs/heads/b", &c[0], NULL, "t", &e);
	store_ref_set(s, "refs/heads/a", &c[1], NULL, "t", &e);
	store_ref_set(s, "refs/heads/a.b/c", &c[1], NULL, "t", &e);
	sh("git --git-dir=s.git pack-refs --all && git --git-dir=s.git update-ref refs/heads/0 %s", c[2].hex);
	GOOD(store_refs(s, &a, "refs/heads/", &refs, &e), "list");
	OK(refs.n == 4 && str_is(refs.v[0].name, "refs/heads/0") && str_is(refs.v[1].name, "refs/heads/a") &&
		   str_is(refs.v[2].name, "refs/heads/a.b/c") && oid_eq(&refs.v[0].id, &c[2]),
	   "sorted, packed and loose");
	GOOD(store_refs(s, &a, "refs/none", &refs, &e), "list none");
	EQ_INT(refs.n, 0, "none");
	GOOD(store_head_set(s, "refs/heads/xen", &e), "HEAD to what is not there yet");
	GOOD(store_head_get(s, &a, &head, &e), "read it");
	EQ_STR(head.s, "refs/heads/xen", "HEAD");
	FAILS(store_head_set(s, "refs/heads/..", &e), ERR_SYSTEM, "HEAD", "HEAD to a bad name");
}

static void
locks(void)
{
	struct err e = {0};
	int before, after;

	sh("touch s.git/refs/heads/a.lock s.git/HEAD.lock s.git/packed-refs.lock; "
	   "mkdir -p s.git/refs/pkg/deep && touch s.git/refs/pkg/deep/x.lock");
	GOOD(store_ref_set(s, "refs/heads/a", &c[3], NULL, "t", &e),
	     "a lock left by a killed writer is no obstacle");
	GOOD(store_unlock_refs(s, &e), "unlock");
	OK(sh("find s.git -name '*.lock' | wc -l") == 0 && strcmp(said(), "0") == 0, "no lock is left");
	GOOD(store_ref_set(s, "refs/heads/a", &c[3], NULL, "t", &e), "it can be moved");
	GOOD(store_unlock_refs(s, &e), "unlock nothing");
	sh("find s.git/refs -type f | wc -l");
	before = atoi(said());
	store_unlock_refs(s, &e);
	sh("find s.git/refs -type f | wc -l");
	after = atoi(said());
	EQ_INT(after, before, "refs are not touched");
}

/* Four processes each want to move one ref ten times from what they saw. */
static void
race(void)
{
	struct err e = {0};
	struct oid is;
	int moved = 0, status;

	store_ref_set(s, "refs/heads/race", &c[0], NULL, "t", &e);
	fflush(stdout);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			struct err own = {0};
			struct store *mine = store_open(in_dir("s.git"), false, &own);
			int won = 0;

			for (size_t k = 0; mine && k < 10; k++)
				won += store_ref_set(mine, "refs/heads/race", &c[k % 4], &c[(k + 3) % 4], "r",
						     &own) == 0;
			_exit(mine ? won : 100);
		}
	while (wait(&status) > 0)
		moved += WEXITSTATUS(status) < 100 ? WEXITSTATUS(status) : 1000;
	OK(moved < 1000, "four writers: %d moves", moved);
	GOOD(store_ref_get(s, "refs/heads/race", &is, &e), "the ref holds");
	OK(sh("find s.git -name '*.lock' | wc -l") == 0 && strcmp(said(), "0") == 0, "no lock is left");
}

static void
maintain(void)
{
	struct err e = {0};
	struct store_env env = {.path = getenv("PATH"), .home = help_dir};
	struct store_builder *b;
	struct store_commit commit = {0};
	struct oid tip = {0}, first = {0};
	struct str text;
	int before;

	store_set_env(s, &env);
	for (int i = 0; i < 60; i++) {
		b = store_builder_new(s, &a, i ? &commit.tree : NULL);
		store_builder_put_text(b, "file", str_printf(&a, "version %d\n", i), &e);
		store_builder_put_text(b, arena_printf(&a, "d%d/x", i), str_printf(&a, "%d\n", i), &e);
		store_builder_write(b, &commit.tree, &e);
		commit.parents = &tip;
		commit.parent_count = i > 0;
		store_commit_write(s, &commit, &tip, &e);
		if (!i)
			first = tip;
		if (store_ref_set(s, "refs/heads/many", &tip, NULL, "t", &e) < 0)
			printf("# %s\n", e.msg);
	}
	GOOD(store_blob_write(s, STR("kept by nobody"), &first, &e), "a blob that no ref reaches");
	GOOD(store_flush(s, &e), "flush");
	sh("ls s.git/objects/pack/*.pack | wc -l");
	before = atoi(said());
	OK(before > 60, "%d packs", before);
	sh("touch -d '2 days ago' s.git/objects/pack/pack_git2_abc; touch s.git/objects/pack/pack_git2_new");
	GOOD(store_maintain(s, &e), "maintain");
	sh("ls s.git/objects/pack/*.pack | wc -l");
	OK(atoi(said()) < 10, "%s packs", said());
	OK(sh("ls s.git/objects/pack/multi-pack-index") == 0, "a multi-pack-index");
	OK(sh("ls s.git/objects/pack/pack_git2_new") == 0 && sh("ls s.git/objects/pack/pack_git2_abc") != 0,
	   "leftovers of dead writers go, not those of live ones");
	sh("rm s.git/objects/pack/pack_git2_new");
	GOOD(store_blob_read(s, &a, &first, &text, &e), "all objects stay");
	OK(store_descends(s, &tip, &tip) && store_type(s, &tip) == STORE_COMMIT, "commits too");
	GOOD(store_maintain(s, &e), "nothing to do");
	store_close(s);
	s = store_open(in_dir("s.git"), false, &e);
	GOOD(store_blob_read(s, &a, &first, &text, &e), "read by a fresh store");
	GOOD(store_blob_write(s, STR("after"), &first, &e), "written after it");
	GOOD(store_ref_set(s, "refs/heads/many2", &tip, NULL, "t", &e), "and a ref");
}

int
main(void)
{
	struct err e = {0};

	help_begin();
	s = store_open(in_dir("s.git"), true, &e);
	OK(s, "open");
	make_commits();
	swaps();
	listing();
	locks();
	race();
	maintain();
	fsck_is_clean(in_dir("s.git"));
	store_close(s);
	arena_free(&a);
	return help_end();
}
