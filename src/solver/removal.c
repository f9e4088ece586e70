#include "solver/removal.h"

#include "solver/graph.h"

enum { CHAIN_MAX = 10 /* lines */, CHAIN_HEAD = 4 /* before the cut */, WIDTH = 200 };

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

/* Down from the invariant through what would go, breadth first. */
struct descent {
	struct removal *m;
	uint32_t *above;                /* by package, where it was met */
	const struct opam_formula **by; /* the atom there; NULL: not met */
	uint32_t *queue, n;
};

/* The atoms that held, and make the formula fail now. */
static void
descend(struct descent *d, uint32_t above, const struct opam_formula *f)
{
	struct removal *m = d->m;
	uint32_t at;

	if (holds(m, &m->now, f))
		return;
	for (size_t i = 0; i < f->n; i++)
		descend(d, above, f->kids[i]);
	if (f->kind != FORMULA_ATOM || !holds(m, &m->before, f))
		return;
	at = (uint32_t)universe_package(m->p->u, f->name)->index;
	if (d->by[at])
		return;
	d->by[at] = f;
	d->above[at] = above;
	d->queue[d->n++] = at;
}

static bool
is_named(const struct removal *m, uint32_t at)
{
	for (size_t i = 0; i < m->p->r->n; i++)
		if (str_eq(m->p->r->atoms[i]->name, m->p->u->packages[at]->name))
			return true;
	return false;
}

/* The shortest way from the invariant down to something that was named. */
static void
note_chain(struct removal *m, struct err *e)
{
	size_t count = m->p->u->n;
	struct descent d = {m, arena_array(m->p->a, uint32_t, count),
			    arena_array(m->p->a, const struct opam_formula *, count),
			    arena_array(m->p->a, uint32_t, count), 0};
	uint32_t *way = arena_array(m->p->a, uint32_t, count);
	size_t n = 0, i = 0;

	descend(&d, NO_ITEM, m->p->r->invariant);
	for (; i < d.n && !is_named(m, d.queue[i]); i++)
		descend(&d, d.queue[i], m->p->candidates[m->before.of[d.queue[i]]].version->depends);
	if (i == d.n)
		return;
	for (uint32_t at = d.queue[i]; at != NO_ITEM; at = d.above[at])
		way[n++] = at;
	/* From the top; the end of a long way, where what was named stands, is kept too. */
	for (size_t k = 0; k + 1 < n; k++) {
		uint32_t to = way[n - 2 - k];

		if (n - 1 > CHAIN_MAX && k == CHAIN_HEAD) {
			err_note(e, "... %zu more ...", n - CHAIN_MAX);
			k += n - 1 - CHAIN_MAX;
			continue;
		}
		err_note(e, STR_FMT " requires " STR_FMT, STR_ARG(m->p->u->packages[d.above[to]]->name),
			 STR_ARG(str_sub(opam_formula_text(m->p->a, d.by[to]), 0, WIDTH)));
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
