#include "solver/ask.h"
#include "solver/circles.h"
#include "solver/explain.h"
#include "solver/guard.h"
#include "solver/optimum.h"
#include "solver/passes.h"
#include "solver/plan.h"
#include "solver/removal.h"
#include "solver/subset.h"
#include "solver/suggest.h"

struct solving {
	struct arena *a;
	const struct universe *u;
	uint64_t deadline;
	struct explanation explanation; /* of the last refusal; summary is empty without one */
	struct circles circles;         /* that the last solve() met */
};

enum { CIRCLES_MAX = 1000 };

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
choose(struct solving *s, struct problem *p, struct optimum *out, struct err *e)
{
	switch (optimum_find(p, s->deadline, out)) {
	case OPTIMUM_FOUND:
		if (p->r->kind == REQUEST_REMOVE && p->r->auto_remove) {
			removal_of_unneeded(p, &out->choice);
			out->rank = pick_rank(p, out->choice);
		}
		return 0;
	case OPTIMUM_NONE:
		if (p->r->kind == REQUEST_REMOVE && removal_forbidden(p, e) < 0)
			return -1;
		return explain(p, s->deadline, &s->explanation, e);
	case OPTIMUM_LATE:
		break;
	}
	return late(p, e);
}

/* There may be an answer without a circle, but none was found. */
static int
circling(const struct problem *p, const struct err *first, struct err *e)
{
	err_set(e, ERR_SOLVER,
		"no answer without a circle of dependencies after %zu tries: the request is too hard",
		p->circles.n);
	err_note(e, "%s", first->msg);
	return err_hint(e, "name versions of what you want");
}

/* An answer whose packages cannot be put in order is none; the next best is looked for. When there is none,
 * the first circle is what is wrong. */
static int
plan_without_circle(struct solving *s, struct problem *p, struct optimum *optimum, struct plan **out,
		    struct err *e)
{
	struct err first = {0}, now;

	for (;;) {
		now = (struct err){0};
		if (choose(s, p, optimum, &now) < 0)
			break;
		if (plan_make(p, optimum->choice, out, &now) == 0)
			return 0;
		if (p->circles.n == 1)
			first = now;
		if (p->circles.n > CIRCLES_MAX || circles_repeat(p) ||
		    (s->deadline && guard_time(0) >= s->deadline))
			return circling(p, &first, e);
	}
	*e = now;
	if (p->circles.n && now.code == ERR_UNSAT) {
		*e = first;
		s->explanation.summary = STR("");
	}
	return -1;
}

static int
solve(struct solving *s, const struct request *r, struct plan **out, struct err *e)
{
	struct optimum optimum;
	struct problem *p;
	struct plan *plan;
	int rc;

	s->explanation.summary = STR("");
	s->circles.n = 0;
	if (ask_request(s->a, s->u, r, e) < 0)
		return -1;
	p = problem_new(s->a, s->u, r);
	rc = plan_without_circle(s, p, &optimum, &plan, e);
	s->circles = p->circles;
	if (rc < 0)
		return -1;
	_Static_assert((int)PLAN_LEVELS == (int)RANK_LEVELS, "a plan tells the whole ranking");
	for (size_t i = 0; i < RANK_LEVELS; i++)
		plan->vector[i] = optimum.rank.v[i];
	plan->ranked = true;
	plan->proven_levels = (int)optimum.proven_levels;
	plan->proven = optimum.proven_levels == RANK_LEVELS;
	plan->bound = plan->proven ? 0 : optimum.bound;
	if (solver_check(s->a, s->u, r, plan, e) < 0)
		return -1;
	*out = plan;
	return 0;
}

/* --- best effort --- */

/* What may be left out: the atoms, then the formulas. */
static size_t
part_count(const struct request *r)
{
	return r->n + r->formula_count;
}

static const struct opam_formula *
part(const struct request *r, size_t i)
{
	return i < r->n ? r->atoms[i] : r->formulas[i - r->n];
}

/* The same request without its parts, with room for as many and one more. */
static struct request
without_parts(struct solving *s, const struct request *r)
{
	struct request less = *r;

	less.atoms = arena_array(s->a, const struct opam_formula *, r->n + 1);
	less.formulas = arena_array(s->a, const struct opam_formula *, r->formula_count + 1);
	less.n = less.formula_count = 0;
	return less;
}

static void
add_part(struct request *less, const struct request *r, size_t i)
{
	if (i < r->n)
		less->atoms[less->n++] = part(r, i);
	else
		less->formulas[less->formula_count++] = part(r, i);
}

struct left_out {
	struct plan_left_out *v;
	size_t n;
};

static void
leave_out(struct solving *s, struct left_out *left, const struct opam_formula *f, const struct err *why)
{
	struct str first = str_of(why->note), line = {0};

	str_cut(&first, '\n', &line);
	left->v[left->n++] = (struct plan_left_out){
		f, arena_printf(s->a, "%s%s" STR_FMT, why->msg, line.n ? ": " : "", STR_ARG(line))};
}

/* Why it does not go with those that were chosen. */
static void
explain_left(struct solving *s, const struct request *chosen, const struct request *r, size_t i,
	     struct left_out *left)
{
	struct request more = without_parts(s, r);
	struct err why = {.msg = "not with the others"};
	struct plan *plan;

	for (size_t k = 0; k < chosen->n; k++)
		more.atoms[more.n++] = chosen->atoms[k];
	for (size_t k = 0; k < chosen->formula_count; k++)
		more.formulas[more.formula_count++] = chosen->formulas[k];
	add_part(&more, r, i);
	if (solve(s, &more, &plan, &why) == 0)
		why = (struct err){.msg = "the time was too short to see whether it goes with the others"};
	leave_out(s, left, part(r, i), &why);
}

/* Those of r that exist at all; the others are left out. */
static struct request
keep_existing(struct solving *s, const struct request *r, struct left_out *left, struct err *e)
{
	struct request less = without_parts(s, r);

	for (size_t i = 0; i < part_count(r); i++) {
		struct err why = {0};

		if (ask_formula(s->a, s->u, r, part(r, i), &why) == 0) {
			add_part(&less, r, i);
			continue;
		}
		leave_out(s, left, part(r, i), &why);
		*e = why;
	}
	return less;
}

/* The best part of r, which as a whole has no answer for the reason in e; -1: nor has any part of it. Circles
 * show only when a choice is put in order: then the next best part is looked for. */
static int
solve_part(struct solving *s, const struct request *r, bool *goes, struct request *chosen, struct plan **out,
	   struct err *e)
{
	struct circles circles = s->circles;

	while (circles.n <= CIRCLES_MAX) {
		struct problem *p = problem_new(s->a, s->u, r);
		struct err now = {0};

		p->circles = circles;
		if (!subset_find(p, s->deadline, goes))
			return -1;
		*chosen = without_parts(s, r);
		for (size_t i = 0; i < part_count(r); i++)
			if (goes[i])
				add_part(chosen, r, i);
		if (!part_count(chosen) || part_count(chosen) == part_count(r))
			return -1;
		if (solve(s, chosen, out, &now) == 0)
			return 0;
		if (now.code != ERR_UNSAT || !s->circles.n)
			return *e = now, -1;
		for (size_t i = 0; i < s->circles.n; i++)
			vec_push(s->a, &circles, s->circles.v[i]);
	}
	return -1;
}

static int
solve_what_goes(struct solving *s, const struct request *r, struct plan **out, struct err *e)
{
	struct left_out left = {arena_array(s->a, struct plan_left_out, part_count(r)), 0};
	struct request less, chosen;
	struct err all = {0};
	bool *goes;

	less = keep_existing(s, r, &left, e);
	if (!part_count(&less))
		return -1; /* the last refusal is in e */
	if (solve(s, &less, out, &all) < 0) {
		goes = arena_array(s->a, bool, part_count(&less));
		if (all.code != ERR_UNSAT || solve_part(s, &less, goes, &chosen, out, &all) < 0)
			return *e = all, -1;
		for (size_t i = 0; i < part_count(&less); i++)
			if (!goes[i])
				explain_left(s, &chosen, &less, i, &left);
	}
	(*out)->left_out = left.v;
	(*out)->left_out_count = left.n;
	return 0;
}

uint64_t
solver_deadline(const struct request *r)
{
	unsigned ms = r->deadline_ms ? r->deadline_ms : SOLVER_DEADLINE_MS;

	return ms == SOLVER_NO_DEADLINE ? 0 : guard_time(ms);
}

int
solver_plan(struct arena *a, const struct universe *u, const struct request *r, const struct plan **out,
	    struct err *e)
{
	struct solving s = {.a = a, .u = u, .deadline = solver_deadline(r)};
	struct plan *plan;
	bool some = r->best_effort && part_count(r) && r->kind != REQUEST_REMOVE;

	if ((some ? solve_what_goes(&s, r, &plan, e) : solve(&s, r, &plan, e)) == 0) {
		*out = plan;
		return 0;
	}
	if (e->code != ERR_UNSAT || !s.explanation.summary.n || !r->explanation)
		return -1;
	*r->explanation = s.explanation;
	suggest(a, u, r, s.deadline, r->explanation);
	explain_note(r->explanation, e);
	for (size_t i = 0; i < r->explanation->suggestions.n; i++)
		err_hint(e, STR_FMT, STR_ARG(r->explanation->suggestions.v[i].text));
	return -1;
}
