/* The index: it says what the definitions say, however it was made, and no content harms it. */
#include "repo/index.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/sum.h"
#include "opam/print.h"
#include "repo/indexbuild.h"
#include "repo/slim.h"

#include "../tap.h"

struct fixture {
	struct arena a;
	const char *dir;
	struct store *store;
	struct store_builder *tree;
	struct repo repo[2];
};

#define HEAD "opam-version: \"2.0\"\n"
static const struct {
	const char *folder, *text;
} versions[] = {
	{"packages/a/a.1.0", HEAD "synopsis: \"One\"\ntags: [\"x\" \"flags:deprecated\"]\ndepends: \"b\"\n"},
	{"packages/a/a.1.0-0", HEAD "depends: [\"b\" {>= \"1\" & !(os = \"win32\")} (\"c\" | \"d\")]\n"},
	{"packages/a/a.2.0",
	 HEAD "available: [ os = \"linux\" # here\n   & arch != \"arm\" ]\nflags: conf\n"},
	{"packages/a/a.2.1",
	 HEAD "url { src: \"git+https://example.org/x\" }\nconflict-class: [\"k\" \"l\"]\n"},
	{"packages/b.1", HEAD "conflicts: \"c\" {< \"2\"}\ndepopts: [\"e\" \"f\"]\n"},
	{"packages/b/b.1", HEAD "synopsis: \"hidden by the flat one\"\n"},
	{"packages/b/b.3", HEAD "depends: [\n"},
	{"packages/c/c.1", HEAD "os: [\"linux\" \"!win32\"]\ndepends: 7\n"},
	{"packages/c/c.2", "opam-version: \"3.0\"\n"},
	{"packages/c/wrong.1", HEAD},
	{"packages/d/README", HEAD},
	{"packages/e/e.1~beta+x", HEAD "x-subpath: \"../out\"\n"},
};

static void
put(struct fixture *f, const char *folder, const char *text)
{
	struct err e;

	store_builder_put_text(f->tree, arena_printf(&f->a, "%s/opam", folder), str_of(text), &e);
}

static struct oid
write_tree(struct fixture *f)
{
	struct oid id = {0};
	struct err e;

	if (store_builder_write(f->tree, &id, &e) < 0)
		printf("# %s\n", e.msg);
	f->tree = store_builder_new(f->store, &f->a, &id);
	return id;
}

static void
open_fixture(struct fixture *f)
{
	struct err e;

	*f = (struct fixture){0};
	f->dir = fs_mkdtemp(&f->a, "/tmp", &e);
	f->store = store_open(path_join(&f->a, f->dir, "store.git"), true, &e);
	f->tree = store_builder_new(f->store, &f->a, NULL);
	for (size_t i = 0; i < COUNT_OF(versions); i++)
		put(f, versions[i].folder, versions[i].text);
	f->repo[0] = (struct repo){.name = STR("one"), .tree = write_tree(f)};
}

static void
close_fixture(struct fixture *f)
{
	struct err e;

	store_close(f->store);
	fs_remove(AT_FDCWD, f->dir, &e);
	arena_free(&f->a);
}

static struct repos
repos_of(struct fixture *f, const char *dir)
{
	return (struct repos){.v = f->repo,
			      .n = 1,
			      .indexes = dir ? repo_indexes_new(&f->a, path_join(&f->a, f->dir, dir)) : NULL};
}

/* --- what it says --- */

static const char *
text_of(struct arena *a, const struct opam_value *v)
{
	return v ? str_c(a, opam_value_text(a, v)) : "nothing";
}

static const char *
list_of(struct arena *a, struct opam_strings list)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < list.n; i++)
		buf_printf(&b, STR_FMT ",", STR_ARG(list.v[i]));
	return b.s;
}

/* Everything in a slim form, or its error. */
static const char *
shown(struct arena *a, int rc, const struct slim *s, const struct err *e)
{
	struct str available =
		s->available ? str_sub(s->text.text, s->available->at.off, s->available->at.len) : STR("");

	if (rc < 0)
		return arena_printf(a, "%d %s:%u:%u %s\n%s", (int)e->code, e->at.file ? e->at.file : "",
				    e->at.line, e->at.col, e->msg, e->note);
	return arena_printf(a, "%x|" STR_FMT "|%s|%s|%s|%s|%s|" STR_FMT "|%s|%d", s->flags,
			    STR_ARG(s->synopsis), list_of(a, s->tags), text_of(a, s->depends),
			    text_of(a, s->depopts), text_of(a, s->conflicts), text_of(a, s->available),
			    STR_ARG(available), list_of(a, s->conflict_class), s->moving);
}

static void
compare(struct fixture *f, const struct repo_package *p)
{
	struct opam_definition d;
	struct slim known = {0}, real = {0};
	struct err why = {0}, e = {0};
	int rc = repo_definition(f->store, &f->a, p, &d, &why), got;
	const char *name = arena_printf(&f->a, STR_FMT "." STR_FMT, STR_ARG(p->name), STR_ARG(p->version));
	const char *want;

	if (rc == 0)
		slim_of(&d, &real);
	want = shown(&f->a, rc, &real, &why);
	got = repo_slim(f->store, &f->a, p, &known, &e);
	EQ_STR(shown(&f->a, got, &known, &e), want, "%s: as its definition says", name);
	got = repo_about(f->store, &f->a, p, &known, &e);
	OK(got == rc, "%s: the same for a list", name);
	if (rc == 0 && got == 0)
		OK(str_eq(known.synopsis, d.synopsis) && known.tags.n == d.tags.n && known.flags == d.flags,
		   "%s: with synopsis, tags and flags", name);
}

static void
test_content(void)
{
	struct fixture f;
	struct repos repos;
	struct opam_strings names;
	struct repo_packages found;
	struct err e = {0};

	open_fixture(&f);
	repos = repos_of(&f, "index");
	OK(repo_names(f.store, &f.a, &repos, &names, &e) == 0, "names (%s)", e.msg);
	EQ_STR(list_of(&f.a, names), "a,b,c,d,e,", "all of them, sorted");
	for (size_t i = 0; i < names.n; i++) {
		OK(repo_versions(f.store, &f.a, &repos, names.v[i], &found, &e) == 0, "versions of " STR_FMT,
		   STR_ARG(names.v[i]));
		for (size_t k = 0; k < found.n; k++)
			compare(&f, &found.v[k]);
	}
	repo_versions(f.store, &f.a, &repos, STR("a"), &found, &e);
	OK(found.n == 4 && str_is(found.v[0].version, "2.1") && str_is(found.v[2].version, "1.0-0") &&
		   str_is(found.v[3].version, "1.0"),
	   "the newest first, equal ones by their text");
	repo_versions(f.store, &f.a, &repos, STR("b"), &found, &e);
	OK(found.n == 2 && str_is(found.v[1].path, "packages/b.1"),
	   "of the same version the flat one counts");
	EQ_INT(repos.indexes->open.n, 1, "one file was opened, once");
	close_fixture(&f);
}

/* Objects that are not there harm whom it concerns, when it concerns them. */
static void
test_lost(void)
{
	struct oid gone = {"0123456789012345678901234567890123456789"};
	struct fixture f;
	struct repos repos;
	struct repo_packages found;
	struct opam_strings names;
	struct slim slim;
	struct err e = {0};

	open_fixture(&f);
	store_builder_put(f.tree, "packages/lost/lost.1/opam", MODE_FILE, &gone);
	put(&f, "packages/lost/lost.2", HEAD);
	store_builder_put(f.tree, "packages/nowhere", MODE_DIR, &gone);
	f.repo[0].tree = write_tree(&f);
	repos = repos_of(&f, "index");
	OK(repo_names(f.store, &f.a, &repos, &names, &e) == 0 && names.n == 7, "there is an index (%s)",
	   e.msg);
	OK(repo_versions(f.store, &f.a, &repos, STR("lost"), &found, &e) == 0 && found.n == 2,
	   "a lost definition is a version");
	OK(repo_slim(f.store, &f.a, &found.v[0], &slim, &e) == 0, "its neighbour can be read");
	OK(repo_slim(f.store, &f.a, &found.v[1], &slim, &e) < 0 && e.code == ERR_NOTFOUND, "it cannot: %s",
	   e.msg);
	OK(repo_versions(f.store, &f.a, &repos, STR("nowhere"), &found, &e) < 0 && e.code == ERR_NOTFOUND,
	   "a lost folder is an error for who asks for it: %s", e.msg);
	OK(repo_versions(f.store, &f.a, &repos, STR("a"), &found, &e) == 0 && found.n == 4,
	   "and for no other");
	close_fixture(&f);
}

static void
test_two(void)
{
	struct fixture f;
	struct repos repos;
	struct repo_packages found;
	struct opam_strings names;
	struct err e = {0};

	open_fixture(&f);
	f.repo[1] = f.repo[0];
	f.repo[1].name = STR("two");
	store_builder_remove(f.tree, "packages/a/a.1.0");
	store_builder_remove(f.tree, "packages/a/a.2.1");
	put(&f, "packages/z/z.1", HEAD);
	f.repo[0].tree = write_tree(&f);
	repos = repos_of(&f, "index");
	repos.n = 2;
	OK(repo_names(f.store, &f.a, &repos, &names, &e) == 0, "two repositories");
	EQ_STR(list_of(&f.a, names), "a,b,c,d,e,z,", "each name once");
	repo_versions(f.store, &f.a, &repos, STR("a"), &found, &e);
	OK(found.n == 3 && found.v[0].repo == &f.repo[1] && found.v[1].repo == &f.repo[0] &&
		   found.v[2].repo == &f.repo[0] && str_is(found.v[2].version, "1.0-0"),
	   "of equal versions the first repository's");
	close_fixture(&f);
}

/* --- how it is made --- */

static struct str
build(struct fixture *f, const struct oid *tree, struct str base)
{
	struct index_file known;
	struct str out = {0};
	struct err e = {0};
	bool with = base.n && index_file_of(base, NULL, &known);

	if (index_build(f->store, &f->a, tree, with ? &known : NULL, &out, &e) < 0)
		printf("# %s\n", e.msg);
	return out;
}

static void
test_update(void)
{
	static const char *const steps[][2] = {
		{"packages/a/a.3", HEAD "depends: \"new\"\n"},
		{"packages/a/a.1.0", NULL},
		{"packages/b.2", HEAD},
		{"packages/b.1", NULL},
		{"packages/c/c.2", HEAD "synopsis: \"good\"\n"},
		{"packages/a", NULL},
		{"packages/0x/0x.1", HEAD},
		{"packages/b/b.3", "no\n"},
		{"packages/a.9", HEAD},
		{"packages/a/a.9", HEAD "synopsis: \"x\"\n"},
		{"packages/a.9", NULL},
	};
	struct fixture f;
	struct str base = {0}, cold, warm;

	open_fixture(&f);
	base = build(&f, &f.repo[0].tree, base);
	OK(base.n > 0, "an index of %zu bytes", base.n);
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct oid tree;

		if (steps[i][1])
			put(&f, steps[i][0], steps[i][1]);
		else
			store_builder_remove(f.tree, steps[i][0]);
		tree = write_tree(&f);
		cold = build(&f, &tree, (struct str){0});
		warm = build(&f, &tree, base);
		OK(str_eq(cold, warm), "%s %s: brought up to date it has the same bytes",
		   steps[i][1] ? "set" : "removed", steps[i][0]);
		base = warm;
	}
	OK(str_eq(build(&f, &f.repo[0].tree, base), build(&f, &f.repo[0].tree, (struct str){0})),
	   "and all the way back");
	close_fixture(&f);
}

/* --- hostile content --- */

/* Asks for everything in it, also as a base. */
static void
use(struct fixture *f, const struct index_file *file)
{
	const struct index_file *files[] = {file};
	struct repos repos = {.v = f->repo, .n = 1};
	struct repo_index index = {&repos, files};
	struct arena a = {0};
	struct opam_strings names;
	struct err e;

	repo_index_names(&a, &index, &names);
	for (size_t i = 0; i < names.n; i++) {
		struct repo_packages found;
		struct slim slim;

		if (repo_index_versions(f->store, &a, &index, names.v[i], &found, &e) < 0)
			continue;
		for (size_t k = 0; k < found.n && k < 20; k++) {
			repo_about(f->store, &a, &found.v[k], &slim, &e);
			repo_slim(f->store, &a, &found.v[k], &slim, &e);
		}
	}
	arena_free(&a);
}

static void
resign(char *bytes, size_t n)
{
	size_t from = offsetof(struct index_head, sum) + sizeof(uint64_t);
	uint64_t sum = sum64((struct str){bytes + from, n - from});

	memcpy(bytes + offsetof(struct index_head, sum), &sum, sizeof(sum));
}

static void
test_hostile(void)
{
	static const unsigned char changes[] = {0x01, 0x80, 0xff};
	struct fixture f;
	struct index_file file;
	struct str good, out;
	struct err e;
	size_t caught = 0, survived = 0;

	open_fixture(&f);
	good = build(&f, &f.repo[0].tree, (struct str){0});
	for (size_t at = 0; at < good.n; at++) {
		for (size_t i = 0; i < COUNT_OF(changes); i++) {
			struct arena a = {0};
			char *copy = malloc(good.n);

			memcpy(copy, good.s, good.n);
			copy[at] = (char)((unsigned char)copy[at] ^ changes[i]);
			caught += !index_file_of((struct str){copy, good.n}, NULL, &file);
			resign(copy, good.n);
			if (index_file_of((struct str){copy, good.n}, NULL, &file)) {
				survived++;
				use(&f, &file);
				if (i == 0)
					index_build(f.store, &a, &f.repo[0].tree, &file, &out, &e);
			}
			free(copy);
			arena_free(&a);
		}
	}
	EQ_INT(caught, good.n * COUNT_OF(changes), "the sum catches every change");
	OK(survived > good.n, "%zu forged ones do no harm", survived);
	caught = 0;
	for (size_t n = 0; n < good.n; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, good.s, n);
		if (n >= sizeof(struct index_head))
			resign(copy, n);
		caught += !index_file_of((struct str){copy, n}, NULL, &file);
		free(copy);
	}
	EQ_INT(caught, good.n, "so does every cut end, signed or not");
	close_fixture(&f);
}

/* --- files --- */

static bool
works(struct fixture *f, struct repos repos)
{
	struct repo_packages found;
	struct err e = {0};

	return repo_versions(f->store, &f->a, &repos, STR("a"), &found, &e) == 0 && found.n == 4;
}

static void
test_files(void)
{
	struct fixture f;
	const char *path, *stale, *other;
	struct str bytes, now;
	struct err e = {0};

	open_fixture(&f);
	path = arena_printf(&f.a, "%s/index/%s", f.dir, f.repo[0].tree.hex);
	OK(works(&f, repos_of(&f, NULL)), "without a folder nothing is kept");
	OK(works(&f, repos_of(&f, "index")) && fs_read(&f.a, AT_FDCWD, path, 0, &bytes, &e) == 0,
	   "a missing file is made");
	for (size_t i = 0; i < 3; i++) {
		struct str bad = i == 0   ? str_sub(bytes, 0, bytes.n / 2)
				 : i == 1 ? STR("not an index")
					  : (struct str){0};

		fs_write(AT_FDCWD, path, bad, 0644, false, &e);
		OK(works(&f, repos_of(&f, "index")) && fs_read(&f.a, AT_FDCWD, path, 0, &now, &e) == 0 &&
			   str_eq(now, bytes),
		   "a torn one of %zu bytes is made again", bad.n);
	}
	put(&f, "packages/a/a.7", HEAD);
	f.repo[0].tree = write_tree(&f);
	other = arena_printf(&f.a, "%s/index/%s", f.dir, f.repo[0].tree.hex);
	fs_write(AT_FDCWD, other, bytes, 0644, false, &e);
	OK(!works(&f, repos_of(&f, "index")), "one of another tree is not believed");
	stale = arena_printf(&f.a, "%s/index/ocaml", f.dir);
	fs_write(AT_FDCWD, stale, STR("x"), 0644, false, &e);
	{
		struct repos repos = repos_of(&f, "index");

		OK(repo_index_refresh(f.store, &f.a, &repos, &e) == 0, "a refresh");
	}
	OK(!fs_exists(AT_FDCWD, path) && fs_exists(AT_FDCWD, other) && fs_exists(AT_FDCWD, stale),
	   "removes the index of a tree that is not used, and nothing else");
	fs_write(AT_FDCWD, path_join(&f.a, f.dir, "file"), STR("x"), 0644, false, &e);
	OK(repo_versions(
		   f.store, &f.a,
		   &(struct repos){.v = f.repo,
				   .n = 1,
				   .indexes = repo_indexes_new(&f.a, path_join(&f.a, f.dir, "file/index"))},
		   STR("a"), &(struct repo_packages){0}, &e) == 0,
	   "a folder that cannot be made only costs time");
	close_fixture(&f);
}

static void
test_race(void)
{
	struct fixture f;
	int good = 0;

	open_fixture(&f);
	store_flush(f.store, &(struct err){0});
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(works(&f, repos_of(&f, "index")) ? 0 : 1);
	}
	for (int i = 0; i < 8; i++) {
		int status;

		wait(&status);
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	EQ_INT(good, 8, "eight processes make it at the same time");
	OK(works(&f, repos_of(&f, "index")), "and what is left is good");
	close_fixture(&f);
}

int
main(void)
{
	test_content();
	test_lost();
	test_two();
	test_update();
	test_hostile();
	test_files();
	test_race();
	return tap_done();
}
