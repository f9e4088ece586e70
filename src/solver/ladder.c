#include "solver/ladder.h"

#include <string.h>

struct ladder_run {
	struct ladder_run *next;
	uint32_t to;
	int literal;
	unsigned ways; /* that have their clauses */
};
struct ladder_set {
	int to, from; /* literals of the two ways; 0: not yet */
};

void
ladder_new(struct ladder *l, struct cnf *cnf, const struct engine_input *in, const bool *kept)
{
	uint32_t *items = arena_array(cnf->a, uint32_t, in->n), next = 0;

	*l = (struct ladder){.cnf = cnf, .in = in};
	l->names = arena_array(cnf->a, struct ladder_name, in->names);
	l->place = arena_array(cnf->a, uint32_t, in->n);
	l->by_start = arena_array(cnf->a, struct ladder_run *, in->n);
	l->clause_room = in->clauses.n;
	l->by_clause = arena_array(cnf->a, struct ladder_set *, l->clause_room);
	for (uint32_t i = 0; i < in->n; i++) {
		struct ladder_name *name = &l->names[in->items[i].name];

		l->place[i] = NO_PLACE;
		if (!kept[i])
			continue;
		if (!name->n)
			name->item = items + next;
		items[next++] = i;
		l->place[i] = name->n++;
	}
	for (uint32_t i = 0; i < in->names; i++) {
		struct ladder_name *name = &l->names[i];

		for (uint32_t k = 0; k < name->n; k++) {
			int rung = cnf_var(cnf);

			if (k)
				cnf_implies(cnf, rung, rung - 1);
			else
				name->first = rung;
		}
	}
}

int
ladder_rung(const struct ladder *l, uint32_t name, uint32_t place)
{
	const struct ladder_name *n = &l->names[name];

	return place < n->n ? n->first + (int)place : LIT_FALSE;
}

struct run
ladder_item(const struct ladder *l, uint32_t item)
{
	return (struct run){l->in->items[item].name, l->place[item], l->place[item]};
}

int
ladder_run(struct ladder *l, struct run run, enum ladder_way way)
{
	int from = ladder_rung(l, run.name, run.from), past = ladder_rung(l, run.name, run.to + 1);
	struct ladder_run **list = &l->by_start[l->names[run.name].item[run.from]], *r = *list;

	if (past == LIT_FALSE)
		return from;
	while (r && r->to != run.to)
		r = r->next;
	if (!r) {
		r = arena_new(l->cnf->a, struct ladder_run);
		*r = (struct ladder_run){.next = *list, .to = run.to, .literal = cnf_var(l->cnf)};
		*list = r;
	}
	if ((way & LADDER_TO) && !(r->ways & LADDER_TO)) {
		cnf_implies(l->cnf, r->literal, from);
		cnf_implies(l->cnf, r->literal, -past);
	}
	if ((way & LADDER_FROM) && !(r->ways & LADDER_FROM)) {
		cnf_or(l->cnf, -from);
		cnf_or(l->cnf, past);
		cnf_or(l->cnf, r->literal);
		cnf_end(l->cnf);
	}
	r->ways |= way;
	return r->literal;
}

const struct runs *
ladder_runs(struct ladder *l, const struct clause *clause)
{
	struct runs *runs = &l->scratch;

	runs->n = 0;
	for (size_t i = 0; i < clause->n; i++) {
		uint32_t item = clause->set[i], name = l->in->items[item].name, place = l->place[item];
		struct run *last = runs->n ? &runs->v[runs->n - 1] : NULL;

		if (place == NO_PLACE)
			continue;
		if (last && last->name == name && last->to + 1 == place)
			last->to = place;
		else
			vec_push(l->cnf->a, runs, ((struct run){name, place, place}));
	}
	return runs;
}

static struct ladder_set *
set_of(struct ladder *l, const struct clause *clause)
{
	struct ladder_set **slots;

	if (clause->id >= l->clause_room) { /* clauses have come since */
		size_t room = clause->id + 1 > l->in->clauses.n ? clause->id + 1 : l->in->clauses.n;

		slots = arena_array(l->cnf->a, struct ladder_set *, room);
		memcpy(slots, l->by_clause, l->clause_room * sizeof(*slots));
		l->by_clause = slots;
		l->clause_room = room;
	}
	slots = &l->by_clause[clause->id];
	if (!*slots)
		*slots = arena_new(l->cnf->a, struct ladder_set);
	return *slots;
}

int
ladder_clause(struct ladder *l, const struct clause *clause, enum ladder_way way)
{
	struct ladder_set *set = set_of(l, clause);
	int *known = way == LADDER_TO ? &set->to : &set->from;
	const struct runs *runs;
	int literal;

	if (*known != 0)
		return *known;
	runs = ladder_runs(l, clause);
	if (runs->n == 0)
		return *known = LIT_FALSE;
	if (runs->n == 1)
		return *known = ladder_run(l, runs->v[0], way);
	literal = cnf_var(l->cnf);
	for (size_t i = 0; i < runs->n && way == LADDER_FROM; i++) {
		cnf_or(l->cnf, -ladder_rung(l, runs->v[i].name, runs->v[i].from));
		cnf_or(l->cnf, ladder_rung(l, runs->v[i].name, runs->v[i].to + 1));
		cnf_or(l->cnf, literal);
		cnf_end(l->cnf);
	}
	if (way == LADDER_TO) {
		int *parts = arena_array(l->cnf->a, int, runs->n);

		for (size_t i = 0; i < runs->n; i++)
			parts[i] = ladder_run(l, runs->v[i], way);
		cnf_or(l->cnf, -literal);
		for (size_t i = 0; i < runs->n; i++)
			cnf_or(l->cnf, parts[i]);
		cnf_end(l->cnf);
	}
	return *known = literal;
}

void
ladder_read(const struct ladder *l, struct choice out)
{
	for (uint32_t i = 0; i < l->in->names; i++) {
		const struct ladder_name *name = &l->names[i];
		uint32_t low = 0, high = name->n; /* rungs below low are true, from high on false */

		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (sat_value(l->cnf->sat, name->first + (int)middle))
				low = middle + 1;
			else
				high = middle;
		}
		out.of[i] = low ? name->item[low - 1] : NO_ITEM;
	}
}
