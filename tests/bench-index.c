/* bench-index.c - what the index of a real repository costs: `bench-index CLONE.git`.
 *
 *	bench-index CLONE.git build REV [BASE]	one index, as a process to be measured
 *
 * CPU time, user and system. Beside it stands what /bin/true costs in the same run, the median: on a loaded
 * machine the multiple counts. EVERY=10: of every tenth name `pkg install --dry-run` is run. The program is
 * ./build/pkg or $PKG; its roots are made in ./build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "repo/index.h"
#include "repo/indexbuild.h"
#include "repo/platform.h"
#include "repo/slim.h"
#include "repo/universe.h"

#define INDEXES "build/bench.index"
#define UPSTREAM "build/bench-upstream.git"
#define ROOT "build/bench.root"

struct cost {
	double ms;
	long kib;
	int status;
};
typedef VEC(struct cost) costs;

struct bench {
	struct arena a;
	struct store *store;
	const char *clone, *pkg;
	struct repo repo;
	struct repos repos;
	struct opam_strings names;
	double unit; /* ms of /bin/true */
};

static void
die(const char *what, const struct err *e)
{
	fprintf(stderr, "bench-index: %s: %s\n", what, e->msg);
	exit(1);
}

static double
cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* --- processes --- */

static double
ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static struct cost
wait_for(pid_t pid)
{
	struct rusage usage;
	struct cost c;

	wait4(pid, &c.status, 0, &usage);
	c.ms = ms_of(usage.ru_utime) + ms_of(usage.ru_stime);
	c.kib = usage.ru_maxrss;
	return c;
}

/* Runs a program without its output. */
static struct cost
run(const char *const *argv)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	return wait_for(pid);
}

static int
by_ms(const void *left, const void *right)
{
	const struct cost *l = left, *r = right;

	return l->ms < r->ms ? -1 : l->ms > r->ms;
}

static void
print_costs(struct bench *b, const char *what, costs *list)
{
	const struct cost *v = list->v;
	size_t n = list->n;
	long kib = 0;

	if (!n)
		return;
	qsort(list->v, n, sizeof(*v), by_ms);
	for (size_t i = 0; i < n; i++)
		kib = v[i].kib > kib ? v[i].kib : kib;
	printf("%-34s %7.2f %7.2f %7.2f %7.2f  %5.1f x", what, v[n / 2].ms, v[n * 9 / 10].ms,
	       v[n * 99 / 100].ms, v[n - 1].ms, v[n / 2].ms / b->unit);
	if (kib)
		printf("  %4.1f MiB", (double)kib / 1024);
	printf("  of %zu\n", n);
}

/* --- in this process --- */

static struct oid
tree_of(struct bench *b, unsigned back)
{
	struct store_commit commit;
	struct oid id;
	struct err e;

	if (store_ref_get(b->store, "refs/heads/master", &id, &e) < 0)
		die(b->clone, &e);
	do {
		if (store_commit_read(b->store, &b->a, &id, &commit, &e) < 0)
			die(b->clone, &e);
		if (back && commit.parent_count)
			id = commit.parents[0];
	} while (back--);
	return commit.tree;
}

static void
open_bench(struct bench *b, const char *clone)
{
	struct err e;

	b->clone = clone;
	b->pkg = getenv("PKG") ? getenv("PKG") : "build/pkg";
	b->store = store_open(clone, false, &e);
	if (!b->store)
		die(clone, &e);
	b->repo = (struct repo){.name = STR("default"), .tree = tree_of(b, 0)};
	b->repos = (struct repos){.v = &b->repo, .n = 1, .indexes = repo_indexes_new(&b->a, INDEXES)};
}

/* The index of a commit, from that of an older one where base says so; both are kept. */
static int
build_one(struct bench *b, unsigned back, const char *base)
{
	struct oid tree = tree_of(b, back), old;
	struct index_file known;
	bool with = false;
	struct str bytes;
	struct err e;

	if (base) {
		old = tree_of(b, (unsigned)atoi(base));
		with = index_file_map(&b->a, path_join(&b->a, INDEXES, old.hex), &old, &known);
	}
	if (fs_mkdirs(AT_FDCWD, INDEXES, 0755, &e) < 0 ||
	    index_build(b->store, &b->a, &tree, with ? &known : NULL, &bytes, &e) < 0 ||
	    fs_write(AT_FDCWD, path_join(&b->a, INDEXES, tree.hex), bytes, 0644, false, &e) < 0)
		die("index", &e);
	return with == (base != NULL) ? 0 : 1;
}

static void
load(struct bench *b, struct arena *a, struct str name)
{
	struct platform debian = {STR("x86_64"), STR("linux"), STR("debian"), STR("debian"), STR("12")};
	struct opam_scope scope = platform_scope(&debian);
	struct opam_strings names = {&name, 1};
	struct universe_request r = {.names = &names};
	struct universe *u;
	struct err e;

	if (universe_load(b->store, a, &b->repos, &scope, &r, &u, &e) < 0)
		die("load", &e);
}

/* What `pkg list` and `pkg search` look at. */
static void
list_all(struct bench *b, struct arena *a)
{
	struct repo_packages found;
	struct opam_strings names;
	struct repo_index index;
	struct slim slim;
	struct err e;

	if (repo_index_open(b->store, a, &b->repos, &index, &e) < 0)
		die("open", &e);
	repo_index_names(a, &index, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (repo_index_versions(b->store, a, &index, names.v[i], &found, &e) < 0)
			die("versions", &e);
		for (size_t k = 0; k < found.n; k++)
			if (repo_about(b->store, a, &found.v[k], &slim, &e) < 0)
				die("about", &e);
	}
}

static void
add_time(struct bench *b, costs *list, double from)
{
	struct cost c = {.ms = cpu_ms() - from};

	vec_push(&b->a, list, c);
}

static void
bench_reading(struct bench *b, size_t every)
{
	costs opens = {0}, loads = {0}, lists = {0};
	struct repo_index index;
	struct err e;

	if (repo_names(b->store, &b->a, &b->repos, &b->names, &e) < 0)
		die("names", &e);
	for (size_t i = 0; i < b->names.n; i += every) {
		struct arena a = {0};
		double at = cpu_ms();

		b->repos.indexes = repo_indexes_new(&a, INDEXES);
		if (repo_index_open(b->store, &a, &b->repos, &index, &e) < 0)
			die("open", &e);
		add_time(b, &opens, at);
		load(b, &a, b->names.v[i]);
		add_time(b, &loads, at);
		arena_free(&a);
	}
	for (int i = 0; i < 20; i++) {
		struct arena a = {0};
		double at = cpu_ms();

		b->repos.indexes = repo_indexes_new(&a, INDEXES);
		list_all(b, &a);
		add_time(b, &lists, at);
		arena_free(&a);
	}
	print_costs(b, "open", &opens);
	print_costs(b, "open, load what a name reaches", &loads);
	print_costs(b, "list every version", &lists);
}

/* --- whole processes --- */

static void
bench_builds(struct bench *b, const char *self)
{
	static const struct {
		const char *what, *back, *base;
	} rows[] = {{"index, half a year before", "2", NULL},
		    {"index, six days before", "1", NULL},
		    {"index, cold", "0", NULL},
		    {"index, after six days", "0", "1"},
		    {"index, after half a year", "0", "2"}};
	struct stat st;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *argv[] = {self, b->clone, "build", rows[i].back, rows[i].base, NULL};
		costs list = {0};

		for (int k = 0; k < 5; k++)
			vec_push(&b->a, &list, run(argv));
		if (list.v[0].status != 0)
			printf("not ok: %s\n", rows[i].what);
		print_costs(b, rows[i].what, &list);
	}
	if (stat(path_join(&b->a, INDEXES, b->repo.tree.hex), &st) == 0)
		printf("an index has %.2f MiB\n", (double)st.st_size / (1 << 20));
}

static void
bench_install(struct bench *b, size_t every)
{
	costs list = {0};

	for (size_t i = 0; i < b->names.n; i += every) {
		const char *argv[] = {b->pkg,
				      "--root",
				      ROOT,
				      "install",
				      "--switch=bench",
				      "--dry-run",
				      str_c(&b->a, b->names.v[i]),
				      NULL};

		vec_push(&b->a, &list, run(argv));
	}
	print_costs(b, "pkg install --dry-run NAME", &list);
}

static void
git(struct bench *b, const char *command, const char *a1, const char *a2)
{
	const char *argv[] = {"/usr/bin/git", "-C", UPSTREAM, command, a1, a2, NULL};

	if (run(argv).status != 0)
		printf("not ok: git %s\n", command);
	(void)b;
}

static struct cost
pkg(struct bench *b, const char *a1, const char *a2, const char *a3, const char *a4)
{
	const char *argv[] = {b->pkg, "--root", ROOT, a1, a2, a3, a4, NULL};
	struct cost c = run(argv);

	if (c.status != 0)
		printf("not ok: pkg %s %s\n", a1, a2 ? a2 : "");
	return c;
}

/* Each round goes back and forward again, so that nothing but the update is in the figure. */
static void
bench_update(struct bench *b, const char *what, const char *from, const char *to)
{
	costs list = {0};

	for (int i = 0; i < 5; i++) {
		git(b, "update-ref", "refs/heads/master", from);
		pkg(b, "update", "--allow-rewind", NULL, NULL);
		git(b, "update-ref", "refs/heads/master", to);
		vec_push(&b->a, &list, pkg(b, "update", NULL, NULL, NULL));
	}
	print_costs(b, what, &list);
}

static void
open_root(struct bench *b)
{
	const char *clone[] = {"/usr/bin/git", "clone", "-q", "--bare", b->clone, UPSTREAM, NULL};
	char cwd[4096], *url;
	struct err e;

	if (fs_remove(AT_FDCWD, ROOT, &e) < 0 || fs_remove(AT_FDCWD, UPSTREAM, &e) < 0)
		die(ROOT, &e);
	run(clone);
	git(b, "update-ref", "refs/heads/newest", "refs/heads/master");
	url = arena_printf(&b->a, "git+file://%s/" UPSTREAM "#master", getcwd(cwd, sizeof(cwd)));
	pkg(b, "repo", "add", "default", url);
	pkg(b, "switch", "create", "bench", "--empty");
}

int
main(int argc, char **argv)
{
	const char *program[] = {"/bin/true", NULL};
	size_t every = getenv("EVERY") ? (size_t)atoi(getenv("EVERY")) : 10;
	struct bench b = {0};
	costs units = {0};

	if (argc < 2 || !every) {
		fprintf(stderr, "usage: bench-index CLONE.git\n");
		return 2;
	}
	open_bench(&b, argv[1]);
	if (argc > 3)
		return build_one(&b, (unsigned)atoi(argv[3]), argc > 4 ? argv[4] : NULL);
	for (int i = 0; i < 101; i++)
		vec_push(&b.a, &units, run(program));
	qsort(units.v, units.n, sizeof(*units.v), by_ms);
	b.unit = units.v[units.n / 2].ms;
	printf("%-34s %7s %7s %7s %7s  %7s  %s\n", "CPU ms", "p50", "p90", "p99", "max", "p50", "peak");
	print_costs(&b, "/bin/true", &units);
	bench_builds(&b, argv[0]);
	bench_reading(&b, every);
	open_root(&b);
	bench_install(&b, every);
	bench_update(&b, "pkg update, six days", "newest~1", "newest");
	bench_update(&b, "pkg update, half a year", "newest~2", "newest");
	bench_update(&b, "pkg update, nothing changed", "newest", "newest");
	store_close(b.store);
	arena_free(&b.a);
	return 0;
}
