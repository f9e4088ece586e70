#include "solver/spans.h"

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

void
spans_add(struct buf *b, const struct problem *p, uint32_t name, const bool *marked)
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
