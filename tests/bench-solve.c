/* bench-solve.c - how good and how fast answers are on a real repository.
 *
 *	PKG_DATA=FOLDER bench-solve CLONE.git               the requests of optimum.jsonl and
 *opam-answers.jsonl PKG_DATA=FOLDER bench-solve CLONE.git all           every name, in an empty switch and in
 *c530 PKG_DATA=FOLDER bench-solve CLONE.git [-c] NAME...  one request, in detail; -c: in c530
 *
 * CPU time of this process; a load takes what it needs from the index. `whole` is solver_plan().
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/fs.h"
#include "base/json.h"
#include "opam/version.h"
#include "repo/index.h"
#include "repo/platform.h"
#include "solver/guard.h"
#include "solver/optimum.h"

enum { LOAD, PROBLEM, SEARCH, WHOLE, PHASES };
static const char *const phase_names[] = {"load", "problem", "search", "whole"};
static const char *const c530_names[] = {"base-bigarray", "base-domains",         "base-effects",
					 "base-nnp",      "base-threads",         "base-unix",
					 "ocaml",         "ocaml-base-compiler",  "ocaml-compiler",
					 "ocaml-config",  "ocaml-options-vanilla"};
static const char *const c530_versions[] = {"base",  "base",  "base",  "base", "base", "base",
					    "5.3.0", "5.3.0", "5.3.0", "3",    "1"};

struct bench {
	struct arena a;
	struct store *store;
	struct repo repo;
	struct repos repos;
	struct platform platform;
	struct opam_scope scope;
	struct universe_installed installed[COUNT_OF(c530_names)];
	const struct opam_formula *invariant;
	VEC(double) times[PHASES];
	VEC(uint64_t) steps;
	size_t requests, answered, refused, wrong_verdict, wrong_vector, beaten, not_proven, failed;
};

static double
cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
die(const char *what, const struct err *e)
{
	fprintf(stderr, "bench-solve: %s: %s\n", what, e->msg);
	exit(1);
}

/* --- the repository --- */

/* The compiler of c530 with its definitions. */
static void
open_switch(struct bench *b)
{
	struct opam_strings names = {arena_array(&b->a, struct str, COUNT_OF(c530_names)),
				     COUNT_OF(c530_names)};
	struct universe_request r = {.names = &names};
	struct universe *u;
	struct err e = {0};

	for (size_t i = 0; i < names.n; i++)
		names.v[i] = str_of(c530_names[i]);
	if (universe_load(b->store, &b->a, &b->repos, &b->scope, &r, &u, &e) < 0 ||
	    opam_atom(&b->a, STR("ocaml-base-compiler.5.3.0"), &b->invariant, &e) < 0)
		die("c530", &e);
	for (size_t i = 0; i < names.n; i++) {
		const struct version *v = universe_version(u, names.v[i], str_of(c530_versions[i]));

		if (!v)
			die(c530_names[i], &e);
		b->installed[i] =
			(struct universe_installed){v->name, v->version, v->definition, v->definition_id,
						    str_is(v->name, "ocaml-base-compiler")};
	}
}

static void
open_bench(struct bench *b, const char *clone)
{
	struct store_commit commit;
	struct err e = {0};

	b->store = store_open(clone, false, &e);
	if (!b->store || store_ref_get(b->store, "refs/heads/master", &b->repo.commit, &e) < 0 ||
	    store_commit_read(b->store, &b->a, &b->repo.commit, &commit, &e) < 0)
		die(clone, &e);
	b->repo.name = STR("default");
	b->repo.tree = commit.tree;
	b->repos = (struct repos){
		.v = &b->repo, .n = 1, .indexes = repo_indexes_new(&b->a, "build/bench.index")};
	b->platform = (struct platform){STR("x86_64"), STR("linux"), STR("debian"), STR("debian"), STR("12")};
	b->scope = platform_scope(&b->platform);
	open_switch(b);
}

/* --- one request --- */

struct answer {
	int rc; /* of solver_plan() */
	const struct plan *plan;
	struct problem *problem; /* NULL: a name is missing */
	struct optimum optimum;
	struct err e;
};

/* "lwt<4.0.0 dune>=3.0" */
static void
parse(struct bench *b, struct arena *a, struct str text, bool c530, struct request *r,
      struct opam_strings *names)
{
	VEC(const struct opam_formula *) atoms = {0};
	struct err e = {0};
	struct str word;

	while (str_cut(&text, ' ', &word)) {
		const struct opam_formula *atom;

		if (opam_atom(a, word, &atom, &e) < 0)
			die(str_c(a, word), &e);
		vec_push(a, &atoms, atom);
	}
	*names = (struct opam_strings){arena_array(a, struct str, atoms.n), atoms.n};
	for (size_t i = 0; i < atoms.n; i++)
		names->v[i] = atoms.v[i]->name;
	*r = (struct request){.kind = REQUEST_INSTALL, .atoms = atoms.v, .n = atoms.n};
	if (c530) {
		r->installed = b->installed;
		r->installed_count = COUNT_OF(b->installed);
		r->invariant = b->invariant;
	}
}

static bool
all_known(const struct universe *u, const struct opam_strings *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!universe_package(u, names->v[i]))
			return false;
	return true;
}

static void
solve(struct bench *b, struct arena *a, struct str text, bool c530, struct answer *out)
{
	struct universe_request load = {0};
	struct opam_strings names;
	struct request *r = arena_new(a, struct request);
	struct universe *u;
	double at[PHASES + 1];

	*out = (struct answer){0};
	parse(b, a, text, c530, r, &names);
	load = (struct universe_request){.names = &names,
					 .installed = r->installed,
					 .installed_count = r->installed_count,
					 .invariant = r->invariant};
	at[LOAD] = cpu_ms();
	if (universe_load(b->store, a, &b->repos, &b->scope, &load, &u, &out->e) < 0)
		die("load", &out->e);
	at[PROBLEM] = cpu_ms();
	if (all_known(u, &names))
		out->problem = problem_new(a, u, r);
	at[SEARCH] = cpu_ms();
	if (out->problem)
		optimum_find(out->problem, guard_time(SOLVER_DEADLINE_MS), &out->optimum);
	at[WHOLE] = cpu_ms();
	out->rc = solver_plan(a, u, r, &out->plan, &out->e);
	at[PHASES] = cpu_ms();
	b->requests++;
	if (out->rc < 0) {
		b->refused++;
		b->failed += out->e.code != ERR_UNSAT && out->e.code != ERR_NOTFOUND;
		return;
	}
	b->answered++;
	b->not_proven += !out->plan->proven;
	for (int i = 0; i < PHASES; i++)
		vec_push(&b->a, &b->times[i], at[i + 1] - at[i]);
	vec_push(&b->a, &b->steps, out->optimum.steps);
}

/* --- against what is known --- */

static void
say(const json_value *line, const struct answer *got, const char *what)
{
	printf("%s: " STR_FMT " (" STR_FMT ")", what, STR_ARG(json_str(line, "request")),
	       STR_ARG(json_str(line, "switch")));
	if (got->rc < 0)
		printf(": %s", got->e.msg);
	for (int i = 0; got->rc == 0 && i < PLAN_LEVELS; i++)
		printf("%s%ld", i ? " " : ": ", got->plan->vector[i]);
	if (got->rc == 0 && !got->plan->proven)
		printf(", %d levels proven, bound %ld", got->plan->proven_levels, got->plan->bound);
	putchar('\n');
}

static void
judge_optimum(struct bench *b, const json_value *line, const struct answer *got)
{
	bool sat = str_is(json_str(line, "status"), "sat"), same = true;
	const json_value *number = json_first(json_get(line, "vector"));

	if (sat != (got->rc == 0)) {
		b->wrong_verdict++;
		say(line, got, "another verdict");
	}
	if (!sat || got->rc < 0)
		return;
	for (int i = 0; i < PLAN_LEVELS; i++, number = json_next(number))
		same &= json_number(number) == got->plan->vector[i];
	b->wrong_vector += !same;
	if (!same || !got->plan->proven)
		say(line, got, same ? "not proven" : "another vector");
}

/* The set of opam as a choice. False: a version that we do not have. */
static bool
choice_of(struct arena *a, const struct problem *p, const json_value *packages, struct choice *out)
{
	out->of = arena_array(a, uint32_t, p->u->n);
	for (size_t i = 0; i < p->u->n; i++)
		out->of[i] = NO_ITEM;
	for (const json_value *x = json_first(packages); x; x = json_next(x)) {
		const struct version *v;
		struct str name, version;

		if (!opam_name_version_cut(json_text(x), &name, &version))
			return false;
		v = universe_version(p->u, name, version);
		if (!v)
			return false;
		out->of[universe_package(p->u, name)->index] =
			p->first[universe_package(p->u, name)->index] + v->rank;
	}
	return true;
}

static void
judge_opam(struct bench *b, struct arena *a, const json_value *line, const struct answer *got)
{
	struct str status = json_str(line, "status");
	struct choice theirs;
	struct rank rank;

	if (str_is(status, "timeout") || str_is(status, "exit60"))
		return;
	if (str_is(status, "sat") != (got->rc == 0)) {
		b->wrong_verdict++;
		say(line, got, "another verdict than opam's");
	}
	if (!str_is(status, "sat") || got->rc < 0 ||
	    !choice_of(a, got->problem, json_get(line, "packages"), &theirs))
		return;
	rank = pick_rank(got->problem, theirs);
	if (pick_cmp(&rank, &got->optimum.rank) < 0) {
		b->beaten++;
		say(line, got, "opam's set is better than ours");
	}
}

static void
run_file(struct bench *b, const char *name, bool optimum)
{
	const char *folder = getenv("PKG_DATA");
	struct str text, row;
	struct err e = {0};

	if (fs_read(&b->a, AT_FDCWD, arena_printf(&b->a, "%s/%s", folder ? folder : ".", name), 0, &text,
		    &e) < 0)
		die(name, &e);
	while (str_cut(&text, '\n', &row)) {
		struct arena a = {0};
		struct answer got;
		json_value *line = row.n ? json_parse(row, name, &e) : NULL;

		if (line && !json_get(line, "meta")) {
			solve(b, &a, json_str(line, "request"), str_is(json_str(line, "switch"), "c530"),
			      &got);
			if (optimum)
				judge_optimum(b, line, &got);
			else
				judge_opam(b, &a, line, &got);
		}
		if (line)
			json_free(line);
		arena_free(&a);
	}
}

/* --- tables --- */

static int
by_size(const void *left, const void *right)
{
	const double *l = left, *r = right;

	return *l < *r ? -1 : *l > *r;
}

static void
print_times(struct bench *b)
{
	size_t n = b->times[LOAD].n;
	uint64_t most = 0;
	struct rusage usage;

	printf("%-10s %8s %8s %8s %8s\n", "CPU ms", "p50", "p90", "p99", "max");
	for (int i = 0; i < PHASES && n; i++) {
		const double *t = b->times[i].v;

		qsort(b->times[i].v, n, sizeof(*t), by_size);
		printf("%-10s %8.1f %8.1f %8.1f %8.1f\n", phase_names[i], t[n / 2], t[n * 9 / 10],
		       t[n * 99 / 100], t[n - 1]);
	}
	for (size_t i = 0; i < b->steps.n; i++)
		most = b->steps.v[i] > most ? b->steps.v[i] : most;
	getrusage(RUSAGE_SELF, &usage);
	printf("most steps %llu; peak memory of the process %ld MiB\n", (unsigned long long)most,
	       usage.ru_maxrss / 1024);
}

static void
run_all(struct bench *b)
{
	struct opam_strings names;
	struct err e = {0};

	if (repo_names(b->store, &b->a, &b->repos, &names, &e) < 0)
		die("names", &e);
	for (size_t i = 0; i < names.n * 2; i++) {
		struct arena a = {0};
		struct answer got;

		solve(b, &a, names.v[i / 2], i & 1, &got);
		if (got.rc == 0 ? !got.plan->proven : got.e.code != ERR_UNSAT && got.e.code != ERR_NOTFOUND)
			printf("not proven: " STR_FMT "%s: %s\n", STR_ARG(names.v[i / 2]),
			       i & 1 ? " (c530)" : "", got.e.msg);
		arena_free(&a);
	}
}

static void
run_one(struct bench *b, struct str text, bool c530)
{
	struct arena a = {0};
	struct answer got;

	solve(b, &a, text, c530, &got);
	if (got.rc < 0)
		printf("%s\n%s%s", got.e.msg, got.e.note, got.e.hint);
	for (int i = 0; got.rc == 0 && i < PLAN_LEVELS; i++)
		printf("%ld%c", got.plan->vector[i], i + 1 < PLAN_LEVELS ? ' ' : '\n');
	for (size_t i = 0; got.rc == 0 && i < got.plan->n; i++)
		printf(STR_FMT "." STR_FMT "\n", STR_ARG(got.plan->packages[i].version->name),
		       STR_ARG(got.plan->packages[i].version->version));
	printf("\n");
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	struct bench b = {0};
	bool c530 = argc > 2 && strcmp(argv[2], "-c") == 0;

	if (argc < 2) {
		fprintf(stderr, "usage: PKG_DATA=FOLDER bench-solve CLONE.git [all | [-c] REQUEST...]\n");
		return 2;
	}
	open_bench(&b, argv[1]);
	if (argc == 2) {
		run_file(&b, "optimum.jsonl", true);
		run_file(&b, "opam-answers.jsonl", false);
	} else if (strcmp(argv[2], "all") == 0) {
		run_all(&b);
	} else {
		for (int i = c530 ? 3 : 2; i < argc; i++)
			run_one(&b, str_of(argv[i]), c530);
	}
	print_times(&b);
	printf("%zu requests: %zu answered, %zu refused, %zu failed; ", b.requests, b.answered, b.refused,
	       b.failed);
	printf("%zu verdicts and %zu vectors differ, %zu not proven, %zu beaten by opam\n", b.wrong_verdict,
	       b.wrong_vector, b.not_proven, b.beaten);
	store_close(b.store);
	arena_free(&b.a);
	return b.wrong_verdict || b.wrong_vector || b.not_proven || b.beaten || b.failed;
}
