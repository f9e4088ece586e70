#include "cli/plan_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "cli/out.h"
#include "solver/roles.h"

const char *
plan_word(const struct plan_package *p)
{
	static const char *const words[] = {[PLAN_KEEP] = "keep",
					    [PLAN_INSTALL] = "install",
					    [PLAN_UPGRADE] = "upgrade",
					    [PLAN_DOWNGRADE] = "downgrade",
					    [PLAN_REINSTALL] = "reinstall"};

	return p->follows ? "may rebuild" : words[p->action];
}

/* --- for people --- */

struct str
plan_root_row(struct ctx *c, const struct plan_package *p)
{
	return str_printf(c->a, "  keep\t%.*s\t%.*s\tbecomes a root", STR_ARG(p->version->name),
			  STR_ARG(p->version->version));
}

void
plan_rows(struct ctx *c, const struct plan *plan, struct opam_strings *rows)
{
	*rows = (struct opam_strings){arena_array(c->a, struct str, plan->n + plan->removal_count + 1), 0};
	for (size_t i = 0; i < plan->removal_count; i++) {
		const struct plan_removal *r = &plan->removals[i];

		rows->v[rows->n++] = str_printf(c->a, "  remove\t%.*s\t%.*s\t%s", STR_ARG(r->name),
						STR_ARG(r->version), r->cause ? r->cause : "");
	}
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_package *p = &plan->packages[i];

		if (p->action == PLAN_KEEP && p->new_root)
			rows->v[rows->n++] = plan_root_row(c, p);
		if (p->action == PLAN_KEEP)
			continue;
		rows->v[rows->n++] =
			str_printf(c->a, "  %s\t%.*s\t%.*s%s%.*s\t%s", plan_word(p),
				   STR_ARG(p->version->name), STR_ARG(p->was), p->was.n ? " -> " : "",
				   STR_ARG(p->version->version), p->cause ? p->cause : "");
	}
}

void
plan_findings(struct ctx *c, const struct opam_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct opam_finding *f = &findings->v[i];

		report_text(&c->report, REPORT_WARN, (struct str){0}, "%s%.*s (this version is left out)",
			    out_place(c, &f->at), STR_ARG(f->text));
	}
}

void
plan_warn(struct ctx *c, const struct plan *plan)
{
	for (size_t i = 0; i < plan->left_out_count; i++)
		report_text(&c->report, REPORT_WARN, (struct str){0}, "%.*s is left out: %s",
			    STR_ARG(opam_formula_text(c->a, plan->left_out[i].atom)), plan->left_out[i].why);
}

void
plan_quality(struct ctx *c, const struct plan *plan)
{
	static const char *const levels[PLAN_LEVELS] = {
		"removed",
		"avoided or deprecated, newly chosen",
		"behind, of what was asked for",
		"changed, or (all upgraded) behind",
		"behind or not the first alternative, of what is new",
		"packages",
	};

	(void)c;
	if (!plan->ranked)
		return;
	out("ranking:");
	for (int i = 0; i < PLAN_LEVELS; i++)
		out(" %ld", plan->vector[i]);
	if (plan->proven)
		out(" (proven: there is no better set)\n");
	else
		out(" (proven: the first %d; the next cannot be below %ld)\n", plan->proven_levels,
		    plan->bound);
	for (int i = 0; i < PLAN_LEVELS; i++)
		out("  %4ld %s\n", plan->vector[i], levels[i]);
}

static int
by_text(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

struct opam_strings
plan_set(struct ctx *c, const struct plan *plan)
{
	struct opam_strings set = {arena_array(c->a, struct str, plan->n + 1), plan->n};

	for (size_t i = 0; i < plan->n; i++)
		set.v[i] = str_printf(c->a, "%.*s.%.*s", STR_ARG(plan->packages[i].version->name),
				      STR_ARG(plan->packages[i].version->version));
	qsort(set.v, set.n, sizeof(*set.v), by_text);
	return set;
}

/* --- for machines --- */

void
plan_json_quality(struct ctx *c, struct json *j, const struct plan *plan)
{
	if (plan->ranked) {
		json_key_array(j, "vector");
		for (int i = 0; i < PLAN_LEVELS; i++)
			json_add_int(j, plan->vector[i]);
		json_end(j);
		json_key_bool(j, "proven", plan->proven);
		if (!plan->proven) {
			json_key_int(j, "proven_levels", plan->proven_levels);
			json_key_int(j, "bound", plan->bound);
		}
	}
	if (!plan->left_out_count)
		return;
	json_key_array(j, "left_out");
	for (size_t i = 0; i < plan->left_out_count; i++) {
		json_object(j);
		json_key_str(j, "request", opam_formula_text(c->a, plan->left_out[i].atom));
		json_key_c(j, "why", plan->left_out[i].why);
		json_end(j);
	}
	json_end(j);
}

void
plan_json_roles(struct json *j, unsigned roles)
{
	json_key_array(j, "roles");
	for (size_t k = 0; k < role_word_count; k++)
		if (roles & role_words[k].role)
			json_add_str(j, str_of(role_words[k].word));
	json_end(j);
}

const char *
plan_roles(struct ctx *c, unsigned roles)
{
	return str_c(c->a, roles_text(c->a, roles));
}

static int
by_target(const void *left, const void *right, void *plan)
{
	const struct plan_package *packages = ((const struct plan *)plan)->packages;

	return str_cmp(packages[((const struct plan_edge *)left)->to].version->name,
		       packages[((const struct plan_edge *)right)->to].version->name);
}

static void
json_edges(struct ctx *c, struct json *j, const struct plan *plan, const struct plan_package *p)
{
	struct plan_edge *edges = arena_array(c->a, struct plan_edge, p->edge_count + 1);

	for (size_t i = 0; i < p->edge_count; i++)
		edges[i] = p->edges[i];
	qsort_r(edges, p->edge_count, sizeof(*edges), by_target, (void *)plan);
	json_key_array(j, "depends");
	for (size_t i = 0; i < p->edge_count; i++) {
		const struct version *to = plan->packages[edges[i].to].version;

		json_object(j);
		json_key_str(j, "name", to->name);
		json_key_str(j, "version", to->version);
		plan_json_roles(j, edges[i].roles);
		json_end(j);
	}
	json_end(j);
}

void
plan_json_roots(struct ctx *c, struct json *j, const struct plan *plan)
{
	json_key_array(j, "roots");
	for (size_t i = 0; i < plan->n; i++)
		if (plan->packages[i].new_root)
			json_add_str(j,
				     str_printf(c->a, "%.*s.%.*s", STR_ARG(plan->packages[i].version->name),
						STR_ARG(plan->packages[i].version->version)));
	json_end(j);
}

void
plan_json_steps(struct ctx *c, struct json *j, const struct plan *plan)
{
	json_key_array(j, "remove");
	for (size_t i = 0; i < plan->removal_count; i++) {
		json_object(j);
		json_key_str(j, "name", plan->removals[i].name);
		json_key_str(j, "version", plan->removals[i].version);
		json_key_c(j, "cause", plan->removals[i].cause);
		json_end(j);
	}
	json_end(j);
	plan_json_roots(c, j, plan);
	json_key_array(j, "steps");
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_package *p = &plan->packages[i];

		if (p->action == PLAN_KEEP)
			continue;
		json_object(j);
		json_key_c(j, "action", plan_word(p));
		json_key_str(j, "name", p->version->name);
		json_key_str(j, "version", p->version->version);
		json_key_str(j, "was", p->was);
		json_key_c(j, "cause", p->cause);
		json_key_bool(j, "root", p->root);
		json_edges(c, j, plan, p);
		json_end(j);
	}
	json_end(j);
}

/* --- why there is none --- */

static const char *const kinds[] = {
	[REASON_INVARIANT] = "invariant", [REASON_REQUIRES] = "requires", [REASON_CONFLICTS] = "conflicts"};

void
explanation_json(struct json *j, const struct explanation *x)
{
	json_key_object(j, "explanation");
	json_key_str(j, "summary", x->summary);
	json_key_array(j, "reasons");
	for (size_t i = 0; i < x->reasons.n; i++) {
		const struct reason *r = &x->reasons.v[i];

		json_object(j);
		json_key_c(j, "kind", kinds[r->kind]);
		json_key_str(j, "subject", r->subject);
		json_key_str(j, "object", r->object);
		json_key_str(j, "text", r->text);
		json_end(j);
	}
	json_end(j);
	json_key_array(j, "suggestions");
	for (size_t i = 0; i < x->suggestions.n; i++)
		json_add_str(j, x->suggestions.v[i].text);
	json_end(j);
	json_end(j);
}

void
explanation_keep(struct ctx *c)
{
	if (c->explanation.summary.n)
		explanation_json(out_data(c), &c->explanation);
}

void
explanation_print(struct ctx *c, const struct explanation *x)
{
	for (size_t i = 0; i < x->reasons.n; i++)
		fprintf(stderr, "  %s\n", out_safe(c, x->reasons.v[i].text));
}
