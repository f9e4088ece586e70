/* plan_out.h - a plan, or why there is none, for people and for machines. */
#ifndef CLI_PLAN_OUT_H
#define CLI_PLAN_OUT_H

#include "base/json.h"
#include "cli/cmd.h"
#include "solver/solver.h"

/* "install", "may rebuild"; a kept package is none of them. */
const char *plan_word(const struct plan_package *p);
/* One row of out_table() for each step, removals first; what is kept is left out, unless it becomes a root.
 */
void plan_rows(struct ctx *c, const struct plan *plan, struct opam_strings *rows);
struct str plan_root_row(struct ctx *c, const struct plan_package *p);
/* Definitions that could not be read, as warnings; and what was left out. */
void plan_findings(struct ctx *c, const struct opam_findings *findings);
void plan_warn(struct ctx *c, const struct plan *plan);
/* The ranking, and whether it is proven; nothing for a plan that no solver made. */
void plan_quality(struct ctx *c, const struct plan *plan);
/* "name.version" of the whole set, sorted by bytes. */
struct opam_strings plan_set(struct ctx *c, const struct plan *plan);

/* Members vector, proven (else proven_levels and bound), left_out. */
void plan_json_quality(struct ctx *c, struct json *j, const struct plan *plan);
/* Member roles; and the same as words. */
void plan_json_roles(struct json *j, unsigned roles);
const char *plan_roles(struct ctx *c, unsigned roles);
/* Member roots: what was installed, and is asked for from now on. */
void plan_json_roots(struct ctx *c, struct json *j, const struct plan *plan);
/* Members remove, roots and steps: all that changes, with dependencies and their roles. */
void plan_json_steps(struct ctx *c, struct json *j, const struct plan *plan);
/* Member explanation: summary, reasons, suggestions. */
void explanation_json(struct json *j, const struct explanation *x);
/* Adds it to the data of an answer that fails, when there is one. */
void explanation_keep(struct ctx *c);
/* Its lines, all of them, on stderr. */
void explanation_print(struct ctx *c, const struct explanation *x);

#endif
