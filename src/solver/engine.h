/* engine.h - numbered items, sets of them, and libsolv's search for a choice that meets them all.
 *
 * Knows nothing of packages: one item of each name at most, an item's requirements must each have a
 * chosen member, its conflicts none, every demand one. libsolv is greedy, names the rules of a problem,
 * and cannot be stopped: see guard.h. (Its header and ours claim the same names, so this stands apart.)
 */
#ifndef SOLVER_ENGINE_H
#define SOLVER_ENGINE_H

#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"

struct opam_formula;

/* A sorted set of items. Equal sets are one clause. */
struct clause {
	const uint32_t *set;
	size_t n;
	uint32_t id;                       /* place in the list of all clauses */
	struct str conflict_class;         /* when it stands for a class */
	const struct opam_formula **atoms; /* as first met: for people */
	size_t atom_count;
};
struct clause_list {
	const struct clause **v;
	size_t n, room;
};

struct item {
	uint32_t name, newness; /* larger is preferred, within its name */
	bool eligible, installed;
	struct clause_list requires, conflicts;
};
struct engine_input {
	struct arena *a;
	struct item *items;
	uint32_t n, names;
	uint32_t *name_order; /* by name: smaller is tried first where several would do; NULL: as they come */
	struct clause_list clauses, demands;
};

/* What is chosen: by name, an item or NO_ITEM. */
enum { NO_ITEM = UINT32_MAX };
struct choice {
	uint32_t *of;
};

struct engine;
/* with_installed: what is installed tends to stay. */
struct engine *engine_new(const struct engine_input *in, bool with_installed);
void engine_free(struct engine *engine);

struct wish {
	enum { WISH_ONE_OF, WISH_NONE_OF, WISH_FAVOUR } kind;
	const uint32_t *set;
	size_t n;
};
struct attempt {
	struct {
		struct wish *v;
		size_t n, room;
	} wishes;             /* beside the demands */
	bool allow_uninstall; /* else each installed name keeps some item */
	bool update_all;
};
/* False: unsatisfiable. */
bool engine_solve(struct engine *engine, const struct attempt *attempt, struct choice *out);

/* What is named by the first problem of the bare demands: too much rather than too little. */
struct fact {
	uint32_t name;
	const struct clause *clause;
	bool conflict;
};
struct facts {
	struct fact *v;
	size_t n, room;
};
void engine_core(struct engine *engine, struct facts *out);

#endif
