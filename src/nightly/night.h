/* night.h - one night: what is to be built, what became of it, and the graph between.
 *
 *	night_plan(...)		every package's newest available version, solved alone in an empty switch
 *	night_build(...)	the union of all plans, each key once, by worker processes
 *	night_commit(...)	the result, as a commit of refs/pkg/nightly/<name>
 */
#ifndef NIGHTLY_NIGHT_H
#define NIGHTLY_NIGHT_H

#include "apply/change.h"
#include "base/map.h"
#include "nightly/base.h"
#include "repo/index.h"

#define NIGHT_STATES(X)                                                                                      \
	X(OK, "ok", "built and installed")                                                                   \
	X(CACHED, "cached", "built before from the same inputs")                                             \
	X(FAILED, "failed", "a step of its build failed")                                                    \
	X(BLOCKED, "blocked", "something that it needs is not there")                                        \
	X(UNINSTALLABLE, "uninstallable", "no plan, or the base lacks a system package")                     \
	X(TIMEOUT, "timeout", "a step took too long or was silent too long")                                 \
	X(FETCH, "fetch", "a source could not be fetched or verified")                                       \
	X(INFRA, "infra", "the machine failed, twice")

enum night_state {
#define NIGHT_ENUM(id, text, meaning) NIGHT_##id,
	NIGHT_STATES(NIGHT_ENUM)
#undef NIGHT_ENUM
		NIGHT_STATE_COUNT
};
const char *night_state_text(enum night_state s);
const char *night_state_meaning(enum night_state s);
bool night_state_of(struct str text, enum night_state *out);
static inline bool
night_state_good(enum night_state s)
{
	return s == NIGHT_OK || s == NIGHT_CACHED;
}

/* What became of one package; texts are from outside. */
struct night_fate {
	enum night_state state;
	struct str reason;        /* one line */
	struct str detail;        /* more of it: an explanation, the first error lines; may be empty */
	struct str step, command; /* of a failure: "build", `make` */
	int status;
	struct opam_strings culprits; /* of a blocked one: "name.version" of what failed */
	bool known;                   /* a failure of an earlier night with the same key */
};

/* One package to build: version and input id say what it is, so many plans may share it. */
struct night_node {
	size_t at; /* its place; what it needs stands before it */
	struct str name, version;
	const struct opam_definition *definition;
	struct oid definition_id, folder;
	const struct repo *repo;
	struct step step; /* its source and extra files */
	struct opam_strings depexts;
	bool dev;
	struct build_dep *view;    /* as in build_job; outputs are filled in when they are known */
	struct night_node **needs; /* of each of the view */
	size_t need_count;
	struct night_node **users; /* who has it in the view */
	size_t user_count, user_room;
	struct str input_id, key; /* input id empty: it cannot be built */
	struct oid output_id;
	struct output output;
	bool done, has_output;
	struct night_fate fate;
	size_t waits;    /* for so many of its needs */
	unsigned height; /* of the tallest tower that stands on it */
	unsigned tries;
};

/* One name of the repository. */
struct night_package {
	struct str name, version;
	const struct night_node *node; /* NULL: uninstallable, and fate says why */
	struct night_fate fate;
	struct str *deps; /* "name.version" of its direct dependencies, sorted */
	size_t dep_count;
};

struct night {
	struct apply *ap;
	struct arena *a;
	struct base base;
	struct str name; /* of the night */
	unsigned jobs;
	struct night_package *packages; /* sorted by name */
	size_t package_count;
	struct {
		struct night_node **v;
		size_t n, room;
	} nodes;
	struct repo_index index;
	struct map by_signature;
	struct map definitions; /* blob -> parsed */
	struct map failures;    /* key -> struct night_fate *, of earlier nights */
	bool retry;             /* what failed before is built again */
	struct str selection;   /* "all", "names", "since REV" */
	size_t built, reused;   /* builds that ran, and outputs that were there */
};

/* Opens the builder over the base; ap->platform becomes the base's. */
int night_open(struct night *n, struct err *e);
/* names NULL: all. changed NULL: all; else only those that need one of the changed names. */
int night_plan(struct night *n, const struct opam_strings *names, const struct opam_strings *changed,
	       struct err *e);
/* The job of a node whose needs have outputs; nothing is copied. */
int night_job(struct store *store, struct night *n, struct night_node *node, struct build_job *out,
	      struct err *e);
int night_build(struct night *n, struct err *e);
/* Fills the packages' fates from those of their nodes. */
void night_settle(struct night *n);

#endif
