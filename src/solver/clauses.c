#include "solver/clauses.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "opam/version.h"

/* A formula whose conjunctive form is larger makes its version unusable rather than us slow. */
enum { CNF_MAX = 4096 };

struct numbers {
	uint32_t *v;
	size_t n, room;
};

/* --- sets --- */

static int
by_number(const void *left, const void *right)
{
	uint32_t l = *(const uint32_t *)left, r = *(const uint32_t *)right;

	return l < r ? -1 : l > r;
}

/* The clause of a sorted set without doubles; atoms are kept of the first that comes with it. Empty sets
 * mean the same, but each names another missing package: there the text decides. */
static const struct clause *
intern(struct problem *p, const uint32_t *set, size_t n, const struct opam_formula **atoms, size_t atom_count)
{
	struct clause fresh = {.set = set, .n = n, .atoms = atoms, .atom_count = atom_count}, *c;
	struct str key = n ? (struct str){(const char *)set, n * sizeof(*set)} : clause_text(p->a, &fresh);
	struct map *known = n ? &p->by_set : &p->by_text;

	c = map_get(known, key);
	if (c)
		return c;
	c = arena_new(p->a, struct clause);
	*c = fresh;
	c->id = (uint32_t)p->in.clauses.n;
	vec_push(p->a, &p->in.clauses, c);
	map_set(known, key, c);
	return c;
}

/* First rank whose version is <= v (or < v, when strict); versions are newest first. */
static size_t
bound(const struct package *package, struct str v, bool strict)
{
	size_t low = 0, high = package->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = opam_version_cmp(package->versions[mid]->version, v);

		if (strict ? order < 0 : order <= 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* A range that is one run of ranks [low, high). False: it is not that simple. */
static bool
run_of(const struct package *package, const struct opam_range *range, size_t *low, size_t *high)
{
	size_t low2, high2;

	*low = 0;
	*high = package->n;
	if (!range)
		return true;
	if (range->kind == RANGE_AND) {
		if (!run_of(package, range->left, low, high) || !run_of(package, range->right, &low2, &high2))
			return false;
		*low = *low > low2 ? *low : low2;
		*high = *high < high2 ? *high : high2;
		return true;
	}
	if (range->kind != RANGE_REL || range->op == OP_NE)
		return false;
	if (range->op == OP_EQ || range->op == OP_LE)
		*low = bound(package, range->version, false);
	if (range->op == OP_LT)
		*low = bound(package, range->version, true);
	if (range->op == OP_EQ || range->op == OP_GE)
		*high = bound(package, range->version, true);
	if (range->op == OP_GT)
		*high = bound(package, range->version, false);
	return true;
}

static void
add_atom(struct problem *p, const struct opam_formula *atom, struct numbers *out)
{
	const struct package *package = universe_package(p->u, atom->name);
	size_t low, high;
	bool simple;

	if (!package)
		return;
	simple = run_of(package, atom->range, &low, &high);
	for (size_t i = simple ? low : 0; i < (simple ? high : package->n); i++) {
		uint32_t number = p->first[package->index] + (uint32_t)i;

		if (p->in.items[number].eligible &&
		    (simple || opam_range_holds(atom->range, package->versions[i]->version)))
			vec_push(p->a, out, number);
	}
}

const struct clause *
clauses_atom(struct problem *p, const struct opam_formula *atom)
{
	const struct opam_formula **atoms = arena_array(p->a, const struct opam_formula *, 1);
	struct numbers set = {0};

	atoms[0] = atom;
	add_atom(p, atom, &set);
	return intern(p, set.v, set.n, atoms, 1);
}

/* --- formulas to clauses --- */

static const struct clause *
join(struct problem *p, const struct clause *x, const struct clause *y)
{
	size_t n = x->n + y->n, kept = 0, atom_count = x->atom_count + y->atom_count;
	uint32_t *set = arena_array(p->a, uint32_t, n);
	const struct opam_formula **atoms = arena_array(p->a, const struct opam_formula *, atom_count);

	if (x->n)
		memcpy(set, x->set, x->n * sizeof(*set));
	if (y->n)
		memcpy(set + x->n, y->set, y->n * sizeof(*set));
	if (n)
		qsort(set, n, sizeof(*set), by_number);
	for (size_t i = 0; i < n; i++)
		if (!kept || set[kept - 1] != set[i])
			set[kept++] = set[i];
	memcpy(atoms, x->atoms, x->atom_count * sizeof(*atoms));
	memcpy(atoms + x->atom_count, y->atoms, y->atom_count * sizeof(*atoms));
	return intern(p, set, kept, atoms, atom_count);
}

/* Either side may hold: every clause of one joined with every clause of the other. */
static int
distribute(struct problem *p, const struct opam_formula *f, struct clause_list *out)
{
	struct clause_list product = {0};

	if (clauses_of(p, f->kids[0], &product) < 0)
		return -1;
	for (size_t k = 1; k < f->n; k++) {
		struct clause_list side = {0}, next = {0};

		if (clauses_of(p, f->kids[k], &side) < 0 || product.n * side.n > CNF_MAX)
			return -1;
		for (size_t i = 0; i < product.n; i++)
			for (size_t j = 0; j < side.n; j++)
				vec_push(p->a, &next, join(p, product.v[i], side.v[j]));
		product = next;
	}
	for (size_t i = 0; i < product.n; i++)
		vec_push(p->a, out, product.v[i]);
	return 0;
}

int
clauses_of(struct problem *p, const struct opam_formula *f, struct clause_list *out)
{
	switch (f->kind) {
	case FORMULA_TRUE:
		return 0;
	case FORMULA_ATOM:
		vec_push(p->a, out, clauses_atom(p, f));
		return 0;
	case FORMULA_AND:
		for (size_t i = 0; i < f->n; i++)
			if (clauses_of(p, f->kids[i], out) < 0)
				return -1;
		return out->n > CNF_MAX ? -1 : 0;
	case FORMULA_OR:
		return distribute(p, f, out);
	}
	return -1;
}

/* `conflicts` is a list of atoms whatever joins them; no version conflicts with its own name. */
void
clauses_add_conflicts(struct problem *p, uint32_t item, const struct opam_formula *f)
{
	const struct clause *clause;

	for (size_t i = 0; i < f->n; i++)
		clauses_add_conflicts(p, item, f->kids[i]);
	if (f->kind != FORMULA_ATOM || str_eq(f->name, p->candidates[item].version->name))
		return;
	clause = clauses_atom(p, f);
	if (clause->n)
		vec_push(p->a, &p->in.items[item].conflicts, clause);
}

/* --- conflict classes --- */

static void
collect_classes(struct problem *p, struct map *members)
{
	for (uint32_t i = 0; i < p->in.n; i++) {
		const struct opam_strings *classes = &p->candidates[i].version->conflict_class;

		for (size_t k = 0; p->in.items[i].eligible && k < classes->n; k++) {
			struct numbers *list = map_get(members, classes->v[k]);

			if (!list) {
				list = arena_new(p->a, struct numbers);
				map_set(members, classes->v[k], list);
			}
			if (!list->n || list->v[list->n - 1] != i)
				vec_push(p->a, list, i);
		}
	}
}

void
clauses_add_classes(struct problem *p)
{
	struct map members = map_new(p->a);

	collect_classes(p, &members);
	for (size_t i = 0; i < members.n; i++) {
		const struct numbers *list = members.entries[i].value;
		struct clause *c = arena_new(p->a, struct clause);

		*c = (struct clause){.set = list->v,
				     .n = list->n,
				     .id = (uint32_t)p->in.clauses.n,
				     .conflict_class = members.entries[i].key};
		vec_push(p->a, &p->in.clauses, c);
		for (size_t k = 0; k < list->n; k++)
			vec_push(p->a, &p->in.items[list->v[k]].conflicts, c);
	}
}

/* --- small questions --- */

bool
clause_has(const struct clause *c, uint32_t wanted)
{
	return c->n && bsearch(&wanted, c->set, c->n, sizeof(wanted), by_number);
}

struct str
clause_text(struct arena *a, const struct clause *c)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < c->atom_count; i++) {
		if (i)
			buf_adds(&b, " | ");
		buf_str_add(&b, opam_formula_text(a, c->atoms[i]));
	}
	return buf_str(&b);
}
