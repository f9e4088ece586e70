/* The ledger: a state written and read again is the same tree, and plain Git understands it. */
#include "ledger/ledger.h"

#include "base/digest.h"
#include "store_help.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char image1[] = "1111111111111111111111111111111111111111111111111111111111111111";
static const char image2[] = "2222222222222222222222222222222222222222222222222222222222222222";

static struct arena *const A = &help_arena;
static struct store *S;

static void
die(const struct err *e)
{
	printf("Bail out! %s %s\n", e->msg, e->note);
	exit(1);
}

static struct oid
blob(const char *text)
{
	struct err e;
	struct oid id;

	if (store_blob_write(S, str_of(text), &id, &e) < 0)
		die(&e);
	return id;
}

static struct oid
tree(const char *path, const char *text)
{
	struct store_builder *b = store_builder_new(S, A, NULL);
	struct err e;
	struct oid id = {0};

	if (store_builder_put_text(b, path, str_of(text), &e) < 0 || store_builder_write(b, &id, &e) < 0)
		die(&e);
	return id;
}

static struct oid
commit(const struct oid *of, const char *message)
{
	struct store_commit c = {.tree = *of, .message = str_of(message)};
	struct err e;
	struct oid id;

	c.author = c.committer = (struct store_sign){STR("u"), STR("u@example.org"), 1600000000, 60};
	if (store_commit_write(S, &c, &id, &e) < 0)
		die(&e);
	return id;
}

/* A record with everything that a record can have. */
static struct record
full_record(void)
{
	static struct record_file files[] = {
		{STR("share/x.elf"), MODE_FILE, STR(HEX64), 12345},
		{STR("bin/x"), MODE_EXEC, STR(HEX64), 7},
		{STR("bin/\xc3\xa4 \"quoted\\"), MODE_LINK, STR(HEX64), 1},
	};
	static struct record_dep deps[] = {{STR("zlib"), STR("1.3"), STR("")},
					   {STR("ninja"), STR("1.11"), STR("build test")}};
	static struct record_library libs[] = {{STR("libc.so.6"), STR("libc6"), STR("2.36"), true},
					       {STR("libX.so.1"), STR(""), STR(""), false}};
	static struct record_image images[] = {{STR("share/x.elf"), {image1, 64}, STR("abcdef"), 12345}};
	static struct record_extra extras[] = {{STR("fix.patch"), {{0}}, STR(HEX64), true},
					       {STR("sub/data"), {{0}}, STR(HEX64), false}};
	static struct opam_checksum sums[] = {{HASH_SHA256, STR(HEX64)}};
	static struct str depexts[] = {STR("libfoo-dev=1.2"), STR("gcc=12")}, empty[] = {STR("src/empty")};
	static struct oid chain[1];
	struct record r = {.name = STR("tls-proxy"), .version = STR("1.0")};
	struct oid sub = tree("main.c", "int main(void)\n{\n}\n"), top;
	struct store_builder *b = store_builder_new(S, A, NULL);
	struct err e;

	store_builder_put(b, "proxy", MODE_DIR, &sub);
	if (store_builder_write(b, &top, &e) < 0)
		die(&e);
	extras[0].id = blob("--- a\n+++ b\n");
	extras[1].id = blob("data\n");
	r.repo = STR("default");
	r.definition = blob("opam-version: \"2.0\"\n");
	r.definition_sha256 = STR(HEX64);
	r.source = (struct fetched){.class = SOURCE_COMMIT,
				    .url = STR("git+https://example.org/x#v1"),
				    .tree = sub,
				    .declared = STR("abc"),
				    .subpath = STR("proxy"),
				    .checksums = sums,
				    .checksum_count = 1,
				    .empty_dirs = empty,
				    .empty_dir_count = 1,
				    .epoch = 1600000000,
				    .untracked = 3,
				    .tree_chain_count = 1,
				    .tree_chain = chain};
	memcpy(r.source.tree_sha256, HEX64, 65);
	chain[0] = top;
	r.source.commit = commit(&top, "upstream\n");
	r.extras = extras;
	r.extra_count = 2;
	r.input_id = r.build_key = STR(HEX64);
	r.output = tree("meta.json", "{}\n");
	r.sandbox = STR("reduced: pid, ipc");
	r.files = files;
	r.file_count = 3;
	r.deps = deps;
	r.dep_count = 2;
	r.libraries = libs;
	r.library_count = 2;
	r.images = images;
	r.image_count = 1;
	r.depexts = depexts;
	r.depext_count = 2;
	r.log = STR(HEX64);
	r.tested = true;
	return r;
}

static struct record
small_record(const char *name, const char *version, const char *text)
{
	struct record r = {.name = str_of(name), .version = str_of(version)};

	r.definition = blob("opam-version: \"2.0\"\n");
	r.source = (struct fetched){.class = SOURCE_NONE};
	r.output = tree("meta.json", text);
	return r;
}

static struct state base;

static struct state
full_state(void)
{
	static struct str roots[] = {STR("tls-proxy"), STR("another")}, chain[] = {STR("gcc=12=amd64")};
	static struct state_pin pins[] = {{STR("tls-proxy"), STR(""), STR("git+https://example.org/x")},
					  {STR("aaa"), STR("1"), STR("/src/a")}};
	static struct state_variable vars[] = {{STR("os"), STR("linux")}, {STR("arch"), STR("x86_64")}};
	static struct state_repo repos[2];
	static struct record records[3];
	struct oid t = tree("packages/x/opam", "opam-version: \"2.0\"\n");

	repos[0] = (struct state_repo){.name = STR("mine"),
				       .url = STR("file:///r"),
				       .commit = commit(&t, "snap\n"),
				       .upstream = {"1234567890123456789012345678901234567890"},
				       .upstream_path = STR("pkgs"),
				       .dirty = false};
	repos[1] = (struct state_repo){
		.name = STR("default"), .url = STR("https://o"), .commit = repos[0].commit, .dirty = true};
	records[0] = full_record();
	records[1] = small_record("a-b", "1", "{1}");
	records[2] = small_record("a", "2", "{2}");
	return (struct state){.invariant = STR("\"ocaml\" {= \"4.14\"}"),
			      .description = STR("for the demo"),
			      .roots = {roots, 2},
			      .pins = pins,
			      .pin_count = 2,
			      .repos = repos,
			      .repo_count = 2,
			      .variables = vars,
			      .variable_count = 2,
			      .toolchain = {chain, 1},
			      .records = records,
			      .record_count = 3};
}

static const struct ledger_note note = {
	.subject = STR("install tls-proxy"),
	.reason = STR("The demo needs it.\n"),
	.command = STR("pkg install -m 'The\ndemo' tls-proxy"),
	.user_name = STR("Some Body"),
	.user_email = STR("some@example.org"),
	.time = 1700000000,
};

static void
test_round_trip(struct oid *out)
{
	struct state s = full_state(), back;
	struct oid again, kept;
	struct err e = {0};
	const struct record *r;

	OK(sh("mkdir -p store.git/refs/pkg/keep && touch store.git/refs/pkg/keep/%s.lock",
	      s.repos[0].commit.hex) == 0,
	   "a lock that a killed process has left");
	GOOD(ledger_write(S, A, &s, NULL, &note, out, &e), "a state is written");
	GOOD(ledger_read(S, A, out, &back, &e), "and read");
	EQ_INT(back.record_count, 3, "three records");
	OK(str_is(back.records[0].name, "a") && str_is(back.records[1].name, "a-b"),
	   "sorted by name, not as Git sorts");
	r = state_record(&back, STR("tls-proxy"));
	OK(r && !state_record(&back, STR("tls")), "found by name");
	OK(r && str_is(r->files[0].path, "bin/x") && r->file_count == 3, "files are sorted");
	OK(r && r->tested && r->source.class == SOURCE_COMMIT && r->source.tree_chain_count == 1 &&
		   r->source.untracked == 3,
	   "flags, class, chain and counts");
	OK(r && str_is(r->deps[0].name, "ninja") && str_is(r->deps[0].roles, "build test"), "roles");
	OK(str_is(back.repos[0].name, "mine") && back.repos[1].dirty, "repositories keep their order");
	OK(str_is(back.pins[0].name, "aaa") && str_is(back.variables[0].name, "arch"), "the rest is sorted");

	GOOD(ledger_write(S, A, &back, NULL, &note, &again, &e), "written again, folders taken over");
	OK(oid_eq(out, &again), "it is the same commit");
	for (size_t i = 0; i < back.record_count; i++)
		back.records[i].folder = (struct oid){0};
	GOOD(ledger_write(S, A, &back, NULL, &note, &again, &e), "and again from the values alone");
	OK(oid_eq(out, &again), "the same");

	GOOD(store_ref_get(S, arena_printf(A, "refs/pkg/keep/%s", s.records[0].source.commit.hex), &kept, &e),
	     "the upstream commit is kept");
	GOOD(store_ref_get(S, arena_printf(A, "refs/pkg/keep/%s", s.repos[0].commit.hex), &kept, &e),
	     "and the repository's");
}

static void
test_refusals(void)
{
	static struct record_file bad[] = {{STR("bin/\xff"), MODE_FILE, STR(HEX64), 1}};
	static struct state_variable twice[] = {
		{STR("os"), STR("a")}, {STR("arch"), STR("b")}, {STR("os"), STR("c")}};
	struct state s = full_state();
	struct oid id;
	struct err e = {0};

	s.records[2].files = bad;
	s.records[2].file_count = 1;
	FAILS(ledger_write(S, A, &s, NULL, &note, &id, &e), ERR_BUILD, "not UTF-8",
	      "a name that JSON cannot hold");
	s = full_state();
	s.variables = twice;
	s.variable_count = 3;
	FAILS(ledger_write(S, A, &s, NULL, &note, &id, &e), ERR_BUG, "os twice", "a variable twice");
	s = full_state();
	s.records[0].source.commit = (struct oid){"1234567890123456789012345678901234567890"};
	OK(ledger_write(S, A, &s, NULL, &note, &id, &e) < 0, "a commit that is not in the store");
	base = full_state();
}

/* An upgrade, a rebuild, a removal and an addition. */
static void
test_history(const struct oid *first, struct oid *last)
{
	static struct record records[3];
	static struct record_image images[] = {{STR("share/x.elf"), {image2, 64}, STR("ffff"), 99}};
	struct state s = base;
	struct ledger_note n = note;
	struct ledger_entry *list;
	struct err e = {0};
	size_t count;

	records[0] = base.records[0];
	records[0].version = STR("1.1");
	records[0].source.tree = tree("main.c", "int main(void)\n{\n\treturn 0;\n}\n");
	records[0].source.tree_chain_count = 0;
	records[0].images = images;
	records[1] = small_record("a", "2", "{other output}");
	records[2] = small_record("new", "5", "{5}");
	s.records = records;
	s.record_count = 3;
	n.subject = STR("upgrade\nall");
	n.reason = STR("");
	n.time += 100;
	GOOD(ledger_write(S, A, &s, first, &n, last, &e), "a second state");
	GOOD(store_ref_set(S, "refs/heads/xen", last, NULL, "test", &e), "the ref is set");
	GOOD(ledger_history(S, A, last, 0, &list, &count, &e), "history");
	EQ_INT(count, 2, "two transactions");
	EQ_INT(list[0].change_count, 4, "four changes in the newer");
	OK(str_is(list[0].changes[0].name, "a") && str_is(list[0].changes[0].how, "rebuilt"),
	   "a was rebuilt");
	OK(str_is(list[0].changes[1].name, "a-b") && list[0].changes[1].now.n == 0, "a-b was removed");
	OK(str_is(list[0].changes[2].name, "new") && list[0].changes[2].was.n == 0, "new was added");
	OK(str_is(list[0].changes[3].was, "1.0") && str_is(list[0].changes[3].now, "1.1"),
	   "tls-proxy was upgraded");
	EQ_INT(list[1].change_count, 3, "the first installed three");
	GOOD(ledger_history(S, A, last, 1, &list, &count, &e), "the newest alone");
	EQ_INT(count, 1, "is one");
}

static void
test_images(const struct oid *first, const struct oid *last)
{
	struct ledger_image image;
	struct ledger_refs all;
	struct err e = {0};
	struct oid id;

	GOOD(ledger_find_image(S, A, str_of(image1), &image, &e), "an image of the first state is found");
	OK(oid_eq(&image.commit, first) && str_is(image.package, "tls-proxy") &&
		   str_is(image.version, "1.0") && image.size == 12345 && str_is(image.ledger.name, "xen"),
	   "with all that is known");
	GOOD(ledger_find_image(S, A, str_of(image2), &image, &e), "one of the second");
	OK(oid_eq(&image.commit, last) && str_is(image.build_id, "ffff"), "too");
	FAILS(ledger_find_image(S, A, STR(HEX64), &image, &e), ERR_NOTFOUND, HEX64, "an unknown one is not");
	GOOD(store_ref_set(S, arena_printf(A, "refs/pkg/removed/xen/%s", last->hex), last, NULL, "t", &e),
	     "the ledger is moved away");
	GOOD(store_ref_delete(S, "refs/heads/xen", &e), "as by a removal");
	GOOD(ledger_find_image(S, A, str_of(image1), &image, &e), "it is still found");
	OK(image.ledger.removed && str_is(image.ledger.name, "xen"), "in a removed ledger");
	FAILS(ledger_head(S, A, "xen", &id, &e), ERR_CONFIG, "no switch 'xen'", "the switch is gone");
	GOOD(store_ref_set(S, "refs/heads/xen", last, NULL, "t", &e), "and back");
	GOOD(ledger_head(S, A, "xen", &id, &e), "the switch is there");
	OK(ledger_head(S, A, "xem", &id, &e) < 0 && strstr(e.hint, "did you mean 'xen'?"),
	   "a slip is understood");
	GOOD(ledger_all(S, A, &all, &e), "all ledgers");
	OK(all.n == 2 && !all.v[0].removed && all.v[1].removed, "one live, one removed");
}

/* What is deployed, with Git alone. */
static void
test_git(void)
{
	const char *git = "git --git-dir=store.git";

	OK(sh("%s fsck --strict --no-dangling", git) == 0, "git fsck --strict");
	OK(sh("%s log --stat xen", git) == 0 && strstr(said(), "install tls-proxy") &&
		   strstr(said(), "record.json"),
	   "git log --stat");
	OK(sh("%s log -1 --format=%%an:%%ae:%%ct:%%s xen~1", git) == 0, "the first commit");
	EQ_STR(said(), "Some Body:some@example.org:1700000000:install tls-proxy",
	       "its user, time and subject");
	OK(sh("%s log -1 --format='%%(trailers)' xen~1", git) == 0, "trailers");
	OK(strstr(said(), "Command: pkg install -m 'The demo' tls-proxy") && strstr(said(), "Pkg-Version: "),
	   "on their lines");
	OK(sh("%s blame xen -- packages/tls-proxy/source/main.c", git) == 0 && strstr(said(), "return 0;"),
	   "git blame");
	OK(sh("%s diff xen~1 xen -- packages/tls-proxy/source", git) == 0 && strstr(said(), "+\treturn 0;"),
	   "git diff");
	OK(sh("%s show xen~1:packages/tls-proxy/files/sub/data", git) == 0 && strcmp(said(), "data") == 0,
	   "an extra file as used");
	OK(sh("test \"$(%s cat-file blob xen:packages/tls-proxy/commit | git hash-object -t commit "
	      "--stdin)\" = "
	      "\"$(%s cat-file blob xen:packages/tls-proxy/record.json | sed -n 's/^    \"commit\": "
	      "\"\\(.*\\)\",/\\1/p')\"",
	      git, git) == 0,
	   "the raw commit hashes to the recorded one");
	OK(sh("test \"$(%s cat-file blob xen~1:packages/tls-proxy/trees/0 | git hash-object -t tree --stdin "
	      "--literally)\" = "
	      "\"$(%s cat-file blob xen~1:packages/tls-proxy/commit | sed -n 's/^tree //p')\"",
	      git, git) == 0,
	   "and its tree, on the way to source/, to the one that it names");
	OK(sh("%s cat-file blob xen:switch.json | python3 -c '"
	      "import json,sys\nd=json.load(sys.stdin)\nassert list(d)==sorted(d)'",
	      git) == 0,
	   "keys are sorted");
	OK(sh("git clone -q store.git clone 2>/dev/null && git -C clone log --oneline origin/xen 2>/dev/null "
	      "| wc -l") == 0,
	   "a clone");
	EQ_STR(said(), "2", "has the history");
}

int
main(void)
{
	struct oid first, last;
	struct err e = {0};

	setvbuf(stdout, NULL, _IOLBF, 0);
	help_begin();
	S = store_open(in_dir("store.git"), true, &e);
	if (!S)
		die(&e);
	test_round_trip(&first);
	test_refusals();
	test_history(&first, &last);
	test_images(&first, &last);
	test_git();
	store_close(S);
	return help_end();
}
