#include "solver/encode.h"

#include <string.h>

/* --- what can be reached --- */

struct reach {
	struct arena *a;
	const struct engine_input *in;
	VEC(uint32_t) queue;
	bool *allowed, *kept;
	bool *walked; /* by clause */
};

static void
keep(struct reach *r, uint32_t item)
{
	if (r->kept[item] || !r->allowed[item])
		return;
	r->kept[item] = true;
	vec_push(r->a, &r->queue, item);
}

static void
keep_all(struct reach *r, const struct clause *c)
{
	if (r->walked[c->id])
		return;
	r->walked[c->id] = true;
	for (size_t i = 0; i < c->n; i++)
		keep(r, c->set[i]);
}

/* A demand on one name leaves only its members of that name. */
static void
restrict_to(struct reach *r, const struct clause *demand)
{
	uint32_t name, first;
	size_t at = 0;

	if (!demand->n)
		return;
	name = r->in->items[demand->set[0]].name;
	if (r->in->items[demand->set[demand->n - 1]].name != name)
		return; /* sets are sorted by name */
	first = demand->set[0];
	while (first && r->in->items[first - 1].name == name)
		first--;
	for (uint32_t i = first; i < r->in->n && r->in->items[i].name == name; i++) {
		while (at < demand->n && demand->set[at] < i)
			at++;
		if (at == demand->n || demand->set[at] != i)
			r->allowed[i] = false;
	}
}

void
encode_reach(struct arena *a, const struct engine_input *in, size_t optional, const bool *names, bool *kept)
{
	struct reach r = {.a = a, .in = in, .kept = kept};

	r.allowed = arena_array(a, bool, in->n);
	r.walked = arena_array(a, bool, in->clauses.n);
	memset(kept, 0, in->n * sizeof(*kept));
	for (uint32_t i = 0; i < in->n; i++)
		r.allowed[i] = in->items[i].eligible;
	for (size_t i = optional; i < in->demands.n; i++)
		restrict_to(&r, in->demands.v[i]);
	for (size_t i = 0; i < in->demands.n; i++)
		keep_all(&r, in->demands.v[i]);
	for (uint32_t i = 0; i < in->n; i++)
		if (names[in->items[i].name])
			keep(&r, i);
	for (size_t i = 0; i < r.queue.n; i++) {
		const struct clause_list *list = &in->items[r.queue.v[i]].requires;

		for (size_t k = 0; k < list->n; k++)
			keep_all(&r, list->v[k]);
	}
}

/* --- requirements and conflicts --- */

/* Versions of one name, from .. to, that say the same. */
static void
unless_run(struct ladder *l, struct run who)
{
	cnf_or(l->cnf, -ladder_rung(l, who.name, who.from));
	cnf_or(l->cnf, ladder_rung(l, who.name, who.to + 1));
}

static void
require(struct ladder *l, struct run who, const struct clause *c)
{
	const struct runs *runs = ladder_runs(l, c);

	if (runs->n == 1) {
		struct run run = runs->v[0];

		unless_run(l, who);
		cnf_or(l->cnf, ladder_rung(l, run.name, run.from));
		cnf_end(l->cnf);
		if (ladder_rung(l, run.name, run.to + 1) == LIT_FALSE)
			return;
		unless_run(l, who);
		cnf_or(l->cnf, -ladder_rung(l, run.name, run.to + 1));
		cnf_end(l->cnf);
	} else {
		int literal = ladder_clause(l, c, LADDER_TO);

		unless_run(l, who);
		cnf_or(l->cnf, literal);
		cnf_end(l->cnf);
	}
}

static void
exclude(struct ladder *l, struct run who, const struct clause *c)
{
	const struct runs *runs = ladder_runs(l, c);

	for (size_t i = 0; i < runs->n; i++) {
		if (runs->v[i].name == who.name)
			continue;
		unless_run(l, who);
		unless_run(l, runs->v[i]);
		cnf_end(l->cnf);
	}
}

/* By clause: the run of versions of the present name that have it. */
struct open {
	VEC(const struct clause *) list;
	struct run *run;
	bool *is_open;
};

typedef void rule_fn(struct ladder *l, struct run who, const struct clause *c);

static void
extend(struct ladder *l, struct open *o, uint32_t item, const struct clause *c, rule_fn *rule)
{
	struct run here = ladder_item(l, item), *run = &o->run[c->id];

	if (!o->is_open[c->id]) {
		o->is_open[c->id] = true;
		*run = here;
		vec_push(l->cnf->a, &o->list, c);
	} else if (run->to + 1 == here.from) {
		run->to = here.from;
	} else if (run->to != here.from) {
		rule(l, *run, c);
		*run = here;
	}
}

static void
close_all(struct ladder *l, struct open *o, rule_fn *rule)
{
	for (size_t i = 0; i < o->list.n; i++) {
		rule(l, o->run[o->list.v[i]->id], o->list.v[i]);
		o->is_open[o->list.v[i]->id] = false;
	}
	o->list.n = 0;
}

static void
encode_rules(struct ladder *l, bool conflicts)
{
	rule_fn *rule = conflicts ? exclude : require;
	struct open open = {.run = arena_array(l->cnf->a, struct run, l->in->clauses.n),
			    .is_open = arena_array(l->cnf->a, bool, l->in->clauses.n)};

	for (uint32_t i = 0; i < l->in->names; i++) {
		const struct ladder_name *name = &l->names[i];

		for (uint32_t k = 0; k < name->n; k++) {
			const struct item *item = &l->in->items[name->item[k]];
			const struct clause_list *list = conflicts ? &item->conflicts : &item->requires;

			for (size_t c = 0; c < list->n; c++)
				if (!list->v[c]->conflict_class.n)
					extend(l, &open, name->item[k], list->v[c], rule);
		}
		close_all(l, &open, rule);
	}
}

/* --- at most one --- */

enum { PAIRWISE = 5 };

/* Few: no two of them. Many: a chain of "one of those so far" (Sinz, "Towards an optimal CNF encoding of
 * Boolean cardinality constraints", 2005). */
static void
at_most_one(struct cnf *c, const int *literals, size_t n)
{
	int before = LIT_FALSE;

	if (n <= PAIRWISE) {
		for (size_t i = 0; i < n; i++)
			for (size_t k = i + 1; k < n; k++)
				cnf_implies(c, literals[i], -literals[k]);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int now = cnf_var(c);

		cnf_implies(c, literals[i], now);
		cnf_implies(c, before, now);
		cnf_implies(c, before, -literals[i]);
		before = now;
	}
}

/* True when one of them is chosen. */
static int
any_run(struct ladder *l, const struct run *runs, size_t n)
{
	int literal = n == 1 ? ladder_run(l, runs[0], LADDER_FROM) : cnf_var(l->cnf);

	for (size_t i = 0; n > 1 && i < n; i++) {
		unless_run(l, runs[i]);
		cnf_or(l->cnf, literal);
		cnf_end(l->cnf);
	}
	return literal;
}

/* A name is in the class with some of its versions; those of one name exclude each other anyway. */
static void
encode_class(struct ladder *l, const struct clause *of_class)
{
	const struct runs *found = ladder_runs(l, of_class);
	VEC(int) members = {0};

	for (size_t i = 0; i < found->n;) {
		uint32_t name = found->v[i].name;
		size_t next = i;

		while (next < found->n && found->v[next].name == name)
			next++;
		vec_push(l->cnf->a, &members, any_run(l, &found->v[i], next - i));
		i = next;
	}
	at_most_one(l->cnf, members.v, members.n);
}

void
encode_items(struct ladder *l)
{
	encode_rules(l, false);
	encode_rules(l, true);
	for (size_t i = 0; i < l->in->clauses.n; i++)
		if (l->in->clauses.v[i]->conflict_class.n)
			encode_class(l, l->in->clauses.v[i]);
}

void
encode_demand(struct ladder *l, const struct clause *demand)
{
	cnf_unit(l->cnf, ladder_clause(l, demand, LADDER_TO));
}

void
encode_not_all(struct ladder *l, const struct clause *sets, size_t n)
{
	int *any = arena_array(l->cnf->a, int, n);

	for (size_t i = 0; i < n; i++) {
		const struct runs *runs = ladder_runs(l, &sets[i]);

		if (!runs->n)
			return;
		any[i] = any_run(l, runs->v, runs->n);
	}
	for (size_t i = 0; i < n; i++)
		cnf_or(l->cnf, -any[i]);
	cnf_end(l->cnf);
}
