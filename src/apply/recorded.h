/* recorded.h - steps that follow from records, not from a solver: of a lock, of what is installed. */
#ifndef APPLY_RECORDED_H
#define APPLY_RECORDED_H

#include "apply/change.h"

/* What is installed as a plan that keeps everything: names, versions, edges and roots, no definitions. */
int plan_recorded(struct arena *a, const struct state *state, const struct plan **out, struct err *e);
/* The records of a state as steps in build order: dependencies first. Their definitions, sources and
 * extra files are taken as recorded, and must be in the store. Nothing is touched. */
int steps_recorded(struct session *s, struct arena *a, const struct state *state, struct steps *out,
		   struct err *e);
/* The same kind of plan from this state to that: touched is what is not installed with this input id. */
int steps_towards(struct session *s, struct arena *a, const struct state *wanted, struct steps *out,
		  struct err *e);

#endif
