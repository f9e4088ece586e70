#include <string.h>

#include "solver/explain.h"

/* libsolv names what took part in its refutation, which is more than is needed. Here facts and
 * demands are left out as long as it stays unsatisfiable: chunks first, then one by one. */

struct shrink {
	const struct problem *p;
	const struct facts *facts;
	bool *keep_fact, *keep_demand;
	bool *involved; /* by name */
};

static void
involve(struct shrink *s, const struct clause *c)
{
	for (size_t i = 0; i < c->n; i++)
		s->involved[s->p->in.items[c->set[i]].name] = true;
}

/* Only what the facts say of each item, and only the names they speak of. */
static void
fill(struct shrink *s, struct engine_input *in)
{
	const struct problem *p = s->p;

	memset(s->involved, 0, p->u->n * sizeof(*s->involved));
	for (size_t i = 0; i < p->in.demands.n; i++)
		if (s->keep_demand[i]) {
			vec_push(in->a, &in->demands, p->in.demands.v[i]);
			involve(s, p->in.demands.v[i]);
		}
	for (size_t k = 0; k < s->facts->n; k++) {
		const struct fact *fact = &s->facts->v[k];
		uint32_t next = p->first[fact->name + 1];

		if (!s->keep_fact[k])
			continue;
		s->involved[fact->name] = true;
		if (!fact->conflict)
			involve(s, fact->clause);
		for (uint32_t i = p->first[fact->name]; i < next; i++) {
			const struct clause_list *own = fact->conflict ? &p->in.items[i].conflicts :
				&p->in.items[i].requires;
			struct clause_list *to = fact->conflict ? &in->items[i].conflicts : &in->items[i].requires;

			for (size_t c = 0; c < own->n; c++)
				if (own->v[c] == fact->clause)
					vec_push(in->a, to, fact->clause);
		}
	}
	for (uint32_t i = 0; i < in->n; i++)
		in->items[i].eligible = p->in.items[i].eligible && s->involved[p->in.items[i].name];
}

static bool
satisfiable(struct shrink *s)
{
	struct arena scratch = {0};
	struct engine_input in = s->p->in;
	struct attempt attempt = {0};
	struct choice ignored;
	struct engine *engine;
	bool found;

	in.a = &scratch;
	in.items = arena_array(&scratch, struct item, in.n);
	in.demands = (struct clause_list){0};
	for (uint32_t i = 0; i < in.n; i++)
		in.items[i] = (struct item){.name = s->p->in.items[i].name, .newness = s->p->in.items[i].newness};
	fill(s, &in);
	engine = engine_new(&in, false);
	found = engine_solve(engine, &attempt, &ignored);
	engine_free(engine);
	arena_free(&scratch);
	return found;
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

static void
all_facts(const struct problem *p, struct facts *out)
{
	*out = (struct facts){0};
	for (uint32_t i = 0; i < p->in.n; i++) {
		const struct item *item = &p->in.items[i];

		for (size_t k = 0; item->eligible && k < item->requires.n; k++)
			vec_push(p->a, out, ((struct fact){item->name, item->requires.v[k], false}));
		for (size_t k = 0; item->eligible && k < item->conflicts.n; k++)
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
engine_facts(const struct problem *p, struct facts *out)
{
	struct engine_input in = p->in;

	in.items = arena_array(p->a, struct item, in.n);
	for (int with_conflicts = 0; with_conflicts < 2; with_conflicts++) {
		struct engine *engine;

		for (uint32_t i = 0; i < in.n; i++) {
			in.items[i] = p->in.items[i];
			if (!with_conflicts)
				in.items[i].conflicts.n = 0;
		}
		engine = engine_new(&in, false);
		engine_core(engine, out);
		engine_free(engine);
		if (out->n)
			return;
	}
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
core_find(const struct problem *p, struct core *out)
{
	struct shrink s = {.p = p, .facts = &out->facts};
	size_t kept = 0;

	*out = (struct core){.demand = arena_array(p->a, bool, p->in.demands.n)};
	if (empty_demand(p, out))
		return;
	engine_facts(p, &out->facts);
	s.involved = arena_array(p->a, bool, p->u->n);
	s.keep_demand = out->demand = all_on(p, p->in.demands.n);
	s.keep_fact = all_on(p, out->facts.n);
	if (satisfiable(&s)) { /* libsolv named too little */
		all_facts(p, &out->facts);
		s.keep_fact = all_on(p, out->facts.n);
	}
	drop_all(&s, s.keep_demand, p->in.demands.n);
	drop_all(&s, s.keep_fact, out->facts.n);
	for (size_t i = 0; i < out->facts.n; i++)
		if (s.keep_fact[i])
			out->facts.v[kept++] = out->facts.v[i];
	out->facts.n = kept;
}
