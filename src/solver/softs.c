#include "solver/softs.h"

static void
add(struct ladder *l, struct soft_list *out, int bad, long weight)
{
	if (bad != LIT_FALSE && weight)
		vec_push(l->cnf->a, out, ((struct soft){bad, weight}));
}

/* As bars of a diagram: under each stretch where all weights are at least so high, one literal. */
void
softs_weights(struct ladder *l, uint32_t name, const long *weights, struct soft_list *out)
{
	struct bar {
		uint32_t from;
		long height;
	} *open = arena_array(l->cnf->a, struct bar, l->names[name].n + 1);
	size_t depth = 0;

	for (uint32_t i = 0; i <= l->names[name].n; i++) {
		long now = i < l->names[name].n ? weights[i] : 0;
		uint32_t from = i;

		while (depth && open[depth - 1].height > now) {
			struct bar bar = open[--depth];
			long base = depth && open[depth - 1].height > now ? open[depth - 1].height : now;

			add(l, out, ladder_run(l, (struct run){name, bar.from, i - 1}, LADDER_FROM),
			    bar.height - base);
			from = bar.from;
		}
		if (now && (!depth || open[depth - 1].height < now))
			open[depth++] = (struct bar){from, now};
	}
}

/* --- the levels --- */

static bool
is_changed(const struct problem *p, uint32_t item)
{
	return p->installed[p->in.items[item].name] != item;
}

/* What a candidate adds to a level, alternatives aside. */
static long
weight_of(const struct problem *p, unsigned level, uint32_t item)
{
	uint32_t name = p->in.items[item].name;

	switch (level) {
	case RANK_FLAGGED:
		return is_changed(p, item) && p->candidates[item].version->avoid;
	case RANK_REQUESTED:
		return p->asked[name] ? p->lag[item] : 0;
	case RANK_WHOLE:
		if (p->r->kind == REQUEST_UPGRADE && !p->r->n)
			return p->lag[item];
		return p->was_installed[name] && is_changed(p, item);
	case RANK_NEW:
		return is_changed(p, item) ? p->lag[item] : 0;
	case RANK_SIZE:
		return 1;
	default:
		return 0;
	}
}

long
softs_of(struct ladder *l, struct problem *p, unsigned level, struct soft_list *out)
{
	long *weights = arena_array(l->cnf->a, long, p->in.n);
	long base = 0;

	for (uint32_t i = 0; i < p->in.names; i++) {
		const struct ladder_name *name = &l->names[i];

		if (level == RANK_REMOVED && p->was_installed[i]) {
			if (name->n)
				add(l, out, -ladder_rung(l, i, 0), 1);
			else
				base++;
		}
		for (uint32_t k = 0; k < name->n; k++)
			weights[k] = weight_of(p, level, name->item[k]);
		if (name->n && level != RANK_REMOVED)
			softs_weights(l, i, weights, out);
	}
	if (level == RANK_NEW)
		softs_alternatives(l, p, out);
	return base;
}
