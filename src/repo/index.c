#include "repo/index.h"

#include <stdlib.h>

#include "opam/version.h"

static void
add_place(struct arena *a, struct map *names, struct str name, const struct repo_place *place)
{
	struct repo_place *copy = arena_new(a, struct repo_place), *last;

	*copy = *place;
	last = map_get(names, name);
	if (!last) {
		map_set(names, name, copy);
		return;
	}
	while (last->next)
		last = last->next;
	last->next = copy;
}

/* packages/ of one repository. */
static int
list_repo(struct store *s, struct arena *a, const struct repo *repo, struct repo_index *out, struct err *e)
{
	struct store_entries entries = {0};
	struct store_entry packages;

	if (!oid_is(&repo->tree))
		return 0;
	if (store_tree_find(s, a, &repo->tree, "packages", &packages, e) < 0 ||
	    store_tree_list(s, a, &packages.id, &entries, e) < 0)
		return err_note(e, "while reading repository '" STR_FMT "'", STR_ARG(repo->name));
	for (size_t i = 0; i < entries.n; i++) {
		struct repo_place place = {.repo = repo, .tree = entries.v[i].id};
		struct str name = entries.v[i].name;

		if (entries.v[i].mode != MODE_DIR)
			continue;
		if (!opam_name_valid(name) && !opam_name_version_cut(name, &name, &place.version))
			continue;
		add_place(a, &out->names, name, &place);
	}
	return 0;
}

int
repo_index_open(struct store *s, struct arena *a, const struct repos *repos, struct repo_index *out,
		struct err *e)
{
	*out = (struct repo_index){.repos = repos, .names = map_new(a)};
	for (size_t i = 0; i < repos->n; i++)
		if (list_repo(s, a, &repos->v[i], out, e) < 0)
			return -1;
	return 0;
}

/* A folder name.version counts when it holds a file `opam`. */
static int
add_version(struct store *s, struct arena *a, const struct repo_package *p, struct repo_packages *out,
	    struct err *e)
{
	struct store_entries entries = {0};

	if (store_tree_list(s, a, &p->folder, &entries, e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		struct repo_package found = *p;

		if (entries.v[i].mode == MODE_DIR || !str_is(entries.v[i].name, "opam"))
			continue;
		found.definition = entries.v[i].id;
		vec_push(a, out, found);
		return 0;
	}
	return 0;
}

static int
add_place_versions(struct store *s, struct arena *a, const struct repo_place *place, struct str name,
		   struct repo_packages *out, struct err *e)
{
	struct repo_package p = {.repo = place->repo, .name = name};
	struct store_entries entries = {0};

	if (place->version.n) {
		p.version = place->version;
		p.folder = place->tree;
		p.path = str_printf(a, "packages/" STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(p.version));
		return add_version(s, a, &p, out, e);
	}
	if (store_tree_list(s, a, &place->tree, &entries, e) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		struct str cut;

		if (entries.v[i].mode != MODE_DIR ||
		    !opam_name_version_cut(entries.v[i].name, &cut, &p.version) || !str_eq(cut, name))
			continue;
		p.folder = entries.v[i].id;
		p.path = str_printf(a, "packages/" STR_FMT "/" STR_FMT, STR_ARG(name),
				    STR_ARG(entries.v[i].name));
		if (add_version(s, a, &p, out, e) < 0)
			return -1;
	}
	return 0;
}

/* Newest first; of equal ones the first repository's (they lie in one array) comes first. */
static int
by_version(const void *left, const void *right)
{
	const struct repo_package *l = left, *r = right;
	int order = opam_version_cmp(r->version, l->version);

	if (order)
		return order;
	if (l->repo != r->repo)
		return l->repo < r->repo ? -1 : 1;
	return str_cmp(r->version, l->version);
}

int
repo_index_versions(struct store *s, struct arena *a, const struct repo_index *index, struct str name,
		    struct repo_packages *out, struct err *e)
{
	const struct repo_place *place = map_get(&index->names, name);
	size_t kept = 0;

	*out = (struct repo_packages){0};
	for (; place; place = place->next)
		if (add_place_versions(s, a, place, name, out, e) < 0)
			return err_note(e, "while reading package " STR_FMT, STR_ARG(name));
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_version);
	for (size_t i = 0; i < out->n; i++) {
		const struct repo_package *last = kept ? &out->v[kept - 1] : NULL;

		/* Two texts of one repository may be equal in order: both stay. */
		if (last && opam_version_cmp(last->version, out->v[i].version) == 0 &&
		    (last->repo != out->v[i].repo || str_eq(last->version, out->v[i].version)))
			continue;
		out->v[kept++] = out->v[i];
	}
	out->n = kept;
	return 0;
}

int
repo_versions(struct store *s, struct arena *a, const struct repos *repos, struct str name,
	      struct repo_packages *out, struct err *e)
{
	struct repo_index index;

	if (repo_index_open(s, a, repos, &index, e) < 0)
		return -1;
	return repo_index_versions(s, a, &index, name, out, e);
}

static int
by_name(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

int
repo_names(struct store *s, struct arena *a, const struct repos *repos, struct opam_strings *out,
	   struct err *e)
{
	struct repo_index index;

	if (repo_index_open(s, a, repos, &index, e) < 0)
		return -1;
	*out = (struct opam_strings){arena_array(a, struct str, index.names.n), index.names.n};
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = index.names.entries[i].key;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

/* The folder's name wins over the fields, with a word about it. */
static void
name_it(struct arena *a, const char *field, struct str *is, struct str must, struct opam_definition *d)
{
	struct opam_finding finding = {.field = str_of(field)};

	if (is->n && !str_eq(*is, must)) {
		finding.at = (struct pos){.file = d->text.path};
		finding.text = str_printf(
			a, "the field says '" STR_FMT "', the folder '" STR_FMT "': the folder counts",
			STR_ARG(*is), STR_ARG(must));
		vec_push(a, &d->findings, finding);
	}
	*is = must;
}

int
repo_definition(struct store *s, struct arena *a, const struct repo_package *p, struct opam_definition *out,
		struct err *e)
{
	const char *path =
		arena_printf(a, STR_FMT ":" STR_FMT "/opam", STR_ARG(p->repo->name), STR_ARG(p->path));
	struct str text;

	if (store_blob_read(s, a, &p->definition, &text, e) < 0 || opam_definition(a, path, text, out, e) < 0)
		return err_note(e, "while reading package " STR_FMT "." STR_FMT, STR_ARG(p->name),
				STR_ARG(p->version));
	name_it(a, "name", &out->name, p->name, out);
	name_it(a, "version", &out->version, p->version, out);
	return 0;
}
