#include <string.h>

#include "solver/cnf.h"
#include "solver/explain.h"
#include "solver/guard.h"
#include "solver/ladder.h"

/* libsolv names what took part in its refutation, which is more than is needed. Here facts and
 * demands are left out as long as it stays unsatisfiable: chunks first, then one by one. Each has a
 * literal that is assumed while it is kept. */

enum { MEMORY = 256 << 20, STEPS = 200000 /* of one question */, LIBSOLV_MS = 1000 };

struct shrink {
	const struct problem *p;
	const struct facts *facts;
	bool *keep_fact, *keep_demand;
	int *fact, *demand; /* literals */
	struct arena a;
	struct cnf cnf;
	struct ladder ladder;
};

static void
unless(struct shrink *s, int literal, struct run who)
{
	cnf_or(&s->cnf, -literal);
	cnf_or(&s->cnf, -ladder_rung(&s->ladder, who.name, who.from));
	cnf_or(&s->cnf, ladder_rung(&s->ladder, who.name, who.to + 1));
}

static void
encode_conflict(struct shrink *s, int literal, struct run who, const struct clause *c)
{
	const struct runs *runs = ladder_runs(&s->ladder, c);

	for (size_t i = 0; i < runs->n; i++) {
		struct run other = runs->v[i];

		if (other.name == who.name)
			continue;
		unless(s, literal, who);
		cnf_or(&s->cnf, -ladder_rung(&s->ladder, other.name, other.from));
		cnf_or(&s->cnf, ladder_rung(&s->ladder, other.name, other.to + 1));
		cnf_end(&s->cnf);
	}
}

/* Of every version of the name that says so. */
static void
encode_fact(struct shrink *s, int literal, const struct fact *fact)
{
	const struct problem *p = s->p;

	for (uint32_t i = p->first[fact->name]; i < p->first[fact->name + 1]; i++) {
		const struct clause_list *own =
			fact->conflict ? &p->in.items[i].conflicts : &p->in.items[i].requires;
		bool has = false;

		for (size_t c = 0; c < own->n; c++)
			has |= own->v[c] == fact->clause;
		if (!has || !p->in.items[i].eligible)
			continue;
		if (fact->conflict) {
			encode_conflict(s, literal, ladder_item(&s->ladder, i), fact->clause);
		} else {
			int required = ladder_clause(&s->ladder, fact->clause, LADDER_TO);

			unless(s, literal, ladder_item(&s->ladder, i));
			cnf_or(&s->cnf, required);
			cnf_end(&s->cnf);
		}
	}
}

static void
encode(struct shrink *s, struct sat *sat)
{
	bool *kept;

	arena_free(&s->a);
	kept = arena_array(&s->a, bool, s->p->in.n);
	for (uint32_t i = 0; i < s->p->in.n; i++)
		kept[i] = s->p->in.items[i].eligible;
	s->cnf = cnf_new(&s->a, sat);
	ladder_new(&s->ladder, &s->cnf, &s->p->in, kept);
	s->fact = arena_array(&s->a, int, s->facts->n);
	s->demand = arena_array(&s->a, int, s->p->in.demands.n);
	for (size_t i = 0; i < s->p->in.demands.n; i++) {
		int required = ladder_clause(&s->ladder, s->p->in.demands.v[i], LADDER_TO);

		s->demand[i] = cnf_var(&s->cnf);
		cnf_implies(&s->cnf, s->demand[i], required);
	}
	for (size_t k = 0; k < s->facts->n; k++) {
		s->fact[k] = cnf_var(&s->cnf);
		encode_fact(s, s->fact[k], &s->facts->v[k]);
	}
}

static void
keep_failed(struct sat *sat, const int *literals, bool *flags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		flags[i] = flags[i] && sat_failed(sat, literals[i]);
}

/* As far as can be seen within some steps. If not, what took no part goes at once. */
static bool
satisfiable(struct shrink *s)
{
	struct sat *sat = s->cnf.sat;

	for (size_t i = 0; i < s->p->in.demands.n; i++)
		if (s->keep_demand[i])
			sat_assume(sat, s->demand[i]);
	for (size_t k = 0; k < s->facts->n; k++)
		if (s->keep_fact[k])
			sat_assume(sat, s->fact[k]);
	sat_limit(sat, STEPS);
	if (sat_solve(sat) != SAT_NO)
		return true;
	keep_failed(sat, s->demand, s->keep_demand, s->p->in.demands.n);
	keep_failed(sat, s->fact, s->keep_fact, s->facts->n);
	return false;
}

/* Tries to do without flags[from .. from + n). */
static void
drop(struct shrink *s, bool *flags, size_t from, size_t n)
{
	bool any = false;

	for (size_t i = from; i < from + n; i++)
		any |= flags[i];
	if (!any)
		return;
	for (size_t i = from; i < from + n; i++)
		flags[i] = false;
	if (!satisfiable(s))
		return;
	for (size_t i = from; i < from + n; i++)
		flags[i] = true;
}

/* Flags that are already off stay off: `drop` restores only chunks that were wholly on. */
static void
drop_all(struct shrink *s, bool *flags, size_t n)
{
	for (size_t chunk = n / 4; chunk > 1; chunk /= 2)
		for (size_t from = n - n % chunk; from > 0; from -= chunk) {
			bool whole = true;

			for (size_t i = from - chunk; i < from; i++)
				whole &= flags[i];
			if (whole)
				drop(s, flags, from - chunk, chunk);
		}
	for (size_t i = n; i-- > 0;)
		drop(s, flags, i, 1);
}

/* Says the same of this name as a version before. */
static bool
is_told(uint32_t *told, const struct clause *c, uint32_t name)
{
	bool before = told[c->id] == name + 1;

	told[c->id] = name + 1;
	return before;
}

/* Each once, whatever the number of versions that say so: the items of a name stand together. */
static void
all_facts(const struct problem *p, struct facts *out)
{
	uint32_t *requires = arena_array(p->a, uint32_t, p->in.clauses.n + 1);
	uint32_t *conflicts = arena_array(p->a, uint32_t, p->in.clauses.n + 1);

	*out = (struct facts){0};
	for (uint32_t i = 0; i < p->in.n; i++) {
		const struct item *item = &p->in.items[i];

		for (size_t k = 0; item->eligible && k < item->requires.n; k++)
			if (!is_told(requires, item->requires.v[k], item->name))
				vec_push(p->a, out, ((struct fact){item->name, item->requires.v[k], false}));
		for (size_t k = 0; item->eligible && k < item->conflicts.n; k++)
			if (!is_told(conflicts, item->conflicts.v[k], item->name))
				vec_push(p->a, out, ((struct fact){item->name, item->conflicts.v[k], true}));
	}
}

/* A demand that nothing can meet is the whole explanation. */
static bool
empty_demand(const struct problem *p, struct core *out)
{
	for (size_t i = 0; i < p->in.demands.n; i++)
		if (!p->in.demands.v[i]->n) {
			out->demand[i] = true;
			return true;
		}
	return false;
}

/* If it fails even without any conflict, that reads better: "needs" makes a chain. */
static void
name_facts(void *ctx, struct buf *out)
{
	const struct problem *p = ctx;
	struct engine_input in = p->in;
	struct facts facts;

	in.items = arena_array(p->a, struct item, in.n);
	for (int with_conflicts = 0; with_conflicts < 2; with_conflicts++) {
		struct engine *engine;

		for (uint32_t i = 0; i < in.n; i++) {
			in.items[i] = p->in.items[i];
			if (!with_conflicts)
				in.items[i].conflicts.n = 0;
		}
		engine = engine_new(&in, false);
		engine_core(engine, &facts);
		engine_free(engine);
		if (!facts.n)
			continue;
		buf_add(out, facts.v, facts.n * sizeof(*facts.v));
		return;
	}
}

/* What libsolv names, or nothing. */
static void
engine_facts(const struct problem *p, uint64_t deadline, struct facts *out)
{
	uint64_t latest = guard_time(LIBSOLV_MS);
	struct str answer;

	*out = (struct facts){0};
	if (deadline && deadline < latest)
		latest = deadline;
	if (!guard_run(p->a, latest, name_facts, (void *)p, &answer) || !answer.n)
		return;
	out->n = out->room = answer.n / sizeof(*out->v);
	out->v = arena_array(p->a, struct fact, out->n);
	memcpy(out->v, answer.s, answer.n);
}

static bool *
all_on(const struct problem *p, size_t n)
{
	bool *flags = arena_array(p->a, bool, n);

	for (size_t i = 0; i < n; i++)
		flags[i] = true;
	return flags;
}

void
core_find(const struct problem *p, uint64_t deadline, struct core *out)
{
	struct shrink s = {.p = p, .facts = &out->facts};
	AUTO_SAT sat = sat_new(MEMORY, deadline);
	size_t kept = 0;

	*out = (struct core){.demand = arena_array(p->a, bool, p->in.demands.n)};
	if (empty_demand(p, out))
		return;
	engine_facts(p, deadline, &out->facts);
	s.keep_demand = out->demand = all_on(p, p->in.demands.n);
	s.keep_fact = all_on(p, out->facts.n);
	encode(&s, sat);
	if (satisfiable(&s)) { /* libsolv named too little */
		all_facts(p, &out->facts);
		s.keep_fact = all_on(p, out->facts.n);
		sat_free(sat);
		sat = sat_new(MEMORY, deadline);
		encode(&s, sat);
		satisfiable(&s);
	}
	drop_all(&s, s.keep_demand, p->in.demands.n);
	drop_all(&s, s.keep_fact, out->facts.n);
	for (size_t i = 0; i < out->facts.n; i++)
		if (s.keep_fact[i])
			out->facts.v[kept++] = out->facts.v[i];
	out->facts.n = kept;
	arena_free(&s.a);
}
