/* Versions are dense numbers and sets are given to libsolv as they are (pool_set_whatprovides), so that
 * only our own order and our own reading of ranges count. */
#include "solver/engine.h"

#include <stdio.h>

#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/repo.h>
#include <solv/solver.h>

struct engine {
	const struct engine_input *in;
	Pool *pool;
	bool with_installed;
	Id *solvable;                 /* by item; 0: not eligible */
	uint32_t *item;               /* by solvable */
	Id *dep;                      /* by clause; 0: not used yet */
	const struct clause **clause; /* by dependency id */
	Id clause_room;
};

/* --- the pool --- */

static Id
dep_of(struct engine *engine, const struct clause *c)
{
	char text[32];

	if (!engine->dep[c->id]) {
		snprintf(text, sizeof(text), "c%u", (unsigned)c->id);
		engine->dep[c->id] = pool_str2id(engine->pool, text, 1);
	}
	return engine->dep[c->id];
}

/* Names sort as we prefer them, versions count up to the newest. */
static void
fill_solvable(struct engine *engine, Solvable *s, const struct item *item)
{
	Repo *repo = s->repo;
	char text[32];

	snprintf(text, sizeof(text), "n%07u",
		 (unsigned)(engine->in->name_order ? engine->in->name_order[item->name] : item->name));
	s->name = pool_str2id(engine->pool, text, 1);
	snprintf(text, sizeof(text), "%u", (unsigned)item->newness);
	s->evr = pool_str2id(engine->pool, text, 1);
	s->arch = ARCH_NOARCH;
	s->provides = repo_addid_dep(repo, s->provides, s->name, 0);
	for (size_t i = 0; i < item->requires.n; i++)
	s->requires = repo_addid_dep(repo, s->requires, dep_of(engine, item->requires.v[i]), 0);
	for (size_t i = 0; i < item->conflicts.n; i++)
		s->conflicts = repo_addid_dep(repo, s->conflicts, dep_of(engine, item->conflicts.v[i]), 0);
}

static void
add_solvables(struct engine *engine, Repo *system, Repo *available)
{
	const struct engine_input *in = engine->in;

	for (uint32_t i = 0; i < in->n; i++) {
		const struct item *item = &in->items[i];
		Id id;

		if (!item->eligible)
			continue;
		id = repo_add_solvable(item->installed && engine->with_installed ? system : available);
		engine->solvable[i] = id;
		fill_solvable(engine, pool_id2solvable(engine->pool, id), item);
	}
	engine->item = arena_array(in->a, uint32_t, (size_t)engine->pool->nsolvables);
	for (uint32_t i = 0; i < in->n; i++)
		if (engine->solvable[i])
			engine->item[engine->solvable[i]] = i;
}

/* The set as a place in libsolv's table of providers. */
static Id
provider_list(struct engine *engine, const uint32_t *set, size_t n)
{
	Queue q;
	Id list;

	queue_init(&q);
	for (size_t i = 0; i < n; i++)
		if (engine->solvable[set[i]])
			queue_push(&q, engine->solvable[set[i]]);
	list = pool_queuetowhatprovides(engine->pool, &q);
	queue_free(&q);
	return list;
}

static void
install_clauses(struct engine *engine)
{
	const struct clause_list *clauses = &engine->in->clauses;

	engine->clause_room = engine->pool->ss.nstrings;
	engine->clause = arena_array(engine->in->a, const struct clause *, (size_t)engine->clause_room);
	for (size_t i = 0; i < clauses->n; i++) {
		const struct clause *c = clauses->v[i];

		if (!engine->dep[i])
			continue;
		engine->clause[engine->dep[i]] = c;
		pool_set_whatprovides(engine->pool, engine->dep[i], provider_list(engine, c->set, c->n));
	}
}

struct engine *
engine_new(const struct engine_input *in, bool with_installed)
{
	struct engine *engine = arena_new(in->a, struct engine);
	Repo *system, *available;

	engine->in = in;
	engine->with_installed = with_installed;
	engine->pool = pool_create();
	engine->solvable = arena_array(in->a, Id, in->n);
	engine->dep = arena_array(in->a, Id, in->clauses.n);
	pool_setdisttype(engine->pool, DISTTYPE_DEB);
	pool_setarch(engine->pool, NULL);
	pool_set_flag(engine->pool, POOL_FLAG_FORBIDSELFCONFLICTS, 0);
	system = repo_create(engine->pool, "system");
	available = repo_create(engine->pool, "available");
	add_solvables(engine, system, available);
	if (with_installed)
		pool_set_installed(engine->pool, system);
	pool_createwhatprovides(engine->pool);
	install_clauses(engine);
	return engine;
}

void
engine_free(struct engine *engine)
{
	pool_free(engine->pool);
}

/* --- solving --- */

static void
add_job(struct engine *engine, Queue *jobs, Id how, const uint32_t *set, size_t n)
{
	queue_push2(jobs, how | SOLVER_SOLVABLE_ONE_OF, provider_list(engine, set, n));
}

static void
add_wish(struct engine *engine, Queue *jobs, const struct wish *w)
{
	static const Id how[] = {
		[WISH_ONE_OF] = SOLVER_INSTALL, [WISH_NONE_OF] = SOLVER_ERASE, [WISH_FAVOUR] = SOLVER_FAVOR};

	if (w->n)
		add_job(engine, jobs, how[w->kind], w->set, w->n);
}

/* False when something must be chosen from nothing: libsolv would take that for done. */
static bool
add_jobs(struct engine *engine, const struct attempt *attempt, Queue *jobs)
{
	const struct engine_input *in = engine->in;

	for (size_t i = 0; i < in->demands.n; i++) {
		const struct clause *c = in->demands.v[i];

		if (provider_list(engine, c->set, c->n) == 1)
			return false;
		add_job(engine, jobs, SOLVER_INSTALL, c->set, c->n);
	}
	for (size_t i = 0; i < attempt->wishes.n; i++)
		add_wish(engine, jobs, &attempt->wishes.v[i]);
	if (engine->with_installed) {
		if (attempt->update_all)
			queue_push2(jobs, SOLVER_UPDATE | SOLVER_SOLVABLE_ALL, 0);
		/* Else libsolv forgives what is installed its broken dependencies. */
		queue_push2(jobs, SOLVER_VERIFY | SOLVER_SOLVABLE_ALL, 0);
	}
	return true;
}

static Solver *
run(struct engine *engine, const struct attempt *attempt, int *problems)
{
	Solver *solver;
	Queue jobs;

	queue_init(&jobs);
	if (!add_jobs(engine, attempt, &jobs)) {
		queue_free(&jobs);
		*problems = 1;
		return NULL;
	}
	solver = solver_create(engine->pool);
	solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
	solver_set_flag(solver, SOLVER_FLAG_NO_UPDATEPROVIDE, 1);
	solver_set_flag(solver, SOLVER_FLAG_ALLOW_DOWNGRADE, 1);
	solver_set_flag(solver, SOLVER_FLAG_ALLOW_UNINSTALL, attempt->allow_uninstall);
	*problems = solver_solve(solver, &jobs);
	queue_free(&jobs);
	return solver;
}

bool
engine_solve(struct engine *engine, const struct attempt *attempt, struct choice *out)
{
	const struct engine_input *in = engine->in;
	int problems;
	Solver *solver = run(engine, attempt, &problems);
	Queue decisions;

	if (!problems) {
		out->of = arena_array(in->a, uint32_t, in->names);
		for (size_t i = 0; i < in->names; i++)
			out->of[i] = NO_ITEM;
		queue_init(&decisions);
		solver_get_decisionqueue(solver, &decisions);
		for (int i = 0; i < decisions.count; i++) {
			Id id = decisions.elements[i];

			if (id > SYSTEMSOLVABLE) {
				uint32_t item = engine->item[id];

				out->of[in->items[item].name] = item;
			}
		}
		queue_free(&decisions);
	}
	if (solver)
		solver_free(solver);
	return !problems;
}

/* --- why not --- */

static void
add_fact(struct engine *engine, Id solvable, Id dep, bool conflict, struct facts *out)
{
	struct fact fact = {.conflict = conflict};

	if (solvable <= 0 || dep <= 0 || dep >= engine->clause_room || !engine->clause[dep])
		return;
	fact.name = engine->in->items[engine->item[solvable]].name;
	fact.clause = engine->clause[dep];
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].name == fact.name && out->v[i].clause == fact.clause &&
		    out->v[i].conflict == conflict)
			return;
	vec_push(engine->in->a, out, fact);
}

static void
add_rule(struct engine *engine, Solver *solver, Id rule, struct facts *out)
{
	Queue infos;

	queue_init(&infos);
	solver_allruleinfos(solver, rule, &infos);
	for (int i = 0; i + 3 < infos.count; i += 4) {
		Id type = infos.elements[i], from = infos.elements[i + 1], dep = infos.elements[i + 3];

		if (type == SOLVER_RULE_PKG_REQUIRES || type == SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP)
			add_fact(engine, from, dep, false, out);
		if (type == SOLVER_RULE_PKG_CONFLICTS)
			add_fact(engine, from, dep, true, out);
	}
	queue_free(&infos);
}

void
engine_core(struct engine *engine, struct facts *out)
{
	struct attempt attempt = {0};
	int problems;
	Solver *solver = run(engine, &attempt, &problems);
	Queue rules;

	*out = (struct facts){0};
	if (problems && solver) {
		queue_init(&rules);
		solver_findallproblemrules(solver, 1, &rules);
		for (int i = 0; i < rules.count; i++)
			add_rule(engine, solver, rules.elements[i], out);
		queue_free(&rules);
	}
	if (solver)
		solver_free(solver);
}
