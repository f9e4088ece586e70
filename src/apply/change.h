/* change.h - a wanted change of a switch: planned, shown by the caller, then carried out. */
#ifndef APPLY_CHANGE_H
#define APPLY_CHANGE_H

#include "apply/session.h"
#include "solver/solver.h"

struct change {
	enum request_kind kind;
	const struct opam_formula **atoms; /* FORMULA_ATOM each */
	size_t n;
	const struct opam_formula **formulas; /* more that must hold, with a choice in each */
	size_t formula_count;
	bool with_test, with_doc, with_dev_setup, auto_remove;
	bool best_effort;                  /* as many of the atoms as go together */
	unsigned effort, deadline_ms;      /* of the solver; 0: as usual */
	struct opam_strings ignored;       /* version constraints of dependencies on these do not count */
	struct explanation *explanation;   /* filled when there is no solution; or NULL */
	const struct opam_strings *chosen; /* the switch's repositories from now on; or NULL */
	const struct state *locked; /* its roots, pins, invariant and repositories are taken over; or NULL */
	struct str invariant;       /* from now on, as a request; blank: none; empty: the state's */
	struct str besides;         /* must hold beside the invariant, this once; blank: nothing */
};

/* One package of the state after the change, in build order. */
struct step {
	const struct plan_package *planned;
	const struct record *old; /* installed before, under the same version or another; or NULL */
	const struct opam_definition *definition; /* after step_definition() */
	struct oid definition_id, folder;         /* folder: tree with files/, or none */
	const struct repo *repo;                  /* NULL: the pin's own definition, or of the ledger only */
	const struct state_pin *pin;              /* or NULL */
	struct str repo_name;                     /* of a recorded step, whose repository is not looked at */
	struct fetched source;
	bool has_source;             /* source is known: fetched, or taken over from old */
	struct record_extra *extras; /* extra sources and files of the definition */
	size_t extra_count;
	bool has_extras;
	struct str expected_id; /* of a lock: the input id that must come out; empty: any */
	bool touched;           /* definition, source or tests differ from old: ids must be computed */
	const char *why;        /* for people, when touched and planned to keep: "its source changed" */
	struct record record;   /* filled by change_apply */
};
struct steps {
	const struct plan *plan;
	struct step *v; /* as plan->packages */
	size_t n;
	struct opam_findings findings; /* definitions that could not be read */
	struct opam_strings behind;    /* an upgrade of names: those that stay behind, and why */
	bool changes;                  /* anything to do at all */
};

/* Solves, and finds which kept packages have to be looked at again (pins, `upgrade`). Sources of pins
 * that are asked for are fetched here; everything else comes from the store. */
int change_plan(struct session *s, struct arena *a, const struct change *c, struct steps *out, struct err *e);

/* Reads the definitions that nobody has read yet: planning needs few of them. */
int step_definition(struct session *s, struct arena *a, struct step *step, struct err *e);
int steps_definitions(struct session *s, struct arena *a, struct steps *steps, struct err *e);

/* The state that the steps lead to; their records are filled in. */
void change_state(const struct session *s, struct arena *a, const struct change *c, const struct steps *steps,
		  struct state *next);

struct change_options {
	bool keep_build;  /* keep the folder of a failed build */
	bool rebuild;     /* build also what is known */
	bool allow_drift; /* another toolchain or system package than the lock's: record other input ids */
};
struct change_result {
	struct oid commit;
	size_t built, reused;
};
/* Fetches, builds, commits. On any error the switch is as before; what was built stays in the store. */
int change_apply(struct session *s, struct arena *a, const struct change *c, struct steps *steps,
		 const struct ledger_note *note, const struct change_options *options,
		 struct change_result *out, struct err *e);

#endif
