#include "solver/explain.h"

#include <string.h>

#include "base/buf.h"
#include "solver/spans.h"

enum { LINES = 12 /* with the summary and the hints */, WIDTH = 240 };

struct text {
	const struct problem *p;
	struct core core;
	bool *told;   /* by fact */
	bool *spoken; /* by name: in the queue */
	VEC(uint32_t) queue;
	struct explanation *out;
};

/* A line in the making. */
struct line {
	struct buf subject, object, detail;
};

static void
mark(bool *marked, const struct clause *c)
{
	for (size_t i = 0; i < c->n; i++)
		marked[c->set[i]] = true;
}

/* The versions of a name that a fact is about. */
static void
mark_owners(const struct problem *p, const struct fact *fact, bool *marked)
{
	for (uint32_t i = p->first[fact->name]; i < p->first[fact->name + 1]; i++) {
		const struct clause_list *own =
			fact->conflict ? &p->in.items[i].conflicts : &p->in.items[i].requires;

		for (size_t k = 0; k < own->n; k++)
			marked[i] |= own->v[k] == fact->clause;
	}
}

/* --- lines --- */

static struct line
line_new(const struct text *t)
{
	return (struct line){buf_new(t->p->a), buf_new(t->p->a), buf_new(t->p->a)};
}

static void
add_line(struct text *t, unsigned kind, const struct line *line)
{
	static const char *const verbs[] = {[REASON_INVARIANT] = "the switch invariant requires ",
					    [REASON_REQUIRES] = " requires ",
					    [REASON_CONFLICTS] = " conflicts with "};
	struct reason reason = {.kind = kind,
				.subject = buf_str(&line->subject),
				.object = buf_str(&line->object),
				.detail = buf_str(&line->detail)};

	reason.text = str_printf(t->p->a, STR_FMT "%s" STR_FMT STR_FMT, STR_ARG(reason.subject), verbs[kind],
				 STR_ARG(reason.object), STR_ARG(reason.detail));
	vec_push(t->p->a, &t->out->reasons, reason);
}

/* Why nothing can meet a requirement. */
static void
add_nothing(struct text *t, struct buf *b, const struct clause *c)
{
	const struct package *package = c->atom_count ? universe_package(t->p->u, c->atoms[0]->name) : NULL;

	for (size_t i = 1; !package && i < c->atom_count; i++)
		package = universe_package(t->p->u, c->atoms[i]->name);
	if (!package) {
		buf_adds(b, ", which no repository has");
		return;
	}
	if (package->n == 1 && package->versions[0]->pinned) {
		buf_printf(b, ", but it is pinned to " STR_FMT, STR_ARG(package->versions[0]->version));
		return;
	}
	for (size_t i = 0; i < package->n; i++) {
		const struct version *v = package->versions[i];

		for (size_t k = 0; k < c->atom_count; k++)
			if (str_eq(c->atoms[k]->name, package->name) &&
			    opam_range_holds(c->atoms[k]->range, v->version) && v->unavailable.n) {
				buf_printf(b, ", which is not available here (" STR_FMT ")",
					   STR_ARG(v->unavailable));
				return;
			}
	}
	buf_printf(b, ", but no such version exists (newest: " STR_FMT ")",
		   STR_ARG(package->versions[0]->version));
}

static bool
shares_name(const struct clause *x, const struct clause *y)
{
	for (size_t i = 0; i < x->atom_count; i++)
		for (size_t k = 0; k < y->atom_count; k++)
			if (str_eq(x->atoms[i]->name, y->atoms[k]->name))
				return true;
	return false;
}

/* The names that merged requirements ask for; with all the versions, if they are not too many. */
static size_t
add_targets(struct text *t, struct buf *b, const bool *names, const bool *marked)
{
	size_t n = 0, told = 0;

	for (size_t i = 0; i < t->p->u->n; i++)
		n += names[i];
	for (uint32_t i = 0; i < t->p->u->n; i++) {
		if (!names[i])
			continue;
		buf_adds(b, told++ ? " | " : "");
		if (n <= 2)
			spans_add(b, t->p, i, marked);
		else
			buf_str_add(b, t->p->u->packages[i]->name);
	}
	return told;
}

static void
speak(struct text *t, uint32_t name)
{
	if (t->spoken[name])
		return;
	t->spoken[name] = true;
	vec_push(t->p->a, &t->queue, name);
}

static void
speak_clause(struct text *t, const struct clause *c)
{
	for (size_t i = 0; i < c->n; i++)
		speak(t, t->p->in.items[c->set[i]].name);
}

/* A requirement, together with the others of this name that speak of the same names: versions of a
 * package mostly differ in the versions that they ask for. */
static void
tell_requirement(struct text *t, size_t at)
{
	const struct problem *p = t->p;
	const struct fact *fact = &t->core.facts.v[at];
	bool *owners = arena_array(p->a, bool, p->in.n), *targets = arena_array(p->a, bool, p->in.n);
	bool *names = arena_array(p->a, bool, p->u->n);
	struct line line = line_new(t);
	size_t merged = 0;
	bool alike;

	for (size_t i = at; i < t->core.facts.n; i++) {
		const struct fact *other = &t->core.facts.v[i];

		if (i != at && (t->told[i] || other->conflict || other->name != fact->name ||
				!shares_name(fact->clause, other->clause)))
			continue;
		t->told[i] = true;
		merged++;
		mark_owners(p, other, owners);
		mark(targets, other->clause);
		for (size_t k = 0; k < other->clause->n; k++)
			names[p->in.items[other->clause->set[k]].name] = true;
		speak_clause(t, other->clause);
	}
	spans_add(&line.subject, p, fact->name, owners);
	alike = merged == 1 || !add_targets(t, &line.object, names, targets);
	if (alike) {
		buf_str_add(&line.object, clause_text(p->a, fact->clause));
		if (!fact->clause->n)
			add_nothing(t, &line.detail, fact->clause);
	}
	if (merged > 1)
		buf_adds(&line.detail, alike ? "; other versions the like" : "; it depends on the version");
	add_line(t, REASON_REQUIRES, &line);
}

static bool
in_core(const struct text *t, uint32_t name)
{
	for (size_t i = 0; i < t->core.facts.n; i++) {
		const struct fact *fact = &t->core.facts.v[i];

		if (fact->name == name)
			return true;
		for (size_t k = 0; !fact->conflict && k < fact->clause->n; k++)
			if (t->p->in.items[fact->clause->set[k]].name == name)
				return true;
	}
	for (size_t i = 0; i < t->p->in.demands.n; i++)
		for (size_t k = 0; t->core.demand[i] && k < t->p->in.demands.v[i]->n; k++)
			if (t->p->in.items[t->p->in.demands.v[i]->set[k]].name == name)
				return true;
	return false;
}

static void
tell_conflict(struct text *t, size_t at)
{
	const struct fact *fact = &t->core.facts.v[at];
	bool *owners = arena_array(t->p->a, bool, t->p->in.n),
	     *others = arena_array(t->p->a, bool, t->p->in.n);
	struct line line = line_new(t);
	uint32_t last = NO_ITEM;

	t->told[at] = true;
	mark_owners(t->p, fact, owners);
	mark(others, fact->clause);
	spans_add(&line.subject, t->p, fact->name, owners);
	for (size_t i = 0; i < fact->clause->n; i++) {
		uint32_t name = t->p->in.items[fact->clause->set[i]].name;

		if (name == last || name == fact->name || !in_core(t, name))
			continue;
		buf_adds(&line.object, last == NO_ITEM ? "" : ", ");
		spans_add(&line.object, t->p, name, others);
		last = name;
	}
	if (fact->clause->conflict_class.n)
		buf_printf(&line.detail, " (both are of conflict class '" STR_FMT "')",
			   STR_ARG(fact->clause->conflict_class));
	add_line(t, REASON_CONFLICTS, &line);
}

static void
tell_name(struct text *t, uint32_t name)
{
	for (size_t i = 0; i < t->core.facts.n; i++) {
		if (t->told[i] || t->core.facts.v[i].name != name)
			continue;
		if (t->core.facts.v[i].conflict)
			tell_conflict(t, i);
		else
			tell_requirement(t, i);
	}
}

/* --- the whole --- */

static const char *
verb(const struct problem *p)
{
	return p->r->kind == REQUEST_UPGRADE     ? "upgraded"
	       : p->r->kind == REQUEST_REINSTALL ? "reinstalled"
						 : "installed";
}

/* Of a request that is a part of the explanation, each wish once. */
static bool
add_wanted(struct text *t, const struct opam_formula *wanted)
{
	for (size_t i = 0; i < t->out->wanted.n; i++)
		if (t->out->wanted.v[i] == wanted)
			return false;
	vec_push(t->p->a, &t->out->wanted, wanted);
	return true;
}

/* "a, b cannot be installed together": what was asked for, as far as it takes part. */
static void
tell_demands(struct text *t)
{
	struct buf b = buf_new(t->p->a);
	struct line line = line_new(t);

	for (size_t i = 0; i < t->p->demands.n; i++) {
		const struct demand *d = &t->p->demands.v[i];

		if (!t->core.demand[i])
			continue;
		speak_clause(t, d->clause);
		if (d->wanted && add_wanted(t, d->wanted)) {
			buf_adds(&b, b.n ? ", " : "");
			buf_str_add(&b, opam_formula_text(t->p->a, d->wanted));
		}
		if (!d->wanted && !t->out->invariant) {
			t->out->invariant = true;
			buf_str_add(&line.object, opam_formula_text(t->p->a, t->p->r->invariant));
		}
		if (!d->wanted && !d->clause->n)
			add_nothing(t, &line.detail, d->clause);
	}
	if (b.n > 600)
		buf_cut(&b, 600);
	t->out->summary = !b.n ? STR("the switch invariant cannot be satisfied")
			       : str_printf(t->p->a, STR_FMT " cannot be %s%s%s", STR_ARG(buf_str(&b)),
					    verb(t->p), t->out->wanted.n > 1 ? " together" : "",
					    t->out->invariant ? " in this switch" : "");
	if (t->out->invariant)
		add_line(t, REASON_INVARIANT, &line);
}

/* What fits into an error: of a long way its beginning and its end, where the cause is. */
void
explain_note(const struct explanation *x, struct err *e)
{
	size_t room = LINES - 1 - x->suggestions.n, n = x->reasons.n;
	size_t head = n <= room ? n : (room - 1) / 2, tail = n <= room ? n : n - (room - 1 - head);

	e->note[0] = '\0';
	if (!n)
		err_note(e, "no choice of versions satisfies all of this");
	for (size_t i = 0; i < n; i++) {
		struct str text = x->reasons.v[i].text;
		bool cut = text.n > WIDTH;

		if (i == head && head < tail)
			err_note(e, "... %zu more (-v shows all) ...", tail - head);
		if (i >= head && i < tail)
			continue;
		err_note(e, STR_FMT "%s", STR_ARG(str_sub(text, 0, cut ? WIDTH - 4 : text.n)),
			 cut ? " ..." : "");
	}
}

int
explain(const struct problem *p, uint64_t deadline, struct explanation *out, struct err *e)
{
	struct text t = {.p = p, .out = out};

	*out = (struct explanation){0};
	core_find(p, deadline, &t.core);
	t.told = arena_array(p->a, bool, t.core.facts.n);
	t.spoken = arena_array(p->a, bool, p->u->n);
	tell_demands(&t);
	for (size_t i = 0; i < t.queue.n; i++)
		tell_name(&t, t.queue.v[i]);
	for (uint32_t i = 0; i < p->u->n; i++)
		tell_name(&t, i);
	err_set(e, ERR_UNSAT, STR_FMT, STR_ARG(out->summary));
	explain_note(out, e);
	return -1;
}
