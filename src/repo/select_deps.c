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
may_need_any(const struct catalog_version *v, const struct select_atoms *atoms)
{
	for (size_t i = 0; i < atoms->n; i++)
		if (catalog_may_need(v, atoms->v[i]->name))
			return true;
	return false;
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
	for (size_t i = 0; i < c->n; i++) {
		struct catalog_name *name = &c->names[i];
		struct catalog_version *best;

		if (catalog_best(c, name, NULL, NULL, &best, e) < 0)
			return -1;
		for (size_t j = 0; j < name->n; j++) {
			u->v = &name->v[j];
			if (!what->all_versions && u->v != best)
				continue;
			if (catalog_formulas(c, u->v, e) < 0 ||
			    select_each_atom(u->v->depends, add_user, u, e) < 0 ||
			    (what->depopts && select_each_atom(u->v->depopts, add_user, u, e) < 0))
				return -1;
		}
	}
	return 0;
}

/* All that depends on what is named, through others too. */
static int
close_users(struct catalog *c, const struct select *what, const struct select_set *named,
	    struct select_set *out, struct err *e)
{
	struct select_set todo = select_set_new(c);
	struct users users;

	*out = select_set_new(c);
	if (find_users(c, what, &users, e) < 0)
		return -1;
	for (size_t i = 0; i < named->list.n; i++)
		select_add(c, &todo, named->list.v[i]);
	/* The list grows while it is gone through. */
	for (size_t i = 0; i < todo.list.n; i++) {
		const struct selected *of = map_get(&users.by_name, todo.list.v[i]->name);

		for (size_t j = 0; of && j < of->n; j++) {
			bool yes = false;

			if (out->has[of->v[j]->id])
				continue;
			if (needs(c, what, of->v[j], &todo, &yes, e) < 0)
				return -1;
			if (yes) {
				select_add(c, out, of->v[j]);
				select_add(c, &todo, of->v[j]);
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

static int
in_range(void *ctx, struct catalog_version *v, bool *yes, struct err *e)
{
	const struct opam_formula *atom = ctx;

	(void)e;
	*yes = opam_range_holds(atom->range, v->version);
	return 0;
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
		if (opam_range_holds(atom->range, name->v[i].version))
			select_add(r->c, r->out, &name->v[i]);
	if (!r->what->recursive)
		return 0;
	if (catalog_best(r->c, name, in_range, &copy, &best, e) < 0)
		return -1;
	if (best)
		select_add(r->c, &r->next, best);
	return 0;
}

static int
close_needed(struct catalog *c, const struct select *what, struct select_set *out, struct err *e)
{
	struct required r = {c, what, out, select_set_new(c)};
	struct select_set asked;

	*out = select_set_new(c);
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
	for (size_t i = 0; i < l->slim->conflict_class.n; i++)
		for (size_t j = 0; j < r->slim->conflict_class.n; j++)
			if (str_eq(l->slim->conflict_class.v[i], r->slim->conflict_class.v[j]))
				return !str_eq(l->name, r->name);
	return false;
}

static bool
may_need_one(const struct catalog_version *v, const struct map *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		if (catalog_may_need(v, texts->entries[i].key))
			return true;
	return false;
}

/* Whether it is worth a look: by name one way or the other, or by a class. */
static bool
may_exclude(const struct catalog_version *v, const struct select_deps *deps)
{
	return map_has(&deps->foes, v->name) || may_need_one(v, &deps->names) ||
	       may_need_one(v, &deps->classes);
}

/* Whether v excludes one that is meant, or one of them v. */
static int
excludes(struct catalog *c, struct catalog_version *v, const struct select_deps *deps, bool *yes,
	 struct err *e)
{
	const struct selected *of = &deps->excluded.list;

	*yes = false;
	if (catalog_slim(c, v, e) < 0)
		return -1;
	/* Most versions name it among their dependencies only. */
	if (v->slim->conflicts) {
		if (catalog_formulas(c, v, e) < 0)
			return -1;
		*yes = formula_meets(c, v->conflicts, &deps->excluded);
	}
	for (size_t i = 0; i < of->n && !*yes; i++)
		*yes = share_class(v, of->v[i]) || formula_admits(of->v[i]->conflicts, v);
	return 0;
}

static int
add_foe(void *ctx, const struct opam_formula *atom, struct err *e)
{
	struct select_deps *deps = ctx;

	(void)e;
	map_set(&deps->foes, atom->name, deps);
	return 0;
}

static int
prepare_excluded(struct catalog *c, const struct select *what, struct select_deps *deps, struct err *e)
{
	if (set_of_atoms(c, &what->conflicts_with, &deps->excluded, e) < 0)
		return -1;
	deps->foes = map_new(c->a);
	deps->names = map_new(c->a);
	deps->classes = map_new(c->a);
	for (size_t i = 0; i < deps->excluded.list.n; i++) {
		struct catalog_version *v = deps->excluded.list.v[i];

		if (catalog_formulas(c, v, e) < 0 || select_each_atom(v->conflicts, add_foe, deps, e) < 0)
			return -1;
		map_set(&deps->names, v->name, v);
		for (size_t j = 0; j < v->slim->conflict_class.n; j++)
			map_set(&deps->classes, v->slim->conflict_class.v[j], v);
	}
	return 0;
}

/* --- all --- */

int
select_prepare(struct catalog *c, const struct select *what, struct select_deps *out, struct err *e)
{
	*out = (struct select_deps){0};
	if (what->depends_on.n && set_of_atoms(c, &what->depends_on, &out->named, e) < 0)
		return -1;
	if (what->depends_on.n && what->recursive && close_users(c, what, &out->named, &out->users, e) < 0)
		return -1;
	if (what->required_by.n && close_needed(c, what, &out->needed, e) < 0)
		return -1;
	return what->conflicts_with.n ? prepare_excluded(c, what, out, e) : 0;
}

int
select_by_deps(struct catalog *c, const struct select *what, const struct select_deps *deps,
	       struct catalog_version *v, bool *yes, struct err *e)
{
	*yes = (!what->required_by.n || deps->needed.has[v->id]) &&
	       (!deps->users.has || deps->users.has[v->id]);
	if (*yes && what->depends_on.n && !what->recursive) {
		*yes = may_need_any(v, &what->depends_on);
		if (*yes && needs(c, what, v, &deps->named, yes, e) < 0)
			return -1;
	}
	if (*yes && what->conflicts_with.n) {
		*yes = !deps->excluded.has[v->id] && may_exclude(v, deps);
		if (*yes && excludes(c, v, deps, yes, e) < 0)
			return -1;
	}
	return 0;
}
