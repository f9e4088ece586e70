#include "solver/suggest.h"

#include "base/buf.h"
#include "solver/guard.h"

enum { TRIES = 8, MOST = 3, TRY_MS = 500 };

struct suggesting {
	struct arena *a;
	const struct universe *u;
	const struct request *r;
	struct explanation *x;
	unsigned tries;
	uint64_t deadline;
};

/* What one try may take; 0: nothing is left. */
static unsigned
time_left(const struct suggesting *s)
{
	uint64_t now = guard_time(0);
	uint64_t left = !s->deadline ? TRY_MS : s->deadline > now ? (s->deadline - now) / 1000000 : 0;

	return left < TRY_MS ? (unsigned)left : TRY_MS;
}

static const struct plan *
solves(struct suggesting *s, const struct request *other)
{
	struct request r = *other;
	const struct plan *plan;
	struct err ignored = {0};

	if (s->x->suggestions.n >= MOST || s->tries++ >= TRIES)
		return NULL;
	r.explanation = NULL;
	r.best_effort = false;
	r.deadline_ms = time_left(s);
	if (!r.deadline_ms)
		return NULL;
	return solver_plan(s->a, s->u, &r, &plan, &ignored) == 0 ? plan : NULL;
}

static struct str
version_in(const struct plan *plan, struct str name)
{
	for (size_t i = 0; i < plan->n; i++)
		if (str_eq(plan->packages[i].version->name, name))
			return plan->packages[i].version->version;
	return STR("");
}

static void
add(struct suggesting *s, unsigned kind, const struct opam_formula *atom, struct str text)
{
	struct suggestion suggestion = {kind, atom, text};

	vec_push(s->a, &s->x->suggestions, suggestion);
}

/* The place of a wish among the atoms of the request, or its number of atoms. */
static size_t
place(const struct suggesting *s, const struct opam_formula *wanted)
{
	size_t i = 0;

	while (i < s->r->n && s->r->atoms[i] != wanted)
		i++;
	return i;
}

static void
any_version(struct suggesting *s, const struct opam_formula *wanted)
{
	const struct opam_formula **atoms = arena_array(s->a, const struct opam_formula *, s->r->n);
	struct opam_formula *free = arena_new(s->a, struct opam_formula);
	struct request r = *s->r;
	const struct plan *plan;
	size_t at = place(s, wanted);

	if (at == s->r->n || !wanted->range)
		return;
	for (size_t i = 0; i < s->r->n; i++)
		atoms[i] = s->r->atoms[i];
	*free = *wanted;
	free->range = NULL;
	atoms[at] = free;
	r.atoms = atoms;
	plan = solves(s, &r);
	if (plan)
		add(s, SUGGEST_ANY_VERSION, wanted,
		    str_printf(s->a, "without `" STR_FMT "` it can be: with " STR_FMT "." STR_FMT,
			       STR_ARG(opam_range_text(s->a, wanted->range)), STR_ARG(wanted->name),
			       STR_ARG(version_in(plan, wanted->name))));
}

static void
without(struct suggesting *s, const struct opam_formula *wanted)
{
	const struct opam_formula **atoms = arena_array(s->a, const struct opam_formula *, s->r->n);
	struct request r = *s->r;
	size_t at = place(s, wanted);

	if (at == s->r->n || s->r->n + s->r->formula_count < 2)
		return;
	r.atoms = atoms;
	r.n = 0;
	for (size_t i = 0; i < s->r->n; i++)
		if (i != at)
			atoms[r.n++] = s->r->atoms[i];
	if (solves(s, &r))
		add(s, SUGGEST_WITHOUT, wanted,
		    str_printf(s->a, "without " STR_FMT " the rest can be",
			       STR_ARG(opam_formula_text(s->a, wanted))));
}

/* What the invariant speaks of, as it would be then: "with base 2, without x". */
static void
add_versions(struct buf *b, const struct opam_formula *f, const struct plan *plan)
{
	struct str v = f->kind == FORMULA_ATOM ? version_in(plan, f->name) : STR("");

	if (f->kind == FORMULA_ATOM)
		buf_printf(b, "%s%s" STR_FMT "%s" STR_FMT, b->n ? ", " : "", v.n ? "with " : "without ",
			   STR_ARG(f->name), v.n ? " " : "", STR_ARG(v));
	for (size_t i = 0; i < f->n; i++)
		add_versions(b, f->kids[i], plan);
}

static void
other_invariant(struct suggesting *s)
{
	struct request r = *s->r;
	struct buf b = buf_new(s->a);
	const struct plan *plan;

	r.invariant = NULL;
	plan = solves(s, &r);
	if (!plan)
		return;
	add_versions(&b, s->r->invariant, plan);
	add(s, SUGGEST_INVARIANT, NULL,
	    str_printf(s->a, "with another switch invariant it can be: " STR_FMT, STR_ARG(buf_str(&b))));
}

void
suggest(struct arena *a, const struct universe *u, const struct request *r, uint64_t deadline,
	struct explanation *x)
{
	struct suggesting s = {a, u, r, x, 0, deadline};

	for (size_t i = 0; i < x->wanted.n; i++)
		any_version(&s, x->wanted.v[i]);
	for (size_t i = 0; i < x->wanted.n; i++)
		without(&s, x->wanted.v[i]);
	if (x->invariant && r->kind != REQUEST_REMOVE)
		other_invariant(&s);
}
