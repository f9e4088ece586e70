#include "base/buf.h"
#include "solver/explain.h"
#include "solver/guard.h"
#include "solver/optimum.h"
#include "solver/passes.h"
#include "solver/plan.h"
#include "solver/removal.h"

/* --- what cannot even be asked --- */

static void
hint_similar(struct arena *a, const struct universe *u, struct str name, struct err *e)
{
	struct opam_strings names = {arena_array(a, struct str, u->n), u->n}, near;
	struct buf b = buf_new(a);

	for (size_t i = 0; i < u->n; i++)
		names.v[i] = u->packages[i]->name;
	solver_similar(a, &names, name, &near);
	for (size_t i = 0; i < near.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(near.v[i]));
	if (near.n)
		err_hint(e, "did you mean " STR_FMT "?", STR_ARG(buf_str(&b)));
}

static int
no_version(struct arena *a, const struct package *package, const struct opam_formula *atom, struct err *e)
{
	struct buf b = buf_new(a);

	if (atom->range->kind == RANGE_REL && atom->range->op == OP_EQ)
		err_set(e, ERR_NOTFOUND, STR_FMT " has no version " STR_FMT, STR_ARG(package->name),
			STR_ARG(atom->range->version));
	else
		err_set(e, ERR_NOTFOUND, STR_FMT " has no version " STR_FMT, STR_ARG(package->name),
			STR_ARG(opam_range_text(a, atom->range)));
	for (size_t i = 0; i < package->n && i < 8; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(package->versions[i]->version));
	return err_hint(e, "versions: " STR_FMT "%s", STR_ARG(buf_str(&b)), package->n > 8 ? ", ..." : "");
}

/* An atom of an install: some version of it can be had. */
static int
check_wanted(struct arena *a, const struct package *package, const struct opam_formula *atom, struct err *e)
{
	const struct version *refused = NULL;
	size_t refused_count = 0;

	for (size_t i = 0; i < package->n; i++) {
		const struct version *v = package->versions[i];

		if (!opam_range_holds(atom->range, v->version))
			continue;
		if (v->available || v->installed)
			return 0;
		if (!refused_count++)
			refused = v;
	}
	if (!refused)
		return no_version(a, package, atom, e);
	if (refused_count > 1)
		err_set(e, ERR_NOTFOUND, "no version of " STR_FMT " is available on this machine",
			STR_ARG(opam_formula_text(a, atom)));
	else
		err_set(e, ERR_NOTFOUND, STR_FMT "." STR_FMT " is not available on this machine",
			STR_ARG(refused->name), STR_ARG(refused->version));
	return err_note(e, STR_FMT "." STR_FMT " has " STR_FMT, STR_ARG(refused->name),
			STR_ARG(refused->version), STR_ARG(refused->unavailable));
}

/* An atom of a removal or reinstallation: it is installed. */
static int
check_installed(struct arena *a, const struct request *r, const struct opam_formula *atom, struct err *e)
{
	for (size_t i = 0; i < r->installed_count; i++) {
		if (!str_eq(r->installed[i].name, atom->name))
			continue;
		if (opam_range_holds(atom->range, r->installed[i].version))
			return 0;
		return err_set(e, ERR_NOTFOUND, STR_FMT " is not installed, but " STR_FMT "." STR_FMT,
			       STR_ARG(opam_formula_text(a, atom)), STR_ARG(atom->name),
			       STR_ARG(r->installed[i].version));
	}
	return err_set(e, ERR_NOTFOUND, STR_FMT " is not installed", STR_ARG(atom->name));
}

static bool
is_installed(const struct request *r, struct str name)
{
	for (size_t i = 0; i < r->installed_count; i++)
		if (str_eq(r->installed[i].name, name))
			return true;
	return false;
}

static int
check_atoms(struct arena *a, const struct universe *u, const struct request *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct opam_formula *atom = r->atoms[i];
		const struct package *package = universe_package(u, atom->name);

		if (!package) {
			err_set(e, ERR_NOTFOUND, "there is no package '" STR_FMT "'", STR_ARG(atom->name));
			hint_similar(a, u, atom->name, e);
			return -1;
		}
		/* To remove what is not there is done already. */
		if (r->kind == REQUEST_REMOVE && !is_installed(r, atom->name))
			continue;
		if (r->kind == REQUEST_REMOVE || r->kind == REQUEST_REINSTALL
			    ? check_installed(a, r, atom, e) < 0
			    : check_wanted(a, package, atom, e) < 0)
			return -1;
	}
	return 0;
}

/* --- the way through --- */

enum { CIRCLES_MAX = 100 };

static int
late(const struct problem *p, struct err *e)
{
	unsigned ms = p->r->deadline_ms ? p->r->deadline_ms : SOLVER_DEADLINE_MS;

	if (ms == SOLVER_NO_DEADLINE)
		return err_set(e, ERR_SOLVER, "no answer within the memory: the request is too hard");
	err_set(e, ERR_SOLVER, "no answer in %u.%u s: the request is too hard", ms / 1000, ms / 100 % 10);
	return err_hint(e, "name versions of what you want, or allow more time");
}

static int
choose(struct problem *p, uint64_t deadline, struct optimum *out, struct err *e)
{
	switch (optimum_find(p, deadline, out)) {
	case OPTIMUM_FOUND:
		if (p->r->kind == REQUEST_REMOVE && p->r->auto_remove) {
			removal_of_unneeded(p, &out->choice);
			out->rank = pick_rank(p, out->choice);
		}
		return 0;
	case OPTIMUM_NONE:
		if (p->r->kind == REQUEST_REMOVE && removal_forbidden(p, e) < 0)
			return -1;
		return explain(p, deadline, e);
	case OPTIMUM_LATE:
		break;
	}
	return late(p, e);
}

/* An answer whose packages cannot be put in order is none; the next best is looked for. When there is none,
 * the first circle is what is wrong. */
static int
plan_without_circle(struct problem *p, uint64_t deadline, struct optimum *optimum, struct plan **out,
		    struct err *e)
{
	struct err first = {0}, now;

	for (;;) {
		now = (struct err){0};
		if (choose(p, deadline, optimum, &now) < 0)
			break;
		if (plan_make(p, optimum->choice, out, &now) == 0)
			return 0;
		if (p->circles.n == 1)
			first = now;
		if (p->circles.n > CIRCLES_MAX)
			break;
	}
	*e = p->circles.n && now.code == ERR_UNSAT ? first : now;
	return -1;
}

int
solver_plan(struct arena *a, const struct universe *u, const struct request *r, const struct plan **out,
	    struct err *e)
{
	unsigned ms = r->deadline_ms ? r->deadline_ms : SOLVER_DEADLINE_MS;
	uint64_t deadline = ms == SOLVER_NO_DEADLINE ? 0 : guard_time(ms);
	struct optimum optimum;
	struct problem *p;
	struct plan *plan;

	if (check_atoms(a, u, r, e) < 0)
		return -1;
	p = problem_new(a, u, r);
	if (plan_without_circle(p, deadline, &optimum, &plan, e) < 0)
		return -1;
	_Static_assert((int)PLAN_LEVELS == (int)RANK_LEVELS, "a plan tells the whole ranking");
	for (size_t i = 0; i < RANK_LEVELS; i++)
		plan->vector[i] = optimum.rank.v[i];
	plan->proven_levels = (int)optimum.proven_levels;
	plan->proven = optimum.proven_levels == RANK_LEVELS;
	plan->bound = plan->proven ? 0 : optimum.bound;
	if (solver_check(a, u, r, plan, e) < 0)
		return -1;
	*out = plan;
	return 0;
}
