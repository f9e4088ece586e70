/* Looks at a plan with nothing but the definitions: it shares no code with what made the plan. */
#include "opam/version.h"
#include "solver/solver.h"

struct check {
	const struct universe *u;
	const struct request *r;
	const struct plan *p;
	struct map by_name; /* const struct plan_package * */
	struct err *e;
};

static const struct plan_package *
planned(const struct check *c, struct str name)
{
	return map_get(&c->by_name, name);
}

static struct str
version_of(void *ctx, struct str name)
{
	const struct plan_package *package = planned(ctx, name);

	return package ? package->version->version : STR("");
}

static int
wrong(struct check *c, const struct version *v, const char *what, struct str detail)
{
	return err_set(c->e, ERR_BUG, "the plan is not valid: " STR_FMT "." STR_FMT " %s " STR_FMT,
		       STR_ARG(v->name), STR_ARG(v->version), what, STR_ARG(detail));
}

static bool
was_installed(const struct check *c, const struct version *v)
{
	for (size_t i = 0; i < c->r->installed_count; i++)
		if (str_eq(c->r->installed[i].name, v->name) &&
		    str_eq(c->r->installed[i].version, v->version))
			return true;
	return false;
}

/* Some atom of a conflicts field that another package of the plan matches; they all count. */
static const struct opam_formula *
strikes(struct check *c, const struct version *v, const struct opam_formula *f)
{
	const struct plan_package *other;

	for (size_t i = 0; i < f->n; i++) {
		const struct opam_formula *kid = strikes(c, v, f->kids[i]);

		if (kid)
			return kid;
	}
	if (f->kind != FORMULA_ATOM || str_eq(f->name, v->name))
		return NULL;
	other = planned(c, f->name);
	return other && opam_range_holds(f->range, other->version->version) ? f : NULL;
}

static int
check_class(struct check *c, struct map *classes, const struct version *v)
{
	const struct opam_strings *list = &v->conflict_class;

	for (size_t i = 0; i < list->n; i++) {
		const struct version *other = map_get(classes, list->v[i]);

		if (other && other != v)
			return wrong(c, v, "shares a conflict class with", other->name);
		map_set(classes, list->v[i], (void *)v);
	}
	return 0;
}

static int
check_package(struct check *c, struct arena *a, struct map *classes, size_t at)
{
	const struct plan_package *package = &c->p->packages[at];
	const struct version *v = package->version;
	const struct opam_formula *conflict;

	if (planned(c, v->name) != package)
		return wrong(c, v, "is there twice:", v->name);
	if (!v->available && !was_installed(c, v))
		return wrong(c, v, "is not available:", v->unavailable);
	if (!opam_formula_holds(v->depends, version_of, c))
		return wrong(c, v, "lacks", opam_formula_text(a, v->depends));
	conflict = strikes(c, v, v->conflicts);
	if (conflict)
		return wrong(c, v, "conflicts with", opam_formula_text(a, conflict));
	for (size_t i = 0; i < package->edge_count; i++) {
		size_t to = package->edges[i].to;

		if (to >= c->p->n || (to >= at && !(package->edges[i].roles & EDGE_POST)))
			return wrong(c, v, "comes before what it needs:",
				     to < c->p->n ? c->p->packages[to].version->name : STR("?"));
	}
	return check_class(c, classes, v);
}

static int
check_request(struct check *c, struct arena *a)
{
	for (size_t i = 0; i < c->r->formula_count; i++)
		if (!opam_formula_holds(c->r->formulas[i], version_of, c))
			return err_set(c->e, ERR_BUG, "the plan does not do what was asked for: " STR_FMT,
				       STR_ARG(opam_formula_text(a, c->r->formulas[i])));
	for (size_t i = 0; i < c->r->n; i++) {
		const struct opam_formula *atom = c->r->atoms[i];
		const struct plan_package *package = planned(c, atom->name);
		bool holds = package && opam_range_holds(atom->range, package->version->version);

		if (c->r->kind == REQUEST_REMOVE ? package != NULL : !holds)
			return err_set(c->e, ERR_BUG, "the plan does not do what was asked for " STR_FMT,
				       STR_ARG(atom->name));
	}
	return 0;
}

/* Every installed package stays, moves or is said to go. */
static int
check_removals(struct check *c)
{
	for (size_t i = 0; i < c->r->installed_count; i++) {
		struct str name = c->r->installed[i].name;
		size_t said = 0;

		for (size_t k = 0; k < c->p->removal_count; k++)
			said += str_eq(c->p->removals[k].name, name);
		if (said != (planned(c, name) ? 0 : 1))
			return err_set(c->e, ERR_BUG, "the plan loses sight of " STR_FMT, STR_ARG(name));
	}
	return 0;
}

int
solver_check(struct arena *a, const struct universe *u, const struct request *r, const struct plan *p,
	     struct err *e)
{
	struct check c = {u, r, p, map_new(a), e};
	struct map classes = map_new(a);

	for (size_t i = p->n; i-- > 0;)
		map_set(&c.by_name, p->packages[i].version->name, &p->packages[i]);
	for (size_t i = 0; i < p->n; i++)
		if (check_package(&c, a, &classes, i) < 0)
			return -1;
	if (r->invariant && !opam_formula_holds(r->invariant, version_of, &c))
		return err_set(e, ERR_BUG, "the plan breaks the invariant of the switch");
	return check_request(&c, a) < 0 ? -1 : check_removals(&c);
}
