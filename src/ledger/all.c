/* The ledgers of a store: of switches that are there, and of removed ones. */
#include <string.h>

#include "ledger/private.h"

static const char heads[] = "refs/heads/", removed[] = "refs/pkg/removed/";
enum { MEANT_DISTANCE = 3 };

int
ledger_all(struct store *s, struct arena *a, struct ledger_refs *out, struct err *e)
{
	struct store_refs refs;

	*out = (struct ledger_refs){0};
	if (store_refs(s, a, heads, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct ledger_ref ref = {.commit = refs.v[i].id};

		ref.name = str_sub(refs.v[i].name, sizeof(heads) - 1, refs.v[i].name.n);
		vec_push(a, out, ref);
	}
	if (store_refs(s, a, removed, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct str rest = str_sub(refs.v[i].name, sizeof(removed) - 1, refs.v[i].name.n);
		struct ledger_ref ref = {.commit = refs.v[i].id, .removed = true};

		str_cut(&rest, '/', &ref.name);
		vec_push(a, out, ref);
	}
	return 0;
}

/* A switch whose name is like this one, or that is no more. */
static void
hint_at(struct store *s, struct arena *a, const char *name, struct err *e)
{
	struct ledger_refs all;
	struct err why;
	struct str best = {0};
	unsigned least = MEANT_DISTANCE + 1;

	if (ledger_all(s, a, &all, &why) < 0)
		return;
	for (size_t i = 0; i < all.n; i++) {
		unsigned d = str_distance(str_of(name), all.v[i].name, MEANT_DISTANCE);

		if (all.v[i].removed && str_is(all.v[i].name, name)) {
			err_hint(e, "it was removed; its history is refs/pkg/removed/%s/%s", name,
				 all.v[i].commit.hex);
			return;
		}
		if (!all.v[i].removed && d < least) {
			least = d;
			best = all.v[i].name;
		}
	}
	if (best.n)
		err_hint(e, "did you mean '" STR_FMT "'?", STR_ARG(best));
}

int
ledger_head(struct store *s, struct arena *a, const char *name, struct oid *out, struct err *e)
{
	struct err why = {0};

	if (store_ref_get(s, arena_printf(a, "%s%s", heads, name), out, &why) == 0)
		return 0;
	if (why.code != ERR_NOTFOUND) {
		*e = why;
		return -1;
	}
	err_set(e, ERR_CONFIG, "there is no switch '%s'", name);
	hint_at(s, a, name, e);
	return -1;
}
