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

/* The version that was installed of a name, or empty. */
static struct str
version_before(const struct check *c, struct str name)
{
	for (size_t i = 0; i < c->r->installed_count; i++)
		if (str_eq(c->r->installed[i].name, name))
			return c->r->installed[i].version;
	return STR("");
}

static bool
was_installed(const struct check *c, const struct version *v)
{
	return str_eq(version_before(c, v->name), v->version);
}

/* The candidate itself, or what a reinstallation takes in its place. */
static bool
is_known(const struct check *c, const struct version *v)
{
	const struct version *known = universe_version(c->u, v->name, v->version);

	return known && (known == v || known->fresh == v);
}

static bool
action_fits(const struct check *c, const struct plan_package *package)
{
	const struct version *v = package->version;
	struct str before = version_before(c, v->name);
	int order = before.n ? opam_version_cmp(before, v->version) : 0;
	bool same = str_eq(before, v->version);

	switch (package->action) {
	case PLAN_INSTALL:
		return !before.n;
	case PLAN_KEEP:
	case PLAN_REINSTALL:
		return same;
	case PLAN_UPGRADE:
		return before.n && !same && order <= 0 && str_eq(package->was, before);
	case PLAN_DOWNGRADE:
		return before.n && !same && order > 0 && str_eq(package->was, before);
	}
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

static bool
has_edge(const struct plan_package *package, size_t to)
{
	for (size_t i = 0; i < package->edge_count; i++)
		if (package->edges[i].to == to && !(package->edges[i].roles & EDGE_POST))
			return true;
	return false;
}

/* What a build needs is there before it: an edge for each atom that holds and is not post. */
static int
check_needs(struct check *c, size_t at, const struct opam_formula *f)
{
	const struct plan_package *package = &c->p->packages[at], *other;

	if (f->kind == FORMULA_TRUE || !opam_formula_holds(f, version_of, c))
		return 0;
	for (size_t i = 0; i < f->n; i++)
		if (check_needs(c, at, f->kids[i]) < 0)
			return -1;
	if (f->kind != FORMULA_ATOM || f->post || f->dev_setup || str_eq(f->name, package->version->name))
		return 0;
	other = planned(c, f->name);
	if (other && has_edge(package, (size_t)(other - c->p->packages)))
		return 0;
	return wrong(c, package->version, "would be built without", f->name);
}

static int
check_edges(struct check *c, size_t at)
{
	const struct plan_package *package = &c->p->packages[at];

	for (size_t i = 0; i < package->edge_count; i++) {
		size_t to = package->edges[i].to;

		if (to >= c->p->n || (to >= at && !(package->edges[i].roles & EDGE_POST)))
			return wrong(c, package->version, "comes before what it needs:",
				     to < c->p->n ? c->p->packages[to].version->name : STR("?"));
	}
	return check_needs(c, at, package->version->depends);
}

static int
check_package(struct check *c, struct arena *a, struct map *classes, size_t at)
{
	const struct plan_package *package = &c->p->packages[at];
	const struct version *v = package->version;
	const struct opam_formula *conflict;
	struct str before = version_before(c, v->name);

	if (planned(c, v->name) != package)
		return wrong(c, v, "is there twice:", v->name);
	if (!is_known(c, v))
		return wrong(c, v, "is no candidate", STR(""));
	if (!action_fits(c, package))
		return wrong(c, v, "has the wrong step; before there was", before.n ? before : STR("none"));
	if (!v->available && !was_installed(c, v))
		return wrong(c, v, "is not available:", v->unavailable);
	if (!opam_formula_holds(v->depends, version_of, c))
		return wrong(c, v, "lacks", opam_formula_text(a, v->depends));
	conflict = strikes(c, v, v->conflicts);
	if (conflict)
		return wrong(c, v, "conflicts with", opam_formula_text(a, conflict));
	if (check_edges(c, at) < 0)
		return -1;
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

/* What the ranking says that can be counted without it. */
static int
check_vector(struct check *c)
{
	const struct plan *p = c->p;
	long flagged = 0;

	for (size_t i = 0; i < p->n; i++)
		flagged += p->packages[i].version->avoid && !was_installed(c, p->packages[i].version);
	if (!p->ranked ||
	    (p->vector[0] == (long)p->removal_count && p->vector[1] == flagged && p->vector[5] == (long)p->n))
		return 0;
	return err_set(c->e, ERR_BUG, "the plan is not what its ranking says");
}

/* Every installed package stays, moves or is said to go; and nothing else goes. */
static int
check_removals(struct check *c)
{
	for (size_t k = 0; k < c->p->removal_count; k++)
		if (!str_eq(version_before(c, c->p->removals[k].name), c->p->removals[k].version))
			return err_set(c->e, ERR_BUG, "the plan removes " STR_FMT ", which is not there",
				       STR_ARG(c->p->removals[k].name));
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
	return check_request(&c, a) < 0 || check_removals(&c) < 0 ? -1 : check_vector(&c);
}
