#include "solver/clauses.h"
#include "solver/softs.h"

/* The packager's `|`. With a candidate chosen newly, `passed` of a place says that the alternatives up to
 * it do not hold; it is the price of going on. */

/* Literals one of which makes that the formula does not count: at most three. */
struct unless {
	int v[3];
	unsigned n;
};
struct walk {
	struct ladder *l;
	struct problem *p;
	struct soft_list *out;
};
struct parts {
	const struct opam_formula **v;
	size_t n, room;
};

static bool
has_or(const struct opam_formula *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (has_or(f->kids[i]))
			return true;
	return f->kind == FORMULA_OR;
}

/* --- formulas as literals --- */

static void
or_unless(struct cnf *c, const struct unless *u)
{
	for (unsigned i = 0; i < u->n; i++)
		cnf_or(c, u->v[i]);
}

/* What an atom is worth: any member, or what was installed and stays. */
static int
atom_literal(struct walk *w, const struct opam_formula *atom, bool unchanged, enum ladder_way way)
{
	const struct clause *clause = clauses_atom(w->p, atom);
	const struct package *package;
	uint32_t installed;

	if (!unchanged)
		return ladder_clause(w->l, clause, way);
	package = universe_package(w->p->u, atom->name);
	installed = package ? w->p->installed[package->index] : NO_ITEM;
	if (installed == NO_ITEM || w->l->place[installed] == NO_PLACE || !clause_has(clause, installed))
		return LIT_FALSE;
	return ladder_run(w->l, ladder_item(w->l, installed), way);
}

/* literal -> f, or f -> literal. */
static int
literal_of(struct walk *w, const struct opam_formula *f, bool unchanged, enum ladder_way way)
{
	struct cnf *c = w->l->cnf;
	bool conj = f->kind != FORMULA_OR, each = conj == (way == LADDER_TO);
	int *kids, literal;

	if (f->kind == FORMULA_ATOM)
		return atom_literal(w, f, unchanged, way);
	if (f->kind == FORMULA_TRUE)
		return LIT_TRUE;
	kids = arena_array(c->a, int, f->n);
	for (size_t i = 0; i < f->n; i++)
		kids[i] = literal_of(w, f->kids[i], unchanged, way);
	literal = cnf_var(c);
	for (size_t i = 0; i < f->n; i++) {
		cnf_or(c, way == LADDER_TO ? kids[i] : -kids[i]);
		if (each || i + 1 == f->n) {
			cnf_or(c, way == LADDER_TO ? -literal : literal);
			cnf_end(c);
		}
	}
	return literal;
}

/* --- what passing costs --- */

static void
flatten(struct walk *w, const struct opam_formula *f, struct parts *out)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->kids[i]->kind == FORMULA_OR)
			flatten(w, f->kids[i], out);
		else if (pick_possible(w->p, f->kids[i]))
			vec_push(w->l->cnf->a, out, f->kids[i]);
	}
}

static void walk(struct walk *w, const struct opam_formula *f, const struct unless *u);

/* The alternative that is taken may hold further ones, which count then. */
static void
walk_taken(struct walk *w, const struct opam_formula *part, const struct unless *u)
{
	struct cnf *c = w->l->cnf;
	struct unless inner = {.n = 1};
	int holds, taken;

	if (!has_or(part))
		return;
	holds = literal_of(w, part, false, LADDER_FROM);
	taken = cnf_var(c);
	or_unless(c, u);
	cnf_or(c, -holds);
	cnf_or(c, taken);
	cnf_end(c);
	inner.v[0] = -taken;
	walk(w, part, &inner);
}

static void
walk_or(struct walk *w, const struct opam_formula *f, struct unless u)
{
	struct cnf *c = w->l->cnf;
	int free = w->p->r->installed_count ? literal_of(w, f, true, LADDER_TO) : LIT_FALSE;
	struct parts parts = {0};

	flatten(w, f, &parts);
	u.v[u.n++] = free;
	for (size_t i = 0; i < parts.n; i++) {
		int holds, passed;

		walk_taken(w, parts.v[i], &u);
		if (i + 1 == parts.n)
			break; /* it cannot be passed */
		holds = literal_of(w, parts.v[i], false, LADDER_TO);
		passed = cnf_var(c);
		or_unless(c, &u);
		cnf_or(c, holds);
		cnf_or(c, passed);
		cnf_end(c);
		vec_push(c->a, w->out, ((struct soft){passed, 1}));
		u = (struct unless){{-passed}, 1};
	}
}

static void
walk(struct walk *w, const struct opam_formula *f, const struct unless *u)
{
	if (f->kind == FORMULA_OR)
		walk_or(w, f, *u);
	for (size_t i = 0; f->kind == FORMULA_AND && i < f->n; i++)
		walk(w, f->kids[i], u);
}

void
softs_alternatives(struct ladder *l, struct problem *p, struct soft_list *out)
{
	struct walk w = {l, p, out};

	for (uint32_t i = 0; i < p->in.n; i++) {
		struct run who = ladder_item(l, i);
		struct unless u = {.n = 2};

		if (who.from == NO_PLACE || p->installed[who.name] == i ||
		    !has_or(p->candidates[i].version->depends))
			continue;
		u.v[0] = -ladder_rung(l, who.name, who.from);
		u.v[1] = ladder_rung(l, who.name, who.to + 1);
		walk(&w, p->candidates[i].version->depends, &u);
	}
}
