/* solver.h - universe + request -> plan, or an explanation. A pure function: same input, same plan,
 * unless the deadline strikes. */
#ifndef SOLVER_SOLVER_H
#define SOLVER_SOLVER_H

#include <limits.h>

#include "repo/universe.h"

enum request_kind { REQUEST_INSTALL, REQUEST_REMOVE, REQUEST_UPGRADE, REQUEST_REINSTALL };

struct request {
	enum request_kind kind;
	const struct opam_formula **atoms; /* what the user named: FORMULA_ATOM each */
	size_t n;                          /* 0 with REQUEST_UPGRADE: everything */
	const struct opam_formula *
		*formulas; /* REQUEST_INSTALL: more that must hold, with a choice in each */
	size_t formula_count;
	const struct universe_installed *installed;
	size_t installed_count;
	const struct opam_formula *invariant; /* NULL: none */
	bool with_test, with_doc;             /* for the named packages */
	bool auto_remove;                     /* remove: drop dependencies nobody needs any more */
	bool best_effort;                /* as many atoms and formulas as go together, rather the first */
	unsigned effort;                 /* how many times the usual budget the proof may take; 0: once */
	unsigned deadline_ms;            /* 0: SOLVER_DEADLINE_MS; SOLVER_NO_DEADLINE: none */
	struct explanation *explanation; /* filled when there is no solution; or NULL */
};
enum { SOLVER_DEADLINE_MS = 10000 };
#define SOLVER_NO_DEADLINE UINT_MAX

enum edge_role {
	EDGE_BUILD = 1 << 0, /* holds only with `build` */
	EDGE_POST = 1 << 1,  /* no order, not in the view */
	EDGE_TEST = 1 << 2,
	EDGE_DOC = 1 << 3,
	EDGE_OPT = 1 << 4, /* a depopt that is installed */
	EDGE_DEV_SETUP = 1 << 5,
	/* For the package itself alone, when that was asked for: not handed on to what stands above. */
	EDGE_OWN = EDGE_TEST | EDGE_DOC | EDGE_DEV_SETUP,
};
struct plan_edge {
	size_t to;      /* index into plan.packages */
	unsigned roles; /* 0: an ordinary dependency */
};

enum plan_action { PLAN_KEEP, PLAN_INSTALL, PLAN_UPGRADE, PLAN_DOWNGRADE, PLAN_REINSTALL };

/* A package of the state after the plan, in build order: dependencies first. */
struct plan_package {
	const struct version *version;
	enum plan_action action;
	struct str was; /* version before, when there was another */
	bool root;      /* asked for by the user, now or before */
	bool new_root;  /* it was installed, but not asked for until now */
	bool with_test; /* run-test applies */
	bool with_doc;  /* documentation applies */
	const struct plan_edge *edges;
	size_t edge_count;
	const char *cause; /* for people: "required by tls-proxy" */
	bool follows;      /* PLAN_REINSTALL, because something beneath it changes: it may be built again */
};
struct plan_removal {
	struct str name, version;
	const char *cause;
	bool unneeded; /* nothing needs it any more, and that was asked for */
};
/* With best_effort: what is not installed, and why. */
struct plan_left_out {
	const struct opam_formula *atom;
	const char *why;
};
/* How good it is: installed packages removed, flagged ones newly chosen, lag of what was asked for,
 * installed ones changed (of a whole upgrade: lag of all), lag and alternatives of the new, packages. */
enum { PLAN_LEVELS = 6 };
struct plan {
	bool ranked; /* solved: the next four are set */
	long vector[PLAN_LEVELS];
	bool proven;       /* no valid set has a smaller vector */
	int proven_levels; /* else: of the first so many */
	long bound;        /* and no valid set has less than this on the next */
	struct plan_package *packages;
	size_t n;
	struct plan_removal *removals;
	size_t removal_count;
	struct plan_left_out *left_out;
	size_t left_out_count;
	bool changes; /* anything but PLAN_KEEP, or a removal, or a new root */
};

/* Why there is no plan, from the request down: what cannot all hold, each part needed. */
struct reason {
	enum { REASON_INVARIANT, REASON_REQUIRES, REASON_CONFLICTS } kind;
	struct str subject; /* "ocaml >= 5.0": the versions that say so; of the invariant: empty */
	struct str object;  /* what they require, or conflict with */
	struct str detail;  /* what more there is to say of it; or empty */
	struct str text;    /* the whole line */
};
/* A smaller change of the request that was solved and found possible. */
struct suggestion {
	enum { SUGGEST_ANY_VERSION, SUGGEST_WITHOUT, SUGGEST_INVARIANT } kind;
	const struct opam_formula *atom; /* whose range goes, or which goes; NULL for the invariant */
	struct str text;
};
struct explanation {
	struct str summary; /* "a, b cannot be installed together" */
	struct {
		const struct opam_formula **v;
		size_t n, room;
	} wanted;       /* the atoms and formulas of the request that take part */
	bool invariant; /* so does the invariant of the switch */
	struct {
		struct reason *v;
		size_t n, room;
	} reasons;
	struct {
		struct suggestion *v;
		size_t n, room;
	} suggestions;
};

/* The best plan there is, unless the budget ends: see struct plan.
 * -1: ERR_SOLVER when the deadline came first; ERR_UNSAT with the explanation in e->msg/note/hint (names the
 * packages and the chain from the request); ERR_NOTFOUND for an unknown or unavailable name (did you mean);
 * ERR_UNSAT for a cycle. */
int solver_plan(struct arena *a, const struct universe *u, const struct request *r, const struct plan **out,
		struct err *e);
/* When a request that begins now has to end, by CLOCK_MONOTONIC in ns; 0: never. */
uint64_t solver_deadline(const struct request *r);
/* The name to call it by; the linker must not see it, because libsolv exports the same. */
static inline int
solver_solve(struct arena *a, const struct universe *u, const struct request *r, const struct plan **out,
	     struct err *e)
{
	return solver_plan(a, u, r, out, e);
}
/* Drops the version constraints of all dependencies on these names; conflicts keep theirs. */
void solver_ignore_constraints(struct arena *a, struct universe *u, const struct opam_strings *names);
/* A checker that shares nothing with the encoder; every plan has passed it. */
int solver_check(struct arena *a, const struct universe *u, const struct request *r, const struct plan *p,
		 struct err *e);
/* Names of the universe or repository close to a name, best first. */
int solver_similar(struct arena *a, const struct opam_strings *names, struct str name,
		   struct opam_strings *out);

#endif
