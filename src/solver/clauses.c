#include "solver/clauses.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "opam/version.h"

/* A formula whose conjunctive form is larger makes its version unusable rather than us slow; so do formulas
 * that are too large together. */
enum { CNF_MAX = 4096, LITERALS_MAX = 1 << 20, ALL_LITERALS_MAX = 1 << 22 };

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
	struct arena scratch = {0};
	struct str key =
		n ? (struct str){(const char *)set, n * sizeof(*set)} : clause_text(&scratch, &fresh);
	struct map *known = n ? &p->by_set : &p->by_text;

	c = map_get(known, key);
	if (!c && !n)
		key.s = arena_strndup(p->a, key.s, key.n);
	arena_free(&scratch);
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

bool
clauses_any(const struct problem *p, const struct opam_formula *atom)
{
	const struct package *package = universe_package(p->u, atom->name);
	size_t low, high;
	bool simple;

	if (!package)
		return false;
	simple = run_of(package, atom->range, &low, &high);
	for (size_t i = simple ? low : 0; i < (simple ? high : package->n); i++)
		if (p->in.items[p->first[package->index] + i].eligible &&
		    (simple || opam_range_holds(atom->range, package->versions[i]->version)))
			return true;
	return false;
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

/* One clause of all of them, which are sorted. */
static const struct clause *
join(struct problem *p, const struct clause *const *list, size_t count)
{
	size_t n = 0, kept = 0, atom_count = 0;
	const struct opam_formula **atoms;
	uint32_t *set;

	for (size_t i = 0; i < count; i++) {
		n += list[i]->n;
		atom_count += list[i]->atom_count;
	}
	set = arena_array(p->a, uint32_t, n);
	atoms = arena_array(p->a, const struct opam_formula *, atom_count);
	n = atom_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (list[i]->n)
			memcpy(set + n, list[i]->set, list[i]->n * sizeof(*set));
		memcpy(atoms + atom_count, list[i]->atoms, list[i]->atom_count * sizeof(*atoms));
		n += list[i]->n;
		atom_count += list[i]->atom_count;
	}
	if (n)
		qsort(set, n, sizeof(*set), by_number);
	for (size_t i = 0; i < n; i++)
		if (!kept || set[kept - 1] != set[i])
			set[kept++] = set[i];
	return intern(p, set, kept, atoms, atom_count);
}

/* Alternatives so far; none yet is not the same as some that say nothing. */
struct product {
	struct clause_list list;
	bool any;
};

/* Every clause of one joined with every clause of the other. -1: too large. */
static int
multiply(struct problem *p, struct product *x, const struct clause_list *side)
{
	struct clause_list next = {0};
	size_t literals = 0;

	if (!x->any) {
		*x = (struct product){*side, true};
		return 0;
	}
	if (x->list.n * side->n > CNF_MAX)
		return -1;
	for (size_t i = 0; i < x->list.n; i++)
		for (size_t j = 0; j < side->n; j++) {
			const struct clause *pair[] = {x->list.v[i], side->v[j]};

			size_t more = pair[0]->n + pair[0]->atom_count + pair[1]->n + pair[1]->atom_count;

			literals += more;
			p->literals += more;
			if (literals > LITERALS_MAX || p->literals > ALL_LITERALS_MAX)
				return -1;
			vec_push(p->a, &next, join(p, pair, 2));
		}
	x->list = next;
	return 0;
}

/* Alternatives that are one clause each, which is nearly all, are joined at once. */
static int
multiply_plain(struct problem *p, struct product *x, struct clause_list *plain)
{
	struct clause_list one = {0};

	if (!plain->n)
		return 0;
	vec_push(p->a, &one, plain->n == 1 ? plain->v[0] : join(p, plain->v, plain->n));
	plain->n = 0;
	return multiply(p, x, &one);
}

static int
product_of(struct problem *p, const struct opam_formula *f, struct clause_list *out)
{
	struct clause_list plain = {0};
	struct product product = {.any = false};

	for (size_t k = 0; k < f->n; k++) {
		struct clause_list side = {0};

		if (clauses_of(p, f->kids[k], &side) < 0)
			return -1;
		if (side.n == 1)
			vec_push(p->a, &plain, side.v[0]);
		else if (multiply_plain(p, &product, &plain) < 0 || multiply(p, &product, &side) < 0)
			return -1;
	}
	if (multiply_plain(p, &product, &plain) < 0)
		return -1;
	*out = product.list;
	return 0;
}

static bool
has_and(const struct opam_formula *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->kids[i]->kind == FORMULA_AND || has_and(f->kids[i]))
			return true;
	return false;
}

struct known {
	struct clause_list list;
	int rc;
};

/* Versions tend to say the same: what is dear is worked out once. */
static int
distribute(struct problem *p, const struct opam_formula *f, struct clause_list *out)
{
	struct str text = has_and(f) ? opam_formula_text(p->a, f) : STR("");
	struct known *known = text.n ? map_get(&p->products, text) : NULL;

	if (!known) {
		known = arena_new(p->a, struct known);
		*known = (struct known){.rc = 0};
		known->rc = product_of(p, f, &known->list);
		if (text.n)
			map_set(&p->products, text, known);
	}
	for (size_t i = 0; i < known->list.n; i++)
		vec_push(p->a, out, known->list.v[i]);
	return known->rc;
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
