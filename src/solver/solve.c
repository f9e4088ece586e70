#include "solver/ask.h"
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
};

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
		if (p->circles.n > CIRCLES_MAX)
			break;
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

	s->explanation.summary = STR("");
	if (ask_request(s->a, s->u, r, e) < 0)
		return -1;
	p = problem_new(s->a, s->u, r);
	if (plan_without_circle(s, p, &optimum, &plan, e) < 0)
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

static void
leave_out(struct solving *s, struct plan_left_out *list, size_t *n, const struct opam_formula *atom,
	  const struct err *why)
{
	struct str first = str_of(why->note), line = {0};

	str_cut(&first, '\n', &line);
	list[(*n)++] = (struct plan_left_out){
		atom, arena_printf(s->a, "%s%s" STR_FMT, why->msg, line.n ? ": " : "", STR_ARG(line))};
}

/* Why it does not go with those that were chosen. */
static void
explain_left(struct solving *s, const struct request *chosen, const struct opam_formula *atom,
	     struct plan_left_out *list, size_t *n)
{
	struct request more = *chosen;
	const struct opam_formula **atoms = arena_array(s->a, const struct opam_formula *, chosen->n + 1);
	struct err why = {.msg = "not with the others"};
	struct plan *plan;

	for (size_t i = 0; i < chosen->n; i++)
		atoms[i] = chosen->atoms[i];
	atoms[chosen->n] = atom;
	more.atoms = atoms;
	more.n++;
	if (solve(s, &more, &plan, &why) == 0)
		why = (struct err){.msg = "the time was too short to see whether it goes with the others"};
	leave_out(s, list, n, atom, &why);
}

/* Those of r that exist at all; the others are left out. */
static void
keep_existing(struct solving *s, const struct request *r, struct request *less, struct plan_left_out *left,
	      size_t *n, struct err *e)
{
	const struct opam_formula **atoms = arena_array(s->a, const struct opam_formula *, r->n);

	*less = *r;
	less->atoms = atoms;
	less->n = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct err why = {0};

		if (ask_atom(s->a, s->u, r, r->atoms[i], &why) == 0) {
			atoms[less->n++] = r->atoms[i];
			continue;
		}
		leave_out(s, left, n, r->atoms[i], &why);
		*e = why;
	}
}

static int
solve_what_goes(struct solving *s, const struct request *r, struct plan **out, struct err *e)
{
	struct plan_left_out *left = arena_array(s->a, struct plan_left_out, r->n);
	struct request less, chosen;
	const struct opam_formula **atoms;
	bool *goes;
	size_t n = 0;
	struct err all = {0};

	keep_existing(s, r, &less, left, &n, e);
	if (!less.n && !r->formula_count)
		return -1; /* the last refusal is in e */
	if (solve(s, &less, out, &all) == 0) {
		(*out)->left_out = left;
		(*out)->left_out_count = n;
		return 0;
	}
	goes = arena_array(s->a, bool, less.n);
	if (all.code != ERR_UNSAT || !subset_find(problem_new(s->a, s->u, &less), s->deadline, goes))
		return *e = all, -1;
	atoms = arena_array(s->a, const struct opam_formula *, less.n);
	chosen = less;
	chosen.atoms = atoms;
	chosen.n = 0;
	for (size_t i = 0; i < less.n; i++)
		if (goes[i])
			atoms[chosen.n++] = less.atoms[i];
	if (chosen.n == less.n || (!chosen.n && !r->formula_count))
		return *e = all, -1;
	if (solve(s, &chosen, out, e) < 0)
		return -1;
	for (size_t i = 0; i < less.n; i++)
		if (!goes[i])
			explain_left(s, &chosen, less.atoms[i], left, &n);
	(*out)->left_out = left;
	(*out)->left_out_count = n;
	return 0;
}

int
solver_plan(struct arena *a, const struct universe *u, const struct request *r, const struct plan **out,
	    struct err *e)
{
	unsigned ms = r->deadline_ms ? r->deadline_ms : SOLVER_DEADLINE_MS;
	struct solving s = {.a = a, .u = u, .deadline = ms == SOLVER_NO_DEADLINE ? 0 : guard_time(ms)};
	struct plan *plan;
	bool some = r->best_effort && r->n && r->kind != REQUEST_REMOVE;

	if ((some ? solve_what_goes(&s, r, &plan, e) : solve(&s, r, &plan, e)) == 0) {
		*out = plan;
		return 0;
	}
	if (e->code != ERR_UNSAT || !s.explanation.summary.n || !r->explanation)
		return -1;
	*r->explanation = s.explanation;
	suggest(a, u, r, s.deadline, r->explanation);
	for (size_t i = 0; i < r->explanation->suggestions.n; i++)
		err_hint(e, STR_FMT, STR_ARG(r->explanation->suggestions.v[i].text));
	return -1;
}
