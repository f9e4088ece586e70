/* Requests that nobody can answer in time: they end, with what there is. And the guard by itself. */
#include <sys/resource.h>
#include <unistd.h>

#include "../solver/world.h"
#include "../tap.h"
#include "solver/explain.h"
#include "solver/guard.h"

enum { PIGEONS = 14 };

static const char *
conflicts_of(struct world *w, int pigeon, int hole)
{
	struct buf b = buf_new(&w->a);

	for (int i = 0; i < PIGEONS; i++)
		if (i != pigeon)
			buf_printf(&b, " \"p%d\" {= \"%d\"}", i, hole);
	return b.s;
}

/* root.1 needs all pigeons, each in one of too few holes. */
static void
add_pigeons(struct world *w, bool with_escape)
{
	struct buf all = buf_new(&w->a);

	for (int p = 0; p < PIGEONS; p++) {
		buf_printf(&all, " \"p%d\"", p);
		for (int h = 1; h < PIGEONS; h++)
			world_package(w, str_printf(&w->a, "p%d.%d", p, h),
				      str_printf(&w->a, "conflicts: [%s ]", conflicts_of(w, p, h)));
	}
	world_package(w, STR("root.1"), str_printf(&w->a, "depends: [" STR_FMT " ]", STR_ARG(buf_str(&all))));
	if (with_escape)
		world_package(w, STR("root.0"), STR(""));
}

static int
ask(struct world *w, unsigned deadline_ms, const struct plan **plan, struct err *e)
{
	struct str root = STR("root");
	struct opam_strings names = {&root, 1};
	const struct opam_formula *atom;
	struct request r = {.kind = REQUEST_INSTALL, .atoms = &atom, .n = 1, .deadline_ms = deadline_ms};

	if (opam_atom(&w->a, root, &atom, e) < 0 || world_load(w, &names, 0, e) < 0)
		return -1;
	return solver_plan(&w->a, w->universe, &r, plan, e);
}

static void
test_requests(void)
{
	const struct plan *plan = NULL;
	uint64_t start = guard_time(0);
	struct err e = {0};
	struct world w;

	world_open(&w);
	add_pigeons(&w, false);
	OK(ask(&w, 1500, &plan, &e) < 0 && e.code == ERR_SOLVER, "no answer in time: %s", e.msg);
	OK(guard_time(0) - start < 20000000000u, "it ends");
	world_close(&w);

	e = (struct err){0};
	world_open(&w);
	add_pigeons(&w, true);
	OK(ask(&w, 1500, &plan, &e) == 0, "a way out is found");
	OK(plan && plan->n == 1 && !plan->proven, "but that there is no better one is not proven");
	OK(plan && plan->proven_levels == 2 && plan->bound < plan->vector[2],
	   "it says how far: %d levels, %ld of %ld", plan ? plan->proven_levels : 0, plan ? plan->bound : 0,
	   plan ? plan->vector[2] : 0);
	world_close(&w);
}

/* Formulas as wide as a file can be, and one whose conjunctive form nobody can hold. */
static void
test_wide(void)
{
	const struct plan *plan = NULL;
	struct buf wide, pairs;
	struct err e = {0};
	struct world w;

	world_open(&w);
	wide = buf_new(&w.a);
	pairs = buf_new(&w.a);
	for (int i = 0; i < 20000; i++)
		buf_printf(&wide, " \"none%d\" {>= \"1\" & < \"2\"} |", i);
	for (int i = 0; i < 30; i++)
		buf_printf(&pairs, " (\"none%d\" & \"none%d\") |", i, i + 30);
	world_package(&w, STR("there.1"), STR(""));
	world_package(&w, STR("root.1"), str_printf(&w.a, "depends: [%s \"there\" ]", wide.s));
	world_package(&w, STR("root.2"), str_printf(&w.a, "depends: [%s \"there\" ]", pairs.s));
	OK(ask(&w, 0, &plan, &e) == 0, "20,000 alternatives: %s", e.msg);
	OK(plan && plan->n == 2 && str_is(plan->packages[1].version->version, "1"),
	   "a formula that is too large takes its version out, no more");
	world_close(&w);
}

/* Many versions, each with as large a form as may be: all of them together are too large. */
static void
test_bombs(void)
{
	const struct plan *plan = NULL;
	struct rusage used;
	struct err e = {0};
	struct world w;

	world_open(&w);
	for (int i = 0; i < 300; i++) {
		struct buf pairs = buf_new(&w.a);

		for (int k = 0; k < 12; k++)
			buf_printf(&pairs, "%s(\"p%d\" & \"q%d-%d\")", k ? " | " : "", k, k, i);
		world_package(&w, str_printf(&w.a, "root.%d", i + 1),
			      str_printf(&w.a, "depends: [" STR_FMT " ]", STR_ARG(buf_str(&pairs))));
	}
	world_package(&w, STR("root.0"), STR("depends: \"there\""));
	world_package(&w, STR("there.1"), STR(""));
	OK(ask(&w, 0, &plan, &e) == 0 && plan->n == 2, "what is too large together is passed over: %s",
	   e.msg);
	getrusage(RUSAGE_SELF, &used);
	OK(used.ru_maxrss < 800 << 10, "in bounded memory: %ld KB", used.ru_maxrss);
	world_close(&w);
}

/* Many versions with many alternatives of many versions. */
static void
test_alternatives(void)
{
	const struct plan *plan = NULL;
	struct err e = {0};
	struct buf any;
	struct world w;

	world_open(&w);
	any = buf_new(&w.a);
	for (int i = 0; i < 100; i++)
		buf_printf(&any, "%s\"x\" {= \"%d\"}", i ? " | " : "", i);
	for (int i = 0; i < 2000; i++) {
		world_package(&w, str_printf(&w.a, "root.%d", i),
			      str_printf(&w.a, "depends: [" STR_FMT " ]", STR_ARG(buf_str(&any))));
		world_package(&w, str_printf(&w.a, "x.%d", i), STR(""));
	}
	OK(ask(&w, 0, &plan, &e) == 0 && plan->n == 2, "2,000 versions of 100 alternatives: %s", e.msg);
	OK(plan && str_is(plan->packages[1].version->version, "1999"), "the newest");
	world_close(&w);
}

/* Where libsolv has no time to name facts, all are taken: each once, however many versions say so. */
static void
test_facts(void)
{
	struct str user = STR("user");
	struct opam_strings names = {&user, 1};
	const struct opam_formula *atom;
	struct request r = {.kind = REQUEST_INSTALL, .atoms = &atom, .n = 1};
	struct err e = {0};
	struct core core;
	struct world w;

	world_open(&w);
	for (int i = 0; i < 9; i++)
		world_package(&w, str_printf(&w.a, "many.%d", i),
			      STR("depends: \"lib\" {< \"2\"}\nconflicts: \"lib\" {= \"1\"}"));
	world_package(&w, STR("lib.1"), STR(""));
	world_package(&w, STR("lib.2"), STR(""));
	world_package(&w, STR("user.1"), STR("depends: [\"many\" \"lib\" {>= \"2\"}]"));
	OK(opam_atom(&w.a, user, &atom, &e) == 0 && world_load(&w, &names, 0, &e) == 0, "loaded: %s", e.msg);
	core_find(problem_new(&w.a, w.universe, &r), 1, &core);
	OK(core.facts.n == 4, "four facts: %zu", core.facts.n);
	world_close(&w);
}

static void
say(void *ctx, struct buf *out)
{
	buf_adds(out, ctx);
}

static void
never(void *ctx, struct buf *out)
{
	(void)ctx;
	(void)out;
	for (;;)
		sleep(1);
}

static void
eat(void *ctx, struct buf *out)
{
	for (unsigned i = 0; i < 4096; i++)
		buf_add(out, ctx, 1 << 20);
}

static void
test_guard(void)
{
	struct arena a = {0};
	struct str answer = {0};

	OK(guard_run(&a, guard_time(30000), say, (void *)"done", &answer) && str_is(answer, "done"),
	   "an answer comes back");
	OK(guard_run(&a, guard_time(30000), say, (void *)"", &answer) && !answer.n, "also an empty one");
	OK(!guard_run(&a, guard_time(100), never, NULL, &answer), "the deadline ends it");
	OK(!guard_run(&a, guard_time(60000), eat, arena_alloc(&a, 1 << 20), &answer),
	   "so does the end of its memory");
	arena_free(&a);
}

int
main(void)
{
	test_guard();
	test_requests();
	test_wide();
	test_bombs();
	test_alternatives();
	test_facts();
	return tap_done();
}
