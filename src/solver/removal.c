#include "solver/removal.h"

#include "solver/graph.h"

struct removal {
	struct problem *p;
	struct choice before, now;
	const struct choice *seen; /* of the two, which version_in() looks at */
	bool *needed;              /* by package */
	bool grew;
};

static struct str
version_in(void *ctx, struct str name)
{
	const struct removal *m = ctx;
	const struct package *package = universe_package(m->p->u, name);
	uint32_t item = package ? m->seen->of[package->index] : NO_ITEM;

	return item == NO_ITEM ? STR("") : m->p->candidates[item].version->version;
}

static bool
holds(struct removal *m, const struct choice *in, const struct opam_formula *f)
{
	m->seen = in;
	return opam_formula_holds(f, version_in, m);
}

/* True: something more goes. What was broken before is left alone. */
static bool
drop_dependents(struct removal *m)
{
	bool dropped = false;

	for (size_t i = 0; i < m->p->u->n; i++) {
		const struct opam_formula *f;

		if (m->now.of[i] == NO_ITEM)
			continue;
		f = m->p->candidates[m->now.of[i]].version->depends;
		if (holds(m, &m->now, f) || !holds(m, &m->before, f))
			continue;
		m->now.of[i] = NO_ITEM;
		dropped = true;
	}
	return dropped;
}

static void
need(void *ctx, const struct opam_formula *atom)
{
	struct removal *m = ctx;
	const struct package *package = universe_package(m->p->u, atom->name);

	if (!m->needed[package->index]) {
		m->needed[package->index] = true;
		m->grew = true;
	}
}

/* What neither a root nor the invariant needs, directly or not. */
static void
drop_unneeded(struct removal *m)
{
	const struct request *r = m->p->r;

	m->needed = arena_array(m->p->a, bool, m->p->u->n);
	m->seen = &m->now;
	for (size_t i = 0; i < r->installed_count; i++) {
		const struct package *package = universe_package(m->p->u, r->installed[i].name);

		if (package && r->installed[i].root)
			m->needed[package->index] = true;
	}
	if (r->invariant)
		graph_atoms(r->invariant, version_in, m, need, m);
	do {
		m->grew = false;
		for (size_t i = 0; i < m->p->u->n; i++) {
			const struct version *v;

			if (!m->needed[i] || m->now.of[i] == NO_ITEM)
				continue;
			v = m->p->candidates[m->now.of[i]].version;
			graph_atoms(v->depends, version_in, m, need, m);
			graph_atoms(v->depopts, version_in, m, need, m);
		}
	} while (m->grew);
	for (size_t i = 0; i < m->p->u->n; i++)
		if (!m->needed[i])
			m->now.of[i] = NO_ITEM;
}

/* Why something that the invariant wants goes: from it down to what was named. */
static void
note_chain(struct removal *m, struct err *e)
{
	for (size_t i = 0; i < m->p->u->n; i++) {
		const struct package *package = m->p->u->packages[i];
		const struct opam_formula *f;
		struct str text;

		if (m->before.of[i] == NO_ITEM || m->now.of[i] != NO_ITEM)
			continue;
		f = m->p->candidates[m->before.of[i]].version->depends;
		if (holds(m, &m->now, f))
			continue;
		text = opam_formula_text(m->p->a, f);
		err_note(e, STR_FMT " requires %.*s%s", STR_ARG(package->name),
			 text.n > 200 ? 200 : (int)text.n, text.s, text.n > 200 ? "..." : "");
		if (m->p->u->n > 200)
			return;
	}
}

void
removal_of_unneeded(struct problem *p, struct choice *c)
{
	struct removal m = {.p = p, .now = *c};

	drop_unneeded(&m);
}

int
removal_forbidden(struct problem *p, struct err *e)
{
	struct removal m = {.p = p, .before = {arena_array(p->a, uint32_t, p->u->n)}};

	for (size_t i = 0; i < p->u->n; i++)
		m.before.of[i] = p->installed[i];
	m.now = choice_copy(p, m.before);
	for (size_t i = 0; i < p->r->n; i++)
		m.now.of[universe_package(p->u, p->r->atoms[i]->name)->index] = NO_ITEM;
	while (drop_dependents(&m))
		continue;
	if (!p->r->invariant || !holds(&m, &m.before, p->r->invariant) || holds(&m, &m.now, p->r->invariant))
		return 0;
	err_set(e, ERR_UNSAT, "the switch invariant forbids it: " STR_FMT " has to stay",
		STR_ARG(opam_formula_text(p->a, p->r->invariant)));
	note_chain(&m, e);
	return err_hint(e, "`pkg switch set-invariant` changes it");
}
