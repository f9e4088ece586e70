#include "apply/question.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "cli/plan_out.h"
#include "cli/request.h"
#include "repo/target.h"
#include "solver/whynot.h"

static const char *const answers[] = {[WHY_NOT_INSTALLED] = "installed",
				      [WHY_NOT_POSSIBLE] = "possible",
				      [WHY_NOT_PINNED] = "pinned",
				      [WHY_NOT_UNAVAILABLE] = "unavailable",
				      [WHY_NOT_UNSAT] = "unsatisfiable"};

static const char *
name_of(struct ctx *c, const struct version *v)
{
	return arena_printf(c->a, "%s.%s", out_safe(c, v->name), out_safe(c, v->version));
}

static void
show_possible(struct ctx *c, const struct why_not *w)
{
	struct opam_strings rows;

	out(w->plan->removal_count ? "%s can be had at this price%s:\n" : "Nothing is against %s%s:\n",
	    name_of(c, w->version),
	    w->version->avoid ? ", but it is flagged avoid-version or deprecated" : "");
	plan_rows(c, w->plan, &rows);
	out_table(c, &rows);
	if (c->global.verbose)
		plan_quality(c, w->plan);
	out_message(c, "hint: pkg install '%s'\n", out_safe(c, opam_formula_text(c->a, w->asked)));
}

static void
show_unsat(struct ctx *c, const struct why_not *w)
{
	struct str rest = str_of(w->why.note), line;

	out("%s\n", out_safe(c, str_of(w->why.msg)));
	for (size_t i = 0; c->global.verbose && i < w->explanation.reasons.n; i++)
		out("  %s\n", out_safe(c, w->explanation.reasons.v[i].text));
	while (!(c->global.verbose && w->explanation.reasons.n) && str_cut(&rest, '\n', &line))
		out("  %s\n", out_safe(c, line));
	rest = str_of(w->why.hint);
	while (str_cut(&rest, '\n', &line))
		out_message(c, "hint: %s\n", out_safe(c, line));
}

static void
show_text(struct ctx *c, const struct why_not *w)
{
	switch (w->answer) {
	case WHY_NOT_INSTALLED:
		out("%s is installed%s\n", name_of(c, w->version),
		    w->asked->range && w->asked->range->op == OP_EQ ? "" : ", and there is nothing newer");
		break;
	case WHY_NOT_POSSIBLE:
		show_possible(c, w);
		break;
	case WHY_NOT_PINNED:
		out("%s is pinned: of its name there is no other version\n", name_of(c, w->version));
		break;
	case WHY_NOT_UNAVAILABLE:
		out("%s is not available on this platform\n  %s\n", name_of(c, w->version),
		    out_safe(c, w->version->unavailable));
		break;
	case WHY_NOT_UNSAT:
		show_unsat(c, w);
		break;
	}
}

static void
show_json(struct ctx *c, struct json *j, const struct why_not *w)
{
	json_object(j);
	json_key_str(j, "request", opam_formula_text(c->a, w->asked));
	json_key_str(j, "name", w->version->name);
	json_key_str(j, "version", w->version->version);
	if (w->installed)
		json_key_str(j, "installed", w->installed->version);
	json_key_c(j, "answer", answers[w->answer]);
	json_key_bool(j, "flagged", w->version->avoid);
	if (w->answer == WHY_NOT_UNAVAILABLE)
		json_key_str(j, "filter", w->version->unavailable);
	if (w->answer == WHY_NOT_UNSAT && w->explanation.summary.n)
		explanation_json(j, &w->explanation);
	else if (w->answer == WHY_NOT_UNSAT)
		json_key_c(j, "message", w->why.msg); /* a cycle */
	if (w->plan) {
		plan_json_quality(c, j, w->plan);
		json_key_object(j, "plan");
		plan_json_steps(c, j, w->plan);
		json_end(j);
	}
	json_end(j);
}

static int
answer_all(struct ctx *c, const struct asking *ask, struct json *j, struct err *e)
{
	struct question q;

	if (question_make(c->a, ask, &q, e) < 0)
		return -1;
	plan_findings(c, &q.u->findings);
	for (size_t i = 0; i < q.r.n; i++) {
		struct why_not w;

		if (why_not(c->a, q.u, &q.r, ask->change->atoms[i], &w, e) < 0) {
			request_hint(c, ask->change, e);
			return -1;
		}
		show_json(c, j, &w);
		if (i)
			out("\n");
		show_text(c, &w);
	}
	return 0;
}

int
cmd_why_not(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct change change = {.kind = REQUEST_INSTALL};
	struct request_options how = {0};
	struct opt_list variables = {0};
	const struct opt options[] = {
		REQUEST_WITH(&change),
		{OPT_LIST, 0, "for", "VARIABLE=VALUE", "as if this machine had these variables", &variables},
		{OPT_LIST, 0, "ignore-constraints-on", "PACKAGE", "let dependencies on it take any version",
		 &how.ignored},
		{OPT_INT, 0, "deadline", "MS", "give up after so long (10000)", &how.deadline},
		{.name = NULL},
	};
	struct session session = {.ap = &c->apply, .name = "none", .lock = {.fd = -1}};
	struct target target;
	struct opam_scope platform;
	struct asking ask = {.s = &session, .change = &change, .platform = &platform};
	struct json *j;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "which package?"), err_hint(e, "pkg why-not PACKAGE...");
	target_of(&target, &c->apply.platform);
	for (size_t i = 0; i < variables.n; i++)
		if (target_set(c->a, &target, variables.v[i], e) < 0)
			return -1;
	platform = target_scope(&target);
	change.kind = REQUEST_REINSTALL; /* a choice is no package */
	if (request_use(&how, &change, e) < 0 || request_read(c, argv, n, &change, e) < 0)
		return -1;
	change.kind = REQUEST_INSTALL;
	if (ctx_state(c, &session.name, &session.head, &session.state, e) < 0)
		return -1;
	j = out_data(c);
	json_key_array(j, "packages");
	if (answer_all(c, &ask, j, e) < 0)
		return -1;
	json_end(j);
	return 0;
}
