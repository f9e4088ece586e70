#include "apply/recorded.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "cli/plan_out.h"
#include "opam/version.h"
#include "solver/forest.h"

static const char *
label(struct ctx *c, const struct plan *plan, size_t at)
{
	return out_safe(c, plan->packages[at].version->name);
}

/* By package: whether the invariant of the switch asks for it. */
static bool *
base_of(struct ctx *c, const struct plan *plan, const struct state *state)
{
	const struct opam_formula *f = NULL;
	struct err none;

	if (str_trim(state->invariant).n && opam_request(c->a, state->invariant, &f, &none) < 0)
		f = NULL;
	return forest_base(c->a, plan, f);
}

static void
show_chain(struct ctx *c, const struct plan *plan, const struct chain *chain)
{
	/* A root speaks for itself. */
	out("  %s", plan->packages[chain->v[0]].root ? "" : "switch invariant: ");
	for (size_t i = 0; i < chain->n; i++) {
		out("%s", label(c, plan, chain->v[i]));
		if (i + 1 < chain->n && chain->roles[i])
			out(" (%s)", plan_roles(c, chain->roles[i]));
		out("%s", i + 1 < chain->n ? " -> " : "\n");
	}
}

static void
show_text(struct ctx *c, const struct plan *plan, size_t at, const struct chains *chains, bool base)
{
	const struct plan_package *p = &plan->packages[at];

	out("%s.%s\n", out_safe(c, p->version->name), out_safe(c, p->version->version));
	if (p->root)
		out("  asked for: it is a root of the switch\n");
	if (base)
		out("  the switch invariant requires it\n");
	for (size_t i = 0; i < chains->n; i++)
		show_chain(c, plan, &chains->v[i]);
	if (!p->root && !base && !chains->n)
		out("  nothing needs it: `pkg remove -a` would remove it\n");
}

static void
show_json(struct json *j, const struct plan *plan, size_t at, const struct chains *chains, bool base)
{
	const struct plan_package *p = &plan->packages[at];

	json_object(j);
	json_key_str(j, "name", p->version->name);
	json_key_str(j, "version", p->version->version);
	json_key_bool(j, "root", p->root);
	json_key_bool(j, "invariant", base);
	json_key_array(j, "chains");
	for (size_t i = 0; i < chains->n; i++) {
		json_array(j);
		for (size_t k = 0; k < chains->v[i].n; k++) {
			json_object(j);
			json_key_str(j, "name", plan->packages[chains->v[i].v[k]].version->name);
			json_key_str(j, "version", plan->packages[chains->v[i].v[k]].version->version);
			if (k + 1 < chains->v[i].n)
				plan_json_roles(j, chains->v[i].roles[k]);
			json_end(j);
		}
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static int
find(struct ctx *c, const struct plan *plan, const char *arg, size_t *at, struct err *e)
{
	struct opam_strings names = {arena_array(c->a, struct str, plan->n + 1), plan->n}, near;

	for (*at = 0; *at < plan->n; ++*at) {
		names.v[*at] = plan->packages[*at].version->name;
		if (str_is(names.v[*at], arg))
			return 0;
	}
	if (!opam_name_valid(str_of(arg)))
		return err_set(e, ERR_USAGE, "'%s' is no package name", arg);
	err_set(e, ERR_NOTFOUND, "%s is not installed", arg);
	if (solver_similar(c->a, &names, str_of(arg), &near) == 0 && near.n)
		err_hint(e, "did you mean %.*s?", STR_ARG(near.v[0]));
	return err_hint(e, "`pkg why-not %s` says why", arg);
}

int
cmd_why(struct ctx *c, int argc, char **argv, struct err *e)
{
	const struct plan *plan;
	struct state state = {0};
	const char *name;
	struct oid head;
	struct json *j;
	size_t *at;
	bool *base;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which package?"), err_hint(e, "pkg why PACKAGE...");
	if (ctx_state(c, &name, &head, &state, e) < 0 || plan_recorded(c->a, &state, &plan, e) < 0)
		return -1;
	at = arena_array(c->a, size_t, (size_t)n);
	for (int i = 0; i < n; i++)
		if (find(c, plan, argv[i], &at[i], e) < 0)
			return -1;
	base = base_of(c, plan, &state);
	j = out_data(c);
	json_key_c(j, "switch", name);
	json_key_array(j, "packages");
	for (int i = 0; i < n; i++) {
		struct chains chains;

		forest_chains(c->a, plan, base, at[i], &chains);
		show_json(j, plan, at[i], &chains, base[at[i]]);
		show_text(c, plan, at[i], &chains, base[at[i]]);
	}
	json_end(j);
	return 0;
}
