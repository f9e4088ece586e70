#include "solver/graph.h"

#include <stdlib.h>

#include "base/buf.h"

struct optional_edge {
	size_t from, to;
	unsigned roles;
};

struct build {
	const struct problem *p;
	struct choice c;
	struct graph *g;
	struct graph_node *node; /* whose edges are being collected */
	unsigned role;           /* EDGE_OPT while its depopts are read */
	VEC(struct optional_edge) optional;
	VEC(size_t) path; /* of the walk, for a cycle */
	size_t done;
};

/* --- edges --- */

void
graph_atoms(const struct opam_formula *f, version_of_fn *version_of, void *version_ctx, atom_fn *found,
	    void *ctx)
{
	if (f->kind == FORMULA_TRUE || !opam_formula_holds(f, version_of, version_ctx))
		return;
	if (f->kind == FORMULA_ATOM)
		found(ctx, f);
	for (size_t i = 0; i < f->n; i++)
		graph_atoms(f->kids[i], version_of, version_ctx, found, ctx);
}

static struct str
chosen_version(void *ctx, struct str name)
{
	const struct build *b = ctx;
	const struct package *package = universe_package(b->p->u, name);
	uint32_t item = package ? b->c.of[package->index] : NO_ITEM;

	return item == NO_ITEM ? STR("") : b->p->candidates[item].version->version;
}

/* Two atoms about one package: it is as strict as the stricter of them. */
static void
add_edge(struct build *b, struct graph_node *node, size_t to, unsigned roles)
{
	struct plan_edge edge = {to, roles};

	for (size_t i = 0; i < node->edges.n; i++)
		if (node->edges.v[i].to == to) {
			node->edges.v[i].roles &= roles;
			return;
		}
	vec_push(b->g->a, &node->edges, edge);
}

static void
add_atom(void *ctx, const struct opam_formula *atom)
{
	struct build *b = ctx;
	const struct package *package = universe_package(b->p->u, atom->name);
	size_t to = b->g->node_of[package->index], from = (size_t)(b->node - b->g->nodes);
	unsigned roles = b->role;

	if (to == from)
		return;
	roles |= atom->build ? EDGE_BUILD : 0;
	roles |= atom->post ? EDGE_POST : 0;
	roles |= atom->test ? EDGE_TEST : 0;
	roles |= atom->doc ? EDGE_DOC : 0;
	roles |= atom->dev_setup ? EDGE_DEV_SETUP | EDGE_POST : 0; /* nothing is built with it */
	if (b->role & EDGE_OPT) {
		struct optional_edge edge = {from, to, roles};

		vec_push(b->g->a, &b->optional, edge);
		return;
	}
	add_edge(b, b->node, to, roles);
}

static int
by_target(const void *left, const void *right)
{
	const struct plan_edge *l = left, *r = right;

	return l->to < r->to ? -1 : l->to > r->to;
}

static void
collect(struct build *b)
{
	for (size_t i = 0; i < b->g->n; i++) {
		const struct version *v = b->p->candidates[b->g->nodes[i].item].version;

		b->node = &b->g->nodes[i];
		b->role = 0;
		graph_atoms(v->depends, chosen_version, b, add_atom, b);
		if (b->node->edges.n)
			qsort(b->node->edges.v, b->node->edges.n, sizeof(*b->node->edges.v), by_target);
		b->role = EDGE_OPT;
		graph_atoms(v->depopts, chosen_version, b, add_atom, b);
	}
}

/* --- order --- */

enum { FRESH, OPEN, DONE };

static int
cycle(struct build *b, size_t again, struct err *e)
{
	struct buf text = buf_new(b->g->a);
	size_t at = 0;

	while (b->path.v[at] != again)
		at++;
	for (; at < b->path.n; at++) {
		const struct graph_node *node = &b->g->nodes[b->path.v[at]];

		vec_push(b->g->a, &b->g->circle, node->item);
		buf_printf(&text, STR_FMT " -> ", STR_ARG(b->p->u->packages[node->package]->name));
	}
	buf_str_add(&text, b->p->u->packages[b->g->nodes[again].package]->name);
	err_set(e, ERR_UNSAT, "packages depend on each other in a circle: " STR_FMT, STR_ARG(buf_str(&text)));
	return err_hint(e, "one of these dependencies has to be marked {post}, or to go");
}

static int
walk(struct build *b, size_t at, struct err *e)
{
	struct graph_node *node = &b->g->nodes[at];

	node->mark = OPEN;
	vec_push(b->g->a, &b->path, at);
	for (size_t i = 0; i < node->edges.n; i++) {
		size_t to = node->edges.v[i].to;

		if (node->edges.v[i].roles & EDGE_POST)
			continue;
		if (b->g->nodes[to].mark == OPEN)
			return cycle(b, to, e);
		if (b->g->nodes[to].mark == FRESH && walk(b, to, e) < 0)
			return -1;
	}
	node->mark = DONE;
	b->path.n--;
	b->g->order[b->done++] = at;
	return 0;
}

static int
sort(struct build *b, struct err *e)
{
	b->done = b->path.n = 0;
	for (size_t i = 0; i < b->g->n; i++)
		b->g->nodes[i].mark = FRESH;
	for (size_t i = 0; i < b->g->n; i++)
		if (b->g->nodes[i].mark == FRESH && walk(b, i, e) < 0)
			return -1;
	return 0;
}

/* Whether `to` is needed, directly or not, by what `from` needs; marks are a stamp of this question. */
static bool
reaches(struct graph *g, size_t from, size_t to, int stamp)
{
	struct graph_node *node = &g->nodes[from];

	if (from == to)
		return true;
	if (node->mark == stamp)
		return false;
	node->mark = stamp;
	for (size_t i = 0; i < node->edges.n; i++)
		if (!(node->edges.v[i].roles & EDGE_POST) && reaches(g, node->edges.v[i].to, to, stamp))
			return true;
	return false;
}

int
graph_make(const struct problem *p, struct choice c, struct graph *out, struct err *e)
{
	struct build b = {.p = p, .c = c, .g = out};

	*out = (struct graph){.a = p->a};
	out->node_of = arena_array(p->a, size_t, p->u->n);
	out->nodes = arena_array(p->a, struct graph_node, p->u->n);
	out->order = arena_array(p->a, size_t, p->u->n);
	for (size_t i = 0; i < p->u->n; i++) {
		out->node_of[i] = c.of[i] == NO_ITEM ? SIZE_MAX : out->n;
		if (c.of[i] != NO_ITEM)
			out->nodes[out->n++] = (struct graph_node){.package = (uint32_t)i, .item = c.of[i]};
	}
	collect(&b);
	if (sort(&b, e) < 0)
		return -1;
	for (size_t i = 0; i < b.optional.n; i++) {
		size_t from = b.optional.v[i].from, to = b.optional.v[i].to;

		if ((b.optional.v[i].roles & EDGE_POST) || !reaches(out, to, from, DONE + 1 + (int)i))
			add_edge(&b, &out->nodes[from], to, b.optional.v[i].roles);
	}
	return sort(&b, e);
}
