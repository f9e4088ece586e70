/* world.h - a store with one small repository and a switch that exists only in memory.
 *
 *	struct world w;
 *	world_open(&w);
 *	world_package(&w, STR("a.1"), STR("depends: \"b\""));
 *	if (world_do(&w, REQUEST_INSTALL, names, n, 0, &plan, &e) == 0) world_apply(&w, plan);
 *	world_close(&w);
 */
#ifndef TESTS_SOLVER_WORLD_H
#define TESTS_SOLVER_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "opam/version.h"
#include "repo/target.h"
#include "solver/solver.h"

enum {
	WORLD_TEST = 1 << 0,
	WORLD_AUTO_REMOVE = 1 << 1,
	WORLD_DOC = 1 << 2,
	WORLD_DEV_SETUP = 1 << 3,
	WORLD_BEST_EFFORT = 1 << 4,
};

struct world {
	struct arena a;
	struct store *store;
	char dir[64];
	struct store_builder *tree;
	struct repo repo;
	struct repos repos;
	struct target target;
	struct opam_scope scope;
	const struct opam_formula *invariant;
	struct {
		struct universe_installed *v;
		size_t n, room;
	} installed;
	struct {
		struct universe_pin *v;
		size_t n, room;
	} pins;
	struct opam_strings ignored;     /* constraints on these do not count */
	struct explanation *explanation; /* or NULL */
	struct universe *universe;       /* of the last request */
};

__attribute__((unused)) static void
world_open(struct world *w)
{
	struct err e = {0};

	*w = (struct world){0};
	snprintf(w->dir, sizeof(w->dir), "/tmp/pkg-world-XXXXXX");
	if (!mkdtemp(w->dir) ||
	    !(w->store = store_open(arena_printf(&w->a, "%s/store.git", w->dir), true, &e))) {
		fprintf(stderr, "world: %s\n", e.msg);
		exit(1);
	}
	w->tree = store_builder_new(w->store, &w->a, NULL);
	w->repo.name = STR("test");
	w->repos = (struct repos){.v = &w->repo, .n = 1};
	target_new(&w->target);
	w->scope = target_scope(&w->target);
}

__attribute__((unused)) static void
world_close(struct world *w)
{
	struct err e = {0};

	store_close(w->store);
	fs_remove(AT_FDCWD, w->dir, &e);
	arena_free(&w->a);
}

__attribute__((unused)) static int
world_package(struct world *w, struct str name_version, struct str body)
{
	struct err e = {0};
	struct str name, version;
	const char *path;

	if (!opam_name_version_cut(name_version, &name, &version))
		return -1;
	path = arena_printf(&w->a, "packages/" STR_FMT "/" STR_FMT "/opam", STR_ARG(name),
			    STR_ARG(name_version));
	return store_builder_put_text(
		w->tree, path, str_printf(&w->a, "opam-version: \"2.0\"\n" STR_FMT "\n", STR_ARG(body)), &e);
}

static int
world_load(struct world *w, const struct opam_strings *names, unsigned flags, struct err *e)
{
	struct universe_request r = {.names = names,
				     .installed = w->installed.v,
				     .installed_count = w->installed.n,
				     .pins = w->pins.v,
				     .pin_count = w->pins.n,
				     .invariant = w->invariant};

	if (flags & WORLD_TEST)
		r.test_names = names;
	if (flags & WORLD_DOC)
		r.doc_names = names;
	if (flags & WORLD_DEV_SETUP)
		r.dev_setup_names = names;
	if (w->tree && store_builder_write(w->tree, &w->repo.tree, e) < 0)
		return -1;
	w->tree = NULL;
	return universe_load(w->store, &w->a, &w->repos, &w->scope, &r, &w->universe, e);
}

static void
world_names(struct world *w, const struct opam_formula *f, struct opam_strings *names)
{
	if (f->kind == FORMULA_ATOM && names->n < 64)
		names->v[names->n++] = f->name;
	for (size_t i = 0; i < f->n; i++)
		world_names(w, f->kids[i], names);
}

/* The request of some arguments ("a", "a.1", "a>=2", "a | b"), with its universe loaded. */
__attribute__((unused)) static int
world_request(struct world *w, enum request_kind kind, const struct str *args, size_t n, unsigned flags,
	      struct request *out, struct err *e)
{
	struct opam_strings names = {arena_array(&w->a, struct str, 64), 0};
	const struct opam_formula **atoms = arena_array(&w->a, const struct opam_formula *, n);
	const struct opam_formula **formulas = arena_array(&w->a, const struct opam_formula *, n);

	*out = (struct request){.kind = kind,
				.atoms = atoms,
				.formulas = formulas,
				.installed = w->installed.v,
				.installed_count = w->installed.n,
				.invariant = w->invariant,
				.with_test = flags & WORLD_TEST,
				.with_doc = flags & WORLD_DOC,
				.auto_remove = flags & WORLD_AUTO_REMOVE,
				.best_effort = flags & WORLD_BEST_EFFORT,
				.explanation = w->explanation};
	for (size_t i = 0; i < n; i++) {
		const struct opam_formula *f;

		if (opam_request(&w->a, args[i], &f, e) < 0)
			return -1;
		if (f->kind == FORMULA_ATOM)
			atoms[out->n++] = f;
		else
			formulas[out->formula_count++] = f;
		world_names(w, f, &names);
	}
	if (world_load(w, &names, flags, e) < 0)
		return -1;
	solver_ignore_constraints(&w->a, w->universe, &w->ignored);
	return 0;
}

__attribute__((unused)) static int
world_do(struct world *w, enum request_kind kind, const struct str *args, size_t n, unsigned flags,
	 const struct plan **plan, struct err *e)
{
	struct request r;

	if (world_request(w, kind, args, n, flags, &r, e) < 0)
		return -1;
	return solver_solve(&w->a, w->universe, &r, plan, e);
}

/* Puts name.version into the switch as it stands in the repository. */
__attribute__((unused)) static int
world_install(struct world *w, struct str name_version, bool root, struct err *e)
{
	struct universe_installed in = {.root = root};
	struct opam_strings names = {&in.name, 1};
	const struct version *v;

	if (!opam_name_version_cut(name_version, &in.name, &in.version))
		return err_set(e, ERR_USAGE, "'" STR_FMT "' is no package", STR_ARG(name_version));
	if (world_load(w, &names, 0, e) < 0)
		return -1;
	v = universe_version(w->universe, in.name, in.version);
	if (!v)
		return err_set(e, ERR_NOTFOUND, "'" STR_FMT "' is in no repository", STR_ARG(name_version));
	in.definition = v->definition;
	in.definition_id = v->definition_id;
	vec_push(&w->a, &w->installed, in);
	return 0;
}

/* The switch after the plan. */
__attribute__((unused)) static void
world_apply(struct world *w, const struct plan *plan)
{
	w->installed.v = NULL;
	w->installed.n = w->installed.room = 0;
	for (size_t i = 0; i < plan->n; i++) {
		const struct version *v = plan->packages[i].version;
		struct universe_installed in = {v->name, v->version, v->definition, v->definition_id,
						plan->packages[i].root};

		vec_push(&w->a, &w->installed, in);
	}
}

static int
world_by_text(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

/* "a.1 b.2", sorted. */
__attribute__((unused)) static const char *
world_installed(struct world *w)
{
	struct str *names = arena_array(&w->a, struct str, w->installed.n);
	struct buf b = buf_new(&w->a);

	for (size_t i = 0; i < w->installed.n; i++)
		names[i] = str_printf(&w->a, STR_FMT "." STR_FMT, STR_ARG(w->installed.v[i].name),
				      STR_ARG(w->installed.v[i].version));
	if (w->installed.n)
		qsort(names, w->installed.n, sizeof(*names), world_by_text);
	for (size_t i = 0; i < w->installed.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(names[i]));
	return b.s;
}

#endif
