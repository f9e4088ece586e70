/* plan.c - every package alone: its newest available version solved in an empty switch, and the union
 * of the plans as one graph. A node is known by what goes into it, so plans share what is the same. */
#include "nightly/night.h"

#include <stdlib.h>
#include <string.h>

#include "apply/job.h"
#include "base/buf.h"
#include "base/vec.h"

/* One package's plan while it is being looked at. */
struct one {
	struct night *n;
	struct arena *tmp;
	struct session session;
	struct steps steps;
	struct night_node **nodes; /* of the steps */
};

/* --- which version --- */

static bool
is_available(struct night *n, struct arena *a, const struct opam_definition *d)
{
	struct opam_scope platform = platform_scope(&n->ap->platform);
	struct opam_var v = {0};
	struct err ignored;

	return opam_filter(a, &d->text, d->available, &platform, &v, &ignored) == 0 && opam_truth(v, false);
}

/* The newest that this platform has; one to be avoided only when there is no other. Empty: none, and
 * the solver says why. */
static struct str
newest_version(struct night *n, struct arena *a, struct str name)
{
	struct repo_packages found = {0};
	struct str avoided = {0};
	struct err ignored;

	if (repo_index_versions(n->ap->root->store, a, &n->index, name, &found, &ignored) < 0)
		return avoided;
	for (size_t i = 0; i < found.n; i++) {
		struct opam_definition d;

		if (repo_definition(n->ap->root->store, a, &found.v[i], &d, &ignored) < 0 ||
		    !is_available(n, a, &d))
			continue;
		if (!(d.flags & (FLAG_AVOID_VERSION | FLAG_DEPRECATED)))
			return found.v[i].version;
		if (!avoided.n)
			avoided = found.v[i].version;
	}
	return avoided;
}

/* --- nodes --- */

static const struct opam_definition *
definition_of(struct night *n, const struct step *step, struct err *e)
{
	const struct version *v = step->planned->version;
	struct opam_definition *d = map_get(&n->definitions, oid_str(&step->definition_id));
	struct str text;

	if (d)
		return d;
	d = arena_new(n->a, struct opam_definition);
	if (store_blob_read(n->ap->root->store, n->a, &step->definition_id, &text, e) < 0 ||
	    opam_definition(n->a, arena_strdup(n->a, str_c(n->a, v->path)), text, d, e) < 0)
		return NULL;
	map_set(&n->definitions, str_dup(n->a, oid_str(&step->definition_id)), d);
	return d;
}

/* What a node is, before anything is fetched for it. */
static struct str
signature(struct one *o, const struct step *step, const struct build_dep *deps, struct night_node **needs,
	  size_t count)
{
	const struct version *v = step->planned->version;
	struct buf b = buf_new(o->tmp);

	buf_printf(&b, STR_FMT "." STR_FMT " %s %s " STR_FMT, STR_ARG(v->name), STR_ARG(v->version),
		   step->definition_id.hex, step->folder.hex,
		   STR_ARG(step->repo ? step->repo->name : STR("")));
	for (size_t i = 0; i < count; i++)
		buf_printf(&b, " %zu%s", needs[i]->at, deps[i].direct ? "!" : "");
	return buf_str(&b);
}

static void
fail_node(struct night_node *node, struct arena *a, enum night_state state, const struct err *e)
{
	struct str text = str_printf(a, "%s", e->msg), first;

	node->done = true;
	str_cut(&text, '\n', &first);
	node->fate = (struct night_fate){.state = state, .reason = first};
	node->fate.detail =
		str_printf(a, STR_FMT "%s%s", STR_ARG(text), text.n && e->note[0] ? "\n" : "", e->note);
}

static void
lacks_depexts(struct night *n, struct night_node *node, const struct opam_strings *missing)
{
	struct buf b = buf_new(n->a), with = buf_new(n->a);

	for (size_t i = 0; i < missing->n; i++) {
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(missing->v[i]));
		buf_printf(&with, "%s" STR_FMT, i ? "," : "", STR_ARG(missing->v[i]));
	}
	node->done = true;
	node->fate = (struct night_fate){
		.state = NIGHT_UNINSTALLABLE,
		.reason = str_printf(n->a, "the base image " STR_FMT " lacks %s", STR_ARG(n->base.name), b.s),
		.detail = str_printf(n->a,
				     "`pkg nightly base create " STR_FMT " --with %s` makes one that has it",
				     STR_ARG(n->base.name), with.s)};
}

/* Fetches its source and computes its input id. What cannot be done is the node's fate. */
static int
complete(struct one *o, struct night_node *node, size_t at, struct err *e)
{
	struct night *n = o->n;
	struct step *step = &o->steps.v[at];
	struct opam_strings missing = {0};
	struct build_job job;
	struct build_ids ids;
	struct err why = {0};

	for (size_t i = 0; i < node->need_count; i++)
		if (!node->needs[i]->input_id.n) {
			node->done = true;
			node->fate.state = NIGHT_BLOCKED;
			return 0;
		}
	if (build_depexts(&n->ap->builder, n->a, node->definition, node->name, node->version, &node->depexts,
			  &missing, &why) < 0) {
		fail_node(node, n->a, NIGHT_UNINSTALLABLE, &why);
		return 0;
	}
	if (missing.n) {
		lacks_depexts(n, node, &missing);
		return 0;
	}
	step->definition = node->definition;
	if (job_fetch(&o->session, n->a, step, &why) < 0) {
		if (why.code == ERR_INTERRUPTED)
			return *e = why, -1;
		fail_node(node, n->a, why.code == ERR_SYSTEM ? NIGHT_INFRA : NIGHT_FETCH, &why);
		return 0;
	}
	node->step = *step;
	if (job_of(&o->session, o->tmp, &o->steps, at, false, false, &job, &why) < 0) {
		fail_node(node, n->a, NIGHT_UNINSTALLABLE, &why);
		return 0;
	}
	node->dev = job.dev;
	if (build_ids(&n->ap->builder, o->tmp, &job, &ids, &why) < 0) {
		fail_node(node, n->a, NIGHT_FAILED, &why);
		return 0;
	}
	node->input_id = str_dup(n->a, ids.input_id);
	return 0;
}

static struct night_node *
new_node(struct one *o, const struct step *step, const struct build_dep *deps, struct night_node **needs,
	 size_t count, struct err *e)
{
	struct night *n = o->n;
	const struct version *v = step->planned->version;
	struct night_node *node = arena_new(n->a, struct night_node);

	*node = (struct night_node){.at = n->nodes.n,
				    .name = str_dup(n->a, v->name),
				    .version = str_dup(n->a, v->version),
				    .definition_id = step->definition_id,
				    .folder = step->folder,
				    .repo = step->repo,
				    .need_count = count};
	node->definition = definition_of(n, step, e);
	if (!node->definition)
		return NULL;
	node->needs = arena_array(n->a, struct night_node *, count + 1);
	node->view = arena_array(n->a, struct build_dep, count + 1);
	for (size_t i = 0; i < count; i++) {
		node->needs[i] = needs[i];
		node->view[i] = (struct build_dep){.name = needs[i]->name,
						   .version = needs[i]->version,
						   .definition = needs[i]->definition,
						   .input_id = needs[i]->input_id,
						   .direct = deps[i].direct};
	}
	return node;
}

/* The node of a step; those of earlier steps are known. */
static int
add_step(struct one *o, size_t at, struct err *e)
{
	struct night *n = o->n;
	struct step *step = &o->steps.v[at];
	const struct version *v = step->planned->version;
	struct night_node **needs, *node;
	struct build_dep *deps;
	struct str sign;
	size_t count;

	if (job_view(&o->session, o->tmp, &o->steps, at, &deps, &count, e) < 0)
		return -1;
	needs = arena_array(o->tmp, struct night_node *, count + 1);
	for (size_t i = 0, k = 0; i < at && k < count; i++)
		if (str_eq(o->nodes[i]->name, deps[k].name))
			needs[k++] = o->nodes[i];
	sign = signature(o, step, deps, needs, count);
	node = map_get(&n->by_signature, sign);
	if (!node) {
		node = new_node(o, step, deps, needs, count, e);
		if (!node || complete(o, node, at, e) < 0)
			return err_note(e, "while looking at " STR_FMT "." STR_FMT, STR_ARG(v->name),
					STR_ARG(v->version));
		vec_push(n->a, &n->nodes, node);
		map_set(&n->by_signature, str_dup(n->a, sign), node);
		for (size_t i = 0; i < count; i++) {
			struct night_node *need = needs[i];

			if (need->user_count == need->user_room)
				need->users = vec_grow(n->a, need->users, need->user_count, &need->user_room,
						       sizeof(*need->users));
			need->users[need->user_count++] = node;
		}
	}
	o->nodes[at] = node;
	step->definition = node->definition; /* what the views above it read */
	step->record.name = node->name;
	step->record.version = node->version;
	step->record.input_id = node->input_id;
	return 0;
}

/* --- packages --- */

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
take_deps(struct one *o, size_t at, struct night_package *p)
{
	const struct plan_package *planned = &o->steps.plan->packages[at];
	struct arena *a = o->n->a;

	p->deps = arena_array(a, struct str, planned->edge_count + 1);
	for (size_t i = 0; i < planned->edge_count; i++) {
		const struct version *to = o->steps.plan->packages[planned->edges[i].to].version;

		p->deps[p->dep_count++] =
			str_printf(a, STR_FMT "." STR_FMT, STR_ARG(to->name), STR_ARG(to->version));
	}
	qsort(p->deps, p->dep_count, sizeof(*p->deps), by_text);
}

/* A definition that cannot be read is no candidate, and may be why there is none. */
static bool
unreadable(struct night *n, struct night_package *p, const struct opam_findings *findings)
{
	const char *folder = arena_printf(n->a, "packages/" STR_FMT, STR_ARG(p->name));

	for (size_t i = 0; i < findings->n; i++) {
		const struct opam_finding *f = &findings->v[i];
		const char *at = f->at.file ? strstr(f->at.file, folder) : NULL;

		if (!at || !strchr("./", at[strlen(folder)]))
			continue;
		p->fate = (struct night_fate){.state = NIGHT_UNINSTALLABLE,
					      .reason = STR("its definition cannot be read"),
					      .detail = str_printf(n->a, "%s:%u:%u: " STR_FMT, f->at.file,
								   f->at.line, f->at.col, STR_ARG(f->text))};
		return true;
	}
	return false;
}

static void
no_plan(struct night *n, struct night_package *p, const struct opam_findings *findings, const struct err *e)
{
	struct night_node gone = {0};

	if (unreadable(n, p, findings))
		return;
	fail_node(&gone, n->a, NIGHT_UNINSTALLABLE, e);
	p->fate = gone.fate;
	/* An explanation of one line says it better than its headline. */
	if (p->fate.detail.n && str_chr(str_trim(p->fate.detail), '\n') < 0) {
		p->fate.reason = str_trim(p->fate.detail);
		p->fate.detail = STR("");
	}
}

static bool
touches(const struct steps *steps, const struct opam_strings *changed)
{
	for (size_t i = 0; changed && i < steps->n; i++)
		if (changed->n && bsearch(&steps->v[i].planned->version->name, changed->v, changed->n,
					  sizeof(*changed->v), by_text))
			return true;
	return !changed;
}

static int
plan_one(struct night *n, struct arena *tmp, struct str name, const struct opam_strings *changed,
	 bool *wanted, struct night_package *p, struct err *e)
{
	struct one o = {.n = n, .tmp = tmp, .session = {.ap = n->ap, .name = "nightly", .lock = {.fd = -1}}};
	const struct opam_formula *atom;
	struct change change = {.kind = REQUEST_INSTALL, .atoms = &atom, .n = 1};
	struct err why = {0};

	*p = (struct night_package){.name = str_dup(n->a, name)};
	p->version = str_dup(n->a, newest_version(n, tmp, name));
	*wanted = true;
	if (opam_atom(tmp,
		      p->version.n ? str_printf(tmp, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(p->version))
				   : name,
		      &atom, e) < 0)
		return -1;
	if (change_plan(&o.session, tmp, &change, &o.steps, &why) < 0) {
		if (why.code == ERR_INTERRUPTED || why.code == ERR_SYSTEM)
			return *e = why, -1;
		*wanted = !changed || bsearch(&name, changed->v, changed->n, sizeof(*changed->v), by_text);
		no_plan(n, p, &o.steps.findings, &why);
		return 0;
	}
	*wanted = touches(&o.steps, changed);
	if (!*wanted)
		return 0;
	o.nodes = arena_array(tmp, struct night_node *, o.steps.n + 1);
	for (size_t i = 0; i < o.steps.n; i++)
		if (add_step(&o, i, e) < 0)
			return -1;
	for (size_t i = 0; i < o.steps.n; i++)
		if (str_eq(o.nodes[i]->name, name)) {
			p->node = o.nodes[i];
			p->version = o.nodes[i]->version;
			take_deps(&o, i, p);
		}
	return 0;
}

/* Builds that much stands on come first. */
static void
measure(struct night *n)
{
	for (size_t i = n->nodes.n; i-- > 0;) {
		struct night_node *node = n->nodes.v[i];

		for (size_t k = 0; k < node->user_count; k++)
			if (node->users[k]->height + 1 > node->height)
				node->height = node->users[k]->height + 1;
	}
}

int
night_plan(struct night *n, const struct opam_strings *names, const struct opam_strings *changed,
	   struct err *e)
{
	struct opam_strings all;

	if (!names) {
		if (repo_names(n->ap->root->store, n->a, &n->ap->repos, &all, e) < 0)
			return -1;
		names = &all;
	}
	if (repo_index_open(n->ap->root->store, n->a, &n->ap->repos, &n->index, e) < 0)
		return -1;
	n->packages = arena_array(n->a, struct night_package, names->n + 1);
	for (size_t i = 0; i < names->n; i++) {
		struct arena tmp = {0};
		bool wanted;
		int rc = plan_one(n, &tmp, names->v[i], changed, &wanted, &n->packages[n->package_count], e);

		arena_free(&tmp);
		if (rc < 0)
			return -1;
		n->package_count += wanted;
	}
	measure(n);
	return 0;
}
