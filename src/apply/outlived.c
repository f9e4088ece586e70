#include "apply/outlived.h"

#include <string.h>

bool
record_may_be_pinned(const struct record *r)
{
	return r->source.class == SOURCE_COMMIT || r->source.class == SOURCE_LOCAL;
}

bool
record_has_own_source(const struct record *r, const struct opam_definition *d)
{
	return d->url.present && str_eq(d->url.src.text, r->source.url);
}

/* By its name alone: whatever version. */
static bool
asks_any(const struct change *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->atoms[i]->name, name))
			return !c->atoms[i]->range;
	return false;
}

/* The repositories have the name, and not in this version. */
static int
only_others(struct session *s, struct arena *a, struct str name, struct str version, bool *out, struct err *e)
{
	struct repo_packages found = {0};

	if (repo_versions(s->ap->root->store, a, &s->ap->repos, name, &found, e) < 0)
		return -1;
	*out = found.n > 0;
	for (size_t i = 0; i < found.n; i++)
		*out &= !str_eq(found.v[i].version, version);
	return 0;
}

/* Installed from a pin that is gone, in a version that only the pin had. */
static int
outlived_pin(struct session *s, struct arena *a, const struct record *old, bool *out, struct err *e)
{
	struct opam_definition d;
	struct str text;

	*out = false;
	if (!record_may_be_pinned(old) || state_pin_of(&s->state, old->name))
		return 0;
	if (store_blob_read(s->ap->root->store, a, &old->definition, &text, e) < 0 ||
	    opam_definition(a, arena_printf(a, "packages/" STR_FMT "/opam", STR_ARG(old->name)), text, &d,
			    e) < 0)
		return -1;
	return record_has_own_source(old, &d) ? 0 : only_others(s, a, old->name, old->version, out, e);
}

int
outlived_left(struct session *s, struct arena *a, const struct change *c, struct request *r, struct err *e)
{
	const struct opam_formula **atoms = arena_array(a, const struct opam_formula *, 2 * c->n + 1);

	if (c->kind == REQUEST_REMOVE || c->n == 0)
		return 0;
	memcpy(atoms, c->atoms, c->n * sizeof(const struct opam_formula *));
	r->atoms = atoms;
	for (size_t i = 0; i < s->state.record_count && r->n < 2 * c->n; i++) {
		const struct record *old = &s->state.records[i];
		struct str other;
		bool outlived;

		if (!asks_any(c, old->name))
			continue;
		if (outlived_pin(s, a, old, &outlived, e) < 0)
			return -1;
		other = str_printf(a, STR_FMT "!=" STR_FMT, STR_ARG(old->name), STR_ARG(old->version));
		if (outlived && opam_atom(a, other, &atoms[r->n++], e) < 0)
			return -1;
	}
	return 0;
}
