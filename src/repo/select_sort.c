/* select_sort.c - sets of versions, and the order of what needs what. */
#include "repo/select.h"

enum { DEPTH_MAX = 5000 };

struct select_set
select_set_new(const struct catalog *c)
{
	return (struct select_set){.has = arena_array(c->a, bool, c->count + 1)};
}

bool
select_add(const struct catalog *c, struct select_set *set, struct catalog_version *v)
{
	if (set->has[v->id])
		return false;
	set->has[v->id] = true;
	vec_push(c->a, &set->list, v);
	return true;
}

/* Formulas nest no deeper than the parser allows. */
int
select_each_atom(const struct opam_formula *f, select_atom_fn *visit, void *ctx, struct err *e)
{
	if (f->kind == FORMULA_ATOM)
		return visit(ctx, f, e);
	for (size_t i = 0; f->kind != FORMULA_TRUE && i < f->n; i++)
		if (select_each_atom(f->kids[i], visit, ctx, e) < 0)
			return -1;
	return 0;
}

struct sort {
	struct catalog *c;
	struct select_set among, begun;
	unsigned depth; /* a chain of hostile length is cut, as a cycle is */
	struct selected order;
};

static int sort_visit(struct sort *s, struct catalog_version *v, struct err *e);

static int
fits_atom(void *ctx, struct catalog_version *v, bool *fits, struct err *e)
{
	const struct opam_formula *atom = ctx;

	(void)e;
	*fits = opam_range_holds(atom->range, v->version);
	return 0;
}

/* Of a name that is not in the list the version that stands for it leads on to what is. */
static int
sort_atom(void *ctx, const struct opam_formula *atom, struct err *e)
{
	struct sort *s = ctx;
	struct catalog_name *name = catalog_find(s->c, atom->name);
	struct catalog_version *between;
	struct opam_formula asked = *atom;
	bool listed = false;

	for (size_t i = 0; name && i < name->n; i++) {
		if (!s->among.has[name->v[i].id] || !opam_range_holds(atom->range, name->v[i].version))
			continue;
		listed = true;
		if (sort_visit(s, &name->v[i], e) < 0)
			return -1;
	}
	if (!name || listed)
		return 0;
	if (catalog_best(s->c, name, fits_atom, &asked, &between, e) < 0)
		return -1;
	return between ? sort_visit(s, between, e) : 0;
}

static int
sort_visit(struct sort *s, struct catalog_version *v, struct err *e)
{
	if (s->depth > DEPTH_MAX || !select_add(s->c, &s->begun, v))
		return 0;
	s->depth++;
	if (catalog_formulas(s->c, v, e) < 0 || select_each_atom(v->depends, sort_atom, s, e) < 0)
		return -1;
	s->depth--;
	if (s->among.has[v->id])
		vec_push(s->c->a, &s->order, v);
	return 0;
}

int
select_sort(struct catalog *c, struct selected *list, struct err *e)
{
	struct sort s = {.c = c, .among = select_set_new(c), .begun = select_set_new(c)};

	for (size_t i = 0; i < list->n; i++)
		select_add(c, &s.among, list->v[i]);
	for (size_t i = 0; i < list->n; i++)
		if (sort_visit(&s, list->v[i], e) < 0)
			return -1;
	*list = s.order;
	return 0;
}
