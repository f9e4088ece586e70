#include "solver/explain.h"

#include <string.h>

#include "base/buf.h"

enum { LINES = 12, WIDTH = 240 };

struct text {
	const struct problem *p;
	struct core core;
	bool *told;   /* by fact */
	bool *spoken; /* by name: in the queue */
	VEC(uint32_t) queue;
	VEC(struct str) lines;
};

/* --- sets of versions --- */

static struct str
version_at(const struct problem *p, uint32_t item)
{
	return p->candidates[item].version->version;
}

/* One run of neighbours [from, to] (newest first) among the eligible versions of a name. */
static void
add_run(struct buf *b, const struct problem *p, uint32_t from, uint32_t to, bool newest, bool oldest)
{
	if (from == to && !(newest && oldest))
		buf_printf(b, " " STR_FMT, STR_ARG(version_at(p, from)));
	else if (newest && !oldest)
		buf_printf(b, " >= " STR_FMT, STR_ARG(version_at(p, to)));
	else if (oldest && !newest)
		buf_printf(b, " <= " STR_FMT, STR_ARG(version_at(p, from)));
	else if (!newest)
		buf_printf(b, " " STR_FMT " to " STR_FMT, STR_ARG(version_at(p, to)),
			   STR_ARG(version_at(p, from)));
}

/* "ocaml >= 5.0", "b 1.2, 1.4 to 1.6": the marked eligible versions of a name. */
static void
add_versions(struct buf *b, const struct problem *p, uint32_t name, const bool *marked)
{
	uint32_t next = p->first[name + 1], from = NO_ITEM, to = NO_ITEM;
	bool newest = true, from_newest = false;
	unsigned runs = 0;

	buf_str_add(b, p->u->packages[name]->name);
	for (uint32_t i = p->first[name]; i <= next; i++) {
		if (i < next && !p->in.items[i].eligible)
			continue;
		if (i < next && marked[i]) {
			if (from == NO_ITEM) {
				from = i;
				from_newest = newest;
			}
			to = i;
		} else if (from != NO_ITEM) {
			if (runs)
				buf_addc(b, ',');
			if (++runs > 3) {
				buf_adds(b, " ...");
				return;
			}
			add_run(b, p, from, to, from_newest, i == next);
			from = NO_ITEM;
		}
		newest = false;
	}
}

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

static void
add_line(struct text *t, struct buf *b)
{
	if (b->n > WIDTH) {
		buf_cut(b, WIDTH - 4);
		buf_adds(b, " ...");
	}
	vec_push(t->p->a, &t->lines, buf_str(b));
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
			add_versions(b, t->p, i, marked);
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
	struct buf b = buf_new(p->a);
	size_t merged = 0;

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
	add_versions(&b, p, fact->name, owners);
	buf_adds(&b, " requires ");
	if (merged == 1 || !add_targets(t, &b, names, targets)) {
		buf_str_add(&b, clause_text(p->a, fact->clause));
		if (!fact->clause->n)
			add_nothing(t, &b, fact->clause);
	}
	if (merged > 1)
		buf_adds(&b, "; it depends on the version");
	add_line(t, &b);
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
	struct buf b = buf_new(t->p->a);
	uint32_t last = NO_ITEM;

	t->told[at] = true;
	mark_owners(t->p, fact, owners);
	mark(others, fact->clause);
	add_versions(&b, t->p, fact->name, owners);
	buf_adds(&b, " conflicts with ");
	for (size_t i = 0; i < fact->clause->n; i++) {
		uint32_t name = t->p->in.items[fact->clause->set[i]].name;

		if (name == last || name == fact->name || !in_core(t, name))
			continue;
		buf_adds(&b, last == NO_ITEM ? "" : ", ");
		add_versions(&b, t->p, name, others);
		last = name;
	}
	if (fact->clause->conflict_class.n)
		buf_printf(&b, " (both are of conflict class '" STR_FMT "')",
			   STR_ARG(fact->clause->conflict_class));
	add_line(t, &b);
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

/* "a, b cannot be installed together": what was asked for, as far as it takes part. */
static void
tell_demands(struct text *t, struct err *e)
{
	struct buf b = buf_new(t->p->a), line = buf_new(t->p->a);
	size_t asked = 0, invariant = 0;

	for (size_t i = 0; i < t->p->demands.n; i++) {
		const struct demand *d = &t->p->demands.v[i];

		if (!t->core.demand[i])
			continue;
		speak_clause(t, d->clause);
		if (d->atom) {
			buf_adds(&b, asked++ ? ", " : "");
			buf_str_add(&b, opam_formula_text(t->p->a, d->atom));
		} else {
			if (!invariant++)
				buf_printf(&line, "the switch invariant requires " STR_FMT,
					   STR_ARG(opam_formula_text(t->p->a, t->p->r->invariant)));
			if (!d->clause->n)
				add_nothing(t, &line, d->clause);
		}
	}
	if (b.n > 600)
		buf_cut(&b, 600);
	if (!asked)
		err_set(e, ERR_UNSAT, "the switch invariant cannot be satisfied");
	else
		err_set(e, ERR_UNSAT, STR_FMT " cannot be %s%s%s", STR_ARG(buf_str(&b)), verb(t->p),
			asked > 1 ? " together" : "", invariant ? " in this switch" : "");
	if (invariant)
		add_line(t, &line);
}

int
explain(const struct problem *p, uint64_t deadline, struct err *e)
{
	struct text t = {.p = p};

	core_find(p, deadline, &t.core);
	t.told = arena_array(p->a, bool, t.core.facts.n);
	t.spoken = arena_array(p->a, bool, p->u->n);
	tell_demands(&t, e);
	for (size_t i = 0; i < t.queue.n; i++)
		tell_name(&t, t.queue.v[i]);
	for (uint32_t i = 0; i < p->u->n; i++)
		tell_name(&t, i);
	if (!t.lines.n)
		err_note(e, "no choice of versions satisfies all of this");
	for (size_t i = 0; i < t.lines.n && (i < LINES - 1 || t.lines.n == LINES); i++)
		err_note(e, STR_FMT, STR_ARG(t.lines.v[i]));
	if (t.lines.n > LINES)
		err_note(e, "... and %zu more", t.lines.n - (LINES - 1));
	return -1;
}
