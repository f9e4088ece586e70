#include <stdlib.h>

#include "opam/version.h"
#include "repo/repo.h"

/* Two trees are merged entry by entry; equal ids are not entered, so the cost is that of the changes. */

struct compare {
	struct store *s;
	struct arena *a;
	struct repo_changes *out;
	struct err *e;
};

static int
list(struct compare *c, const struct oid *tree, struct store_entries *out)
{
	*out = (struct store_entries){0};
	return oid_is(tree) ? store_tree_list(c->s, c->a, tree, out, c->e) : 0;
}

/* A folder as an entry; what is no folder counts as empty. */
static struct oid
folder_id(const struct store_entry *entry)
{
	return entry && entry->mode == MODE_DIR ? entry->id : (struct oid){{0}};
}

static int
by_name(const void *left, const void *right)
{
	return str_cmp(((const struct store_entry *)left)->name, ((const struct store_entry *)right)->name);
}

typedef int compare_pair(struct compare *c, struct str name, const struct oid *was, const struct oid *now);

/* Calls differ() for each folder name whose two sides differ. */
static int
merge(struct compare *c, const struct oid *was, const struct oid *now, compare_pair *differ)
{
	struct store_entries w, n;

	if (list(c, was, &w) < 0 || list(c, now, &n) < 0)
		return -1;
	/* Git sorts folders as if they ended in a slash. */
	if (w.n)
		qsort(w.v, w.n, sizeof(*w.v), by_name);
	if (n.n)
		qsort(n.v, n.n, sizeof(*n.v), by_name);
	for (size_t i = 0, j = 0; i < w.n || j < n.n;) {
		int order = i == w.n ? 1 : j == n.n ? -1 : by_name(&w.v[i], &n.v[j]);
		const struct store_entry *left = order <= 0 ? &w.v[i++] : NULL;
		const struct store_entry *right = order >= 0 ? &n.v[j++] : NULL;
		struct oid l = folder_id(left), r = folder_id(right);

		if (!oid_eq(&l, &r) && differ(c, left ? left->name : right->name, &l, &r) < 0)
			return -1;
	}
	return 0;
}

static int
version_differs(struct compare *c, struct str name, const struct oid *was, const struct oid *now)
{
	struct repo_change change = {.kind = CHANGE_CHANGED, .package = name};
	struct str own, version;

	if (!opam_name_version_cut(name, &own, &version))
		return 0;
	if (!oid_is(was))
		change.kind = CHANGE_NEW;
	else if (!oid_is(now))
		change.kind = CHANGE_GONE;
	vec_push(c->a, c->out, change);
	return 0;
}

static int
name_differs(struct compare *c, struct str name, const struct oid *was, const struct oid *now)
{
	if (opam_name_valid(name))
		return merge(c, was, now, version_differs);
	return version_differs(c, name, was, now);
}

static int
packages(struct compare *c, const struct oid *tree, struct oid *out)
{
	struct err why = {0};
	struct store_entry entry;

	*out = (struct oid){{0}};
	if (!oid_is(tree))
		return 0;
	if (store_tree_find(c->s, c->a, tree, "packages", &entry, &why) == 0) {
		*out = folder_id(&entry);
		return 0;
	}
	if (why.code == ERR_NOTFOUND)
		return 0;
	*c->e = why;
	return -1;
}

/* By name, then by the order of versions. */
static int
by_package(const void *left, const void *right)
{
	const struct repo_change *l = left, *r = right;
	struct str ln, lv, rn, rv;
	int order;

	opam_name_version_cut(l->package, &ln, &lv);
	opam_name_version_cut(r->package, &rn, &rv);
	order = str_cmp(ln, rn);
	if (!order)
		order = opam_version_cmp(lv, rv);
	return order ? order : str_cmp(lv, rv);
}

int
repo_compare(struct store *s, struct arena *a, const struct oid *was, const struct oid *now,
	     struct repo_changes *out, struct err *e)
{
	struct compare c = {s, a, out, e};
	struct oid old, new;

	if (packages(&c, was, &old) < 0 || packages(&c, now, &new) < 0)
		return -1;
	if (!oid_eq(&old, &new) && merge(&c, &old, &new, name_differs) < 0)
		return -1;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_package);
	return 0;
}
