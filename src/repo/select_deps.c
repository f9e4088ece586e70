/* select_deps.c - which versions need, are needed by, or exclude which. */
#include <string.h>

#include "repo/select.h"

/* The versions that atoms name. */
static int
set_of_atoms(struct catalog *c, const struct select_atoms *atoms, struct select_set *out, struct err *e)
{
	*out = select_set_new(c);
	for (size_t i = 0; i < atoms->n; i++) {
		const struct opam_formula *atom = atoms->v[i];
		struct catalog_name *name = catalog_find(c, atom->name);
		bool any = false;

		for (size_t j = 0; name && j < name->n; j++)
			if (opam_range_holds(atom->range, name->v[j].version)) {
				select_add(c, out, &name->v[j]);
				any = true;
			}
		if (!any)
			return err_set(e, ERR_NOTFOUND, "there is no package " STR_FMT,
				       STR_ARG(opam_formula_text(c->a, atom)));
	}
	return 0;
}

/* --- formulas --- */

/* Whether a value holds a string somewhere: cheaper than its formula, for those that do not. */
static bool
mentions(const struct opam_value *value, struct str name)
{
	if (!value)
		return false;
	if (value->kind == OPAM_STRING)
		return str_eq(value->s, name);
	for (size_t i = 0; i < value->n; i++)
		if (mentions(value->kids[i], name))
			return true;
	return false;
}

/* Whether an atom admits one of a set. */
struct meets {
	struct catalog *c;
	const struct select_set *set;
	bool found;
};

static int
atom_meets(void *ctx, const struct opam_formula *atom, struct err *e)
{
	struct meets *m = ctx;
	const struct catalog_name *name = catalog_find(m->c, atom->name);

	(void)e;
	for (size_t i = 0; name && i < name->n && !m->found; i++)
		m->found = m->set->has[name->v[i].id] && opam_range_holds(atom->range, name->v[i].version);
	return 0;
}

static bool
formula_meets(struct catalog *c, const struct opam_formula *f, const struct select_set *set)
{
	struct meets m = {c, set, false};
	struct err none;

	select_each_atom(f, atom_meets, &m, &none);
	return m.found;
}

/* Whether a formula names one version. */
static bool
formula_admits(const struct opam_formula *f, const struct catalog_version *v)
{
	bool found =
		f->kind == FORMULA_ATOM && str_eq(f->name, v->name) && opam_range_holds(f->range, v->version);

	for (size_t i = 0; f->kind != FORMULA_ATOM && i < f->n && !found; i++)
		found = formula_admits(f->kids[i], v);
	return found;
}

/* --- depends on --- */

static int
needs(struct catalog *c, const struct select *what, struct catalog_version *v, const struct select_set *of,
      bool *yes, struct err *e)
{
	if (catalog_formulas(c, v, e) < 0)
		return -1;
	*yes = formula_meets(c, v->depends, of) || (what->depopts && formula_meets(c, v->depopts, of));
	return 0;
}

static bool
mentions_any(const struct opam_value *value, const struct select_atoms *atoms)
{
	for (size_t i = 0; i < atoms->n; i++)
		if (mentions(value, atoms->v[i]->name))
			return true;
	return false;
}

static int
depends_directly(struct catalog *c, const struct select *what, const struct select_set *of,
		 struct select_set *out, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->names[i].n; j++) {
			struct catalog_version *v = &c->names[i].v[j];
			bool yes;

			if (catalog_slim(c, v, e) < 0)
				return -1;
			if (!mentions_any(v->slim.depends, &what->depends_on) &&
			    !(what->depopts && mentions_any(v->slim.depopts, &what->depends_on)))
				continue;
			if (needs(c, what, v, of, &yes, e) < 0)
				return -1;
			if (yes)
				select_add(c, out, v);
		}
	return 0;
}

/* Who mentions a name, for all names. */
struct users {
	struct catalog *c;
	struct map by_name; /* struct selected * */
	struct catalog_version *v;
};

static int
add_user(void *ctx, const struct opam_formula *atom, struct err *e)
{
	struct users *u = ctx;
	struct selected *list = map_get(&u->by_name, atom->name);

	(void)e;
	if (!list) {
		list = arena_new(u->c->a, struct selected);
		map_set(&u->by_name, atom->name, list);
	}
	if (!list->n || list->v[list->n - 1] != u->v)
		vec_push(u->c->a, list, u->v);
	return 0;
}

static int
find_users(struct catalog *c, const struct select *what, struct users *u, struct err *e)
{
	*u = (struct users){.c = c, .by_name = map_new(c->a)};
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->names[i].n; j++) {
			u->v = &c->names[i].v[j];
			if (catalog_formulas(c, u->v, e) < 0 ||
			    select_each_atom(u->v->depends, add_user, u, e) < 0 ||
			    (what->depopts && select_each_atom(u->v->depopts, add_user, u, e) < 0))
				return -1;
		}
	return 0;
}

int
select_depends_on(struct catalog *c, const struct select *what, struct select_set *out, struct err *e)
{
	struct select_set start = {0};
	struct users users;

	if (set_of_atoms(c, &what->depends_on, &start, e) < 0)
		return -1;
	if (!what->recursive)
		return depends_directly(c, what, &start, out, e);
	if (find_users(c, what, &users, e) < 0)
		return -1;
	/* The list of `start` grows while it is gone through. */
	for (size_t i = 0; i < start.list.n; i++) {
		const struct selected *of = map_get(&users.by_name, start.list.v[i]->name);

		for (size_t j = 0; of && j < of->n; j++) {
			bool yes = false;

			if (out->has[of->v[j]->id])
				continue;
			if (needs(c, what, of->v[j], &start, &yes, e) < 0)
				return -1;
			if (yes) {
				select_add(c, out, of->v[j]);
				select_add(c, &start, of->v[j]);
			}
		}
	}
	return 0;
}

/* --- required by --- */

struct required {
	struct catalog *c;
	const struct select *what;
	struct select_set *out, next;
};

static bool
in_range(void *ctx, const struct catalog_version *v)
{
	const struct opam_formula *atom = ctx;

	return opam_range_holds(atom->range, v->version);
}

/* All that the atom admits is meant; the one that stands for them leads on. */
static int
require_atom(void *ctx, const struct opam_formula *atom, struct err *e)
{
	struct required *r = ctx;
	struct catalog_name *name = catalog_find(r->c, atom->name);
	struct opam_formula copy = *atom;
	struct catalog_version *best;

	if (!name)
		return 0;
	for (size_t i = 0; i < name->n; i++)
		if (in_range(&copy, &name->v[i]))
			select_add(r->c, r->out, &name->v[i]);
	if (!r->what->recursive)
		return 0;
	if (catalog_best(r->c, name, in_range, &copy, &best, e) < 0)
		return -1;
	if (best)
		select_add(r->c, &r->next, best);
	return 0;
}

int
select_required_by(struct catalog *c, const struct select *what, struct select_set *out, struct err *e)
{
	struct required r = {c, what, out, select_set_new(c)};
	struct select_set asked = {0};

	if (set_of_atoms(c, &what->required_by, &asked, e) < 0)
		return -1;
	for (size_t i = 0; i < what->required_by.n; i++) {
		struct opam_formula atom = *what->required_by.v[i];
		struct catalog_version *best;

		if (catalog_best(c, catalog_find(c, atom.name), in_range, &atom, &best, e) < 0)
			return -1;
		select_add(c, &r.next, best);
	}
	for (size_t i = 0; i < r.next.list.n; i++) {
		struct catalog_version *v = r.next.list.v[i];

		if (catalog_formulas(c, v, e) < 0 || select_each_atom(v->depends, require_atom, &r, e) < 0 ||
		    (what->depopts && select_each_atom(v->depopts, require_atom, &r, e) < 0))
			return -1;
	}
	return 0;
}

/* --- conflicts --- */

static bool
share_class(const struct catalog_version *l, const struct catalog_version *r)
{
	for (size_t i = 0; i < l->slim.conflict_class.n; i++)
		for (size_t j = 0; j < r->slim.conflict_class.n; j++)
			if (str_eq(l->slim.conflict_class.v[i], r->slim.conflict_class.v[j]))
				return !str_eq(l->name, r->name);
	return false;
}

/* Whether v excludes one of a set, or one of them v. */
static int
excludes(struct catalog *c, struct catalog_version *v, const struct select_set *of, bool *yes, struct err *e)
{
	if (catalog_formulas(c, v, e) < 0)
		return -1;
	*yes = formula_meets(c, v->conflicts, of);
	for (size_t i = 0; i < of->list.n && !*yes; i++)
		*yes = share_class(v, of->list.v[i]) || formula_admits(of->list.v[i]->conflicts, v);
	return 0;
}

int
select_conflicts(struct catalog *c, const struct select *what, struct select_set *out, struct err *e)
{
	struct select_set asked = {0};

	if (set_of_atoms(c, &what->conflicts_with, &asked, e) < 0)
		return -1;
	for (size_t i = 0; i < asked.list.n; i++)
		if (catalog_formulas(c, asked.list.v[i], e) < 0)
			return -1;
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->names[i].n; j++) {
			struct catalog_version *v = &c->names[i].v[j];
			bool yes = false;

			if (!asked.has[v->id] && excludes(c, v, &asked, &yes, e) < 0)
				return -1;
			if (yes)
				select_add(c, out, v);
		}
	return 0;
}
