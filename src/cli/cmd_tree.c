#include <limits.h>
#include <string.h>

#include "apply/question.h"
#include "apply/recorded.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "cli/plan_out.h"
#include "cli/request.h"
#include "solver/forest.h"

struct tree {
	struct ctx *c;
	struct forest forest;
	size_t *tops;
	size_t top_count;
	long depth; /* levels below a top */
	bool up, dot;
	long *shown; /* by package: at which depth, counted from 1; 0: not yet */
	const struct marks *marks;
	struct buf indent;
};

static const struct marks {
	const char *branch, *last, *down, *none;
} utf8 = {"\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80 ", "\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 ", "\xe2\x94\x82   ",
	  "    "},
  ascii = {"|-- ", "`-- ", "|   ", "    "};

static bool
speaks_utf8(void)
{
	const char *locale = ctx_env("LC_ALL", ctx_env("LC_CTYPE", ctx_env("LANG", "")));

	return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
}

static struct str
label(const struct tree *t, size_t at)
{
	const struct version *v = t->forest.plan->packages[at].version;

	return str_printf(t->c->a, "%.*s.%.*s", STR_ARG(v->name), STR_ARG(v->version));
}

/* --- as text --- */

/* With all that is below, as far as it would be shown here. */
static bool
was_shown(const struct tree *t, size_t at, long depth)
{
	return t->shown[at] && (t->depth == LONG_MAX || t->shown[at] - 1 <= depth);
}

/* What was shown before is not shown again. */
static void
draw(struct tree *t, size_t at, unsigned roles, long depth)
{
	const struct forest_node *node = &t->forest.nodes[at];
	bool again = node->n && was_shown(t, at, depth), ends = node->n && depth == t->depth;

	out("%s%s%s%s%s\n", out_safe(t->c, label(t, at)), roles ? " (" : "",
	    roles ? plan_roles(t->c, roles) : "", roles ? ")" : "",
	    again  ? " (*)"
	    : ends ? " ..."
		   : "");
	if (again || ends)
		return;
	t->shown[at] = depth + 1;
	for (size_t i = 0; i < node->n; i++) {
		bool last = i + 1 == node->n;
		size_t before = t->indent.n;

		out("%s%s", t->indent.n ? t->indent.s : "", last ? t->marks->last : t->marks->branch);
		buf_adds(&t->indent, last ? t->marks->none : t->marks->down);
		draw(t, node->v[i].to, node->v[i].roles, depth + 1);
		buf_cut(&t->indent, before);
	}
}

/* --- as a list of packages --- */

/* Breadth first: a package may be deep below one top, and near another. */
static bool *
collect(const struct tree *t)
{
	size_t count = t->forest.plan->n, n = 0;
	bool *wanted = arena_array(t->c->a, bool, count + 1);
	size_t *queue = arena_array(t->c->a, size_t, count + 1);
	long *depth = arena_array(t->c->a, long, count + 1);

	for (size_t i = 0; i < t->top_count; i++)
		if (!wanted[t->tops[i]]) {
			wanted[t->tops[i]] = true;
			queue[n++] = t->tops[i];
		}
	for (size_t i = 0; i < n; i++) {
		const struct forest_node *node = &t->forest.nodes[queue[i]];

		for (size_t k = 0; k < node->n && depth[queue[i]] < t->depth; k++) {
			size_t to = node->v[k].to;

			if (wanted[to])
				continue;
			wanted[to] = true;
			depth[to] = depth[queue[i]] + 1;
			queue[n++] = to;
		}
	}
	return wanted;
}

static void
print_dot(const struct tree *t, const bool *wanted)
{
	out("digraph packages {\n");
	for (size_t i = 0; i < t->forest.plan->n; i++) {
		const struct forest_node *node = &t->forest.nodes[i];

		if (!wanted[i])
			continue;
		out("\t\"%s\"%s;\n", out_safe(t->c, label(t, i)),
		    t->forest.plan->packages[i].root ? " [shape=box]" : "");
		for (size_t k = 0; k < node->n; k++) {
			unsigned roles = node->v[k].roles;

			if (!wanted[node->v[k].to])
				continue;
			out("\t\"%s\" -> ", out_safe(t->c, label(t, i)));
			out("\"%s\"", out_safe(t->c, label(t, node->v[k].to)));
			if (roles)
				out(" [label=\"%s\"%s]", plan_roles(t->c, roles),
				    roles & EDGE_POST ? ", style=dashed" : "");
			out(";\n");
		}
	}
	out("}\n");
}

static void
print_node(const struct tree *t, struct json *j, size_t at)
{
	const struct plan *plan = t->forest.plan;
	const struct forest_node *node = &t->forest.nodes[at];

	json_object(j);
	json_key_str(j, "name", plan->packages[at].version->name);
	json_key_str(j, "version", plan->packages[at].version->version);
	json_key_bool(j, "root", plan->packages[at].root);
	json_key_array(j, t->up ? "needed_by" : "depends");
	for (size_t k = 0; k < node->n; k++) {
		json_object(j);
		json_key_str(j, "name", plan->packages[node->v[k].to].version->name);
		plan_json_roles(j, node->v[k].roles);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void
print_json(const struct tree *t, const bool *wanted)
{
	const struct plan *plan = t->forest.plan;
	const size_t *order = forest_by_name(t->c->a, plan);
	struct json *j = out_data(t->c);

	json_key_array(j, "tops");
	for (size_t i = 0; i < t->top_count; i++)
		json_add_str(j, plan->packages[t->tops[i]].version->name);
	json_end(j);
	json_key_array(j, "packages");
	for (size_t i = 0; i < plan->n; i++)
		if (wanted[order[i]])
			print_node(t, j, order[i]);
	json_end(j);
}

/* --- the command --- */

/* The plan to draw: what is installed; with something named that is not, what would be. */
static int
find_plan(struct ctx *c, const struct change *change, const struct plan **plan, struct err *e)
{
	struct session s = {.ap = &c->apply, .lock = {.fd = -1}};
	struct opam_scope platform = platform_scope(&c->apply.platform);
	struct asking ask = {.s = &s, .change = change, .platform = &platform};
	struct question q;
	struct err none;
	bool all = true;

	if (ctx_state(c, &s.name, &s.head, &s.state, &none) < 0 &&
	    (none.code != ERR_CONFIG || c->global.switch_name || !change->n))
		return *e = none, -1;
	for (size_t i = 0; i < change->n; i++) {
		const struct record *r = state_record(&s.state, change->atoms[i]->name);

		all &= r && opam_range_holds(change->atoms[i]->range, r->version);
	}
	if (all)
		return plan_recorded(c->a, &s.state, plan, e);
	if (question_make(c->a, &ask, &q, e) < 0)
		return -1;
	plan_findings(c, &q.u->findings);
	if (solver_solve(c->a, q.u, &q.r, plan, e) < 0) {
		request_hint(c, change, e);
		explanation_keep(c);
		return -1;
	}
	out_message(c, "note: not all of this is installed; so it would be\n");
	return 0;
}

static void
show(struct tree *t, const struct change *change)
{
	struct ctx *c = t->c;
	bool *wanted;

	t->tops = arena_array(c->a, size_t, change->n + 1);
	for (size_t i = 0; i < change->n; i++)
		t->tops[t->top_count++] = forest_find(&t->forest, change->atoms[i]->name);
	if (!change->n)
		t->tops = forest_tops(c->a, &t->forest, &t->top_count);
	t->shown = arena_array(c->a, long, t->forest.plan->n + 1);
	t->marks = speaks_utf8() ? &utf8 : &ascii;
	t->indent = buf_new(c->a);
	for (size_t i = 0; i < t->top_count && !t->dot; i++)
		draw(t, t->tops[i], 0, 0);
	wanted = collect(t);
	if (t->dot)
		print_dot(t, wanted);
	print_json(t, wanted);
}

int
cmd_tree(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct tree t = {.c = c, .depth = LONG_MAX};
	struct change change = {.kind = REQUEST_REINSTALL, .explanation = &c->explanation};
	const struct opt options[] = {
		{OPT_FLAG, 0, "rev-deps", NULL, "upwards: what needs it", &t.up},
		{OPT_FLAG, 0, "dot", NULL, "as a graph for dot(1)", &t.dot},
		{OPT_INT, 0, "depth", "N", "so many levels", &t.depth},
		REQUEST_WITH(&change),
		{.name = NULL},
	};
	const struct plan *plan;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (t.dot && c->global.json)
		return err_set(e, ERR_USAGE, "--dot and --json exclude each other");
	if (t.depth < 0)
		return err_set(e, ERR_USAGE, "--depth: %ld levels are none", t.depth);
	if (request_read(c, argv, n, &change, e) < 0)
		return -1;
	change.kind = REQUEST_INSTALL; /* a choice was no package */
	if (find_plan(c, &change, &plan, e) < 0)
		return -1;
	forest_make(c->a, plan, t.up, &t.forest);
	show(&t, &change);
	return 0;
}
