#include "repo/index.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "opam/version.h"
#include "repo/indexbuild.h"
#include "repo/layout.h"

struct repo_indexes *
repo_indexes_new(struct arena *a, const char *dir)
{
	struct repo_indexes *indexes = arena_new(a, struct repo_indexes);

	*indexes = (struct repo_indexes){.a = a, .dir = dir};
	return indexes;
}

/* --- files --- */

static bool
is_tree_of(const struct repos *repos, struct str id)
{
	for (size_t i = 0; i < repos->n; i++)
		if (str_eq(oid_str(&repos->v[i].tree), id))
			return true;
	return false;
}

/* Calls each(ctx, path, stat) for the files in the folder that have the name of an index and are of no
 * repository's tree. */
typedef void visit_stale(void *ctx, const char *path, const struct stat *st);
static void
each_stale(const struct repos *repos, visit_stale *each, void *ctx)
{
	struct arena a = {0};
	struct fs_entries entries = {0};
	struct err ignored;
	struct oid id;

	if (fs_list(&a, AT_FDCWD, repos->indexes->dir, &entries, &ignored) < 0)
		entries.n = 0;
	for (size_t i = 0; i < entries.n; i++) {
		const char *path = path_join(&a, repos->indexes->dir, entries.v[i].name);
		struct stat st;

		if (oid_of(str_of(entries.v[i].name), &id) && entries.v[i].type == S_IFREG &&
		    !is_tree_of(repos, oid_str(&id)) && lstat(path, &st) == 0)
			each(ctx, path, &st);
	}
	arena_free(&a);
}

struct newest {
	struct arena *a;
	const char *path;
	struct timespec time;
};

static void
take_newer(void *ctx, const char *path, const struct stat *st)
{
	struct newest *n = ctx;

	if (n->path && (st->st_mtim.tv_sec < n->time.tv_sec ||
			(st->st_mtim.tv_sec == n->time.tv_sec && st->st_mtim.tv_nsec <= n->time.tv_nsec)))
		return;
	n->path = arena_strdup(n->a, path);
	n->time = st->st_mtim;
}

/* Made from the newest index that no repository has: mostly the tree before. */
static int
build(struct store *s, struct arena *a, const struct repos *repos, const struct oid *tree, struct str *out,
      struct err *e)
{
	struct arena tmp = {0};
	struct newest newest = {.a = &tmp};
	struct index_file base;
	bool known = false;
	int rc;

	if (repos->indexes) {
		each_stale(repos, take_newer, &newest);
		known = newest.path && index_file_map(&tmp, newest.path, NULL, &base);
	}
	rc = index_build(s, a, tree, known ? &base : NULL, out, e);
	arena_free(&tmp);
	return rc;
}

static const struct index_file *
known_file(const struct repos *repos, const struct oid *tree)
{
	for (size_t i = 0; repos->indexes && i < repos->indexes->open.n; i++)
		if (oid_eq(&repos->indexes->open.v[i]->tree, tree))
			return repos->indexes->open.v[i];
	return NULL;
}

/* The index of a tree: open already, on disk, or made now. */
static int
open_file(struct store *s, struct arena *a, const struct repos *repos, const struct oid *tree,
	  const struct index_file **out, struct err *e)
{
	struct repo_indexes *indexes = repos->indexes;
	struct index_file *file;
	const char *path;
	struct str bytes;
	struct err ignored;

	*out = known_file(repos, tree);
	if (*out)
		return 0;
	a = indexes ? indexes->a : a;
	*out = file = arena_new(a, struct index_file);
	path = indexes ? path_join(a, indexes->dir, tree->hex) : NULL;
	if (!path || !index_file_map(a, path, tree, file)) {
		if (build(s, a, repos, tree, &bytes, e) < 0)
			return -1;
		if (!index_file_of(bytes, tree, file))
			return err_set(e, ERR_BUG, "the index of tree %s is not one", tree->hex);
		if (path && fs_mkdirs(AT_FDCWD, indexes->dir, 0755, &ignored) == 0)
			fs_write(AT_FDCWD, path, bytes, 0644, false, &ignored);
	}
	if (indexes)
		vec_push(a, &indexes->open, file);
	return 0;
}

static void
remove_stale(void *ctx, const char *path, const struct stat *st)
{
	(void)ctx, (void)st;
	unlink(path);
}

int
repo_index_refresh(struct store *s, struct arena *a, const struct repos *repos, struct err *e)
{
	struct repo_index index;

	if (repo_index_open(s, a, repos, &index, e) < 0)
		return -1;
	if (repos->indexes)
		each_stale(repos, remove_stale, NULL);
	return 0;
}

int
repo_index_open(struct store *s, struct arena *a, const struct repos *repos, struct repo_index *out,
		struct err *e)
{
	*out = (struct repo_index){repos, arena_array(a, const struct index_file *, repos->n)};
	for (size_t i = 0; i < repos->n; i++) {
		const struct repo *repo = &repos->v[i];

		if (repo->unknown)
			return *e = *repo->unknown, -1;
		if (oid_is(&repo->tree) && open_file(s, a, repos, &repo->tree, &out->files[i], e) < 0)
			return err_note(e, "while reading repository '" STR_FMT "'", STR_ARG(repo->name));
	}
	return 0;
}

/* --- versions --- */

/* The tree itself is asked: the index could not list the name, or is not to be believed. */
static int
versions_of_tree(struct store *s, struct arena *a, const struct repo *repo, struct str name,
		 struct repo_packages *out, struct err *e)
{
	struct layout_versions found = {0};
	const struct layout_place *place;
	struct layout layout;
	size_t kept = 0;

	if (layout_read(s, a, &repo->tree, &layout, e) < 0)
		return -1;
	for (place = map_get(&layout.names, name); place; place = place->next)
		if (layout_folders(s, a, place, &found, e) < 0)
			return -1;
	for (size_t i = 0; i < found.n; i++) {
		bool is_version;

		if (layout_definition(s, &found.v[i], &is_version, e) < 0)
			return -1;
		if (is_version)
			found.v[kept++] = found.v[i];
	}
	found.n = kept;
	layout_sort(&found);
	for (size_t i = 0; i < found.n; i++) {
		const struct layout_version *v = &found.v[i];
		struct repo_package p = {.repo = repo, .name = name, .version = v->version};

		p.definition = v->definition;
		p.folder = v->folder;
		p.path = layout_path(a, name, v->version, v->flat);
		vec_push(a, out, p);
	}
	return 0;
}

/* False: not all of them could be had, and none was added. */
static bool
versions_of_file(struct arena *a, const struct repo *repo, const struct index_file *f,
		 const struct index_name *known, struct str name, struct repo_packages *out)
{
	size_t before = out->n;

	if (known->marks & INDEX_UNREAD || known->count > f->head->rows)
		return false;
	if (!out->room)
		*out = (struct repo_packages){arena_array(a, struct repo_package, known->count), 0,
					      known->count};
	for (uint32_t i = 0; i < known->count; i++) {
		struct repo_package p = {.repo = repo, .name = name, .index = f};

		if (!index_row_at(f, known, i, &p.row, &p.version)) {
			out->n = before;
			return false;
		}
		p.definition = oid_from_raw(p.row->definition);
		p.folder = oid_from_raw(p.row->folder);
		p.path = layout_path(a, name, p.version, p.row->marks & INDEX_FLAT);
		vec_push(a, out, p);
	}
	return true;
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

/* Of several repositories: each version once, from the first that has it. */
static void
merge(struct repo_packages *list)
{
	size_t kept = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_version);
	for (size_t i = 0; i < list->n; i++) {
		const struct repo_package *last = kept ? &list->v[kept - 1] : NULL;

		/* Two texts of one repository may be equal in order: both stay. */
		if (last && last->repo != list->v[i].repo &&
		    opam_version_cmp(last->version, list->v[i].version) == 0)
			continue;
		list->v[kept++] = list->v[i];
	}
	list->n = kept;
}

int
repo_index_versions(struct store *s, struct arena *a, const struct repo_index *index, struct str name,
		    struct repo_packages *out, struct err *e)
{
	const struct repos *repos = index->repos;
	size_t with = 0;

	*out = (struct repo_packages){0};
	for (size_t i = 0; i < repos->n; i++) {
		const struct index_file *f = index->files[i];
		const struct index_name *known = f ? index_find(f, name) : NULL;

		if (!known)
			continue;
		index_text(f, known->name, &name);
		if (!versions_of_file(a, &repos->v[i], f, known, name, out) &&
		    versions_of_tree(s, a, &repos->v[i], name, out, e) < 0)
			return err_note(e, "while reading package " STR_FMT, STR_ARG(name));
		with++;
	}
	if (with > 1)
		merge(out);
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

void
repo_index_names(struct arena *a, const struct repo_index *index, struct opam_strings *out)
{
	VEC(struct str) names = {0};
	size_t with = 0, kept = 0;

	for (size_t i = 0; i < index->repos->n; i++) {
		const struct index_file *f = index->files[i];
		struct str name;

		for (uint32_t k = 0; f && k < f->head->names; k++)
			if (index_name_text(f, k, &name))
				vec_push(a, &names, name);
		with += f && f->head->names;
	}
	if (with > 1)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.n; i++)
		if (!kept || !str_eq(names.v[kept - 1], names.v[i]))
			names.v[kept++] = names.v[i];
	*out = (struct opam_strings){names.v, kept};
}

int
repo_names(struct store *s, struct arena *a, const struct repos *repos, struct opam_strings *out,
	   struct err *e)
{
	struct repo_index index;

	if (repo_index_open(s, a, repos, &index, e) < 0)
		return -1;
	repo_index_names(a, &index, out);
	return 0;
}
