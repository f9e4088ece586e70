#include "apply/question.h"
#include "cli/ctx.h"
#include "cli/operand.h"
#include "cli/out.h"
#include "cli/plan_out.h"
#include "cli/request.h"
#include "repo/target.h"

enum { SHOWN_MAX = 80 }; /* of a text from outside */

struct solve_options {
	struct request_options how;
	const char *installed, *invariant;
	struct opt_list platform;
	bool empty, upgrade, remove, reinstall, shortly;
};

static int
set_kind(const struct solve_options *o, struct change *change, int operands, struct err *e)
{
	if (o->upgrade + o->remove + o->reinstall > 1)
		return err_set(e, ERR_USAGE, "--upgrade, --remove and --reinstall exclude each other");
	change->kind = o->upgrade     ? REQUEST_UPGRADE
		       : o->remove    ? REQUEST_REMOVE
		       : o->reinstall ? REQUEST_REINSTALL
				      : REQUEST_INSTALL;
	if (operands == 0 && !o->upgrade && !(o->remove && change->auto_remove) && !o->invariant)
		return err_set(e, ERR_USAGE, "which packages?"), err_hint(e, "pkg solve REQUEST...");
	if (o->empty && o->installed)
		return err_set(e, ERR_USAGE, "--empty and --installed exclude each other");
	return 0;
}

static int
read_assumed(struct ctx *c, const char *path, struct asking *ask, struct err *e)
{
	bool input = str_is(str_of(path), "-");
	struct str text;

	ask->assume = true;
	if (operand_file(c, path, &text, e) < 0)
		return err_note(e, "while reading what is installed");
	return assumed_read(c->a, input ? "-" : path, text, &ask->assumed, &ask->assumed_count, e);
}

/* The state that is asked: a file, nothing, or the switch meant when there is one. Nothing is locked. */
static int
find_state(struct ctx *c, const struct solve_options *o, struct asking *ask, struct err *e)
{
	struct session *s = ask->s;
	struct err none;

	*s = (struct session){.ap = &c->apply, .name = "none", .lock = {.fd = -1}};
	if (o->installed)
		return read_assumed(c, o->installed, ask, e);
	ask->assume = o->empty;
	if (o->empty || ctx_state(c, &s->name, &s->head, &s->state, &none) == 0)
		return 0;
	return none.code == ERR_CONFIG && !c->global.switch_name ? 0 : (*e = none, -1);
}

static void
show(struct ctx *c, const struct plan *plan, bool shortly)
{
	struct opam_strings rows, set = plan_set(c, plan);
	struct json *j = out_data(c);

	out_json_strings(j, "packages", &set);
	plan_json_quality(c, j, plan);
	json_key_object(j, "plan");
	plan_json_steps(c, j, plan);
	json_end(j);
	for (size_t i = 0; shortly && i < set.n; i++)
		out("%s\n", out_safe(c, set.v[i]));
	if (shortly)
		return;
	plan_rows(c, plan, &rows);
	if (!plan->changes)
		out("Nothing to do.\n");
	out_table(c, &rows);
	if (c->global.verbose)
		plan_quality(c, plan);
}

static int
solve(struct ctx *c, const struct asking *ask, bool shortly, struct err *e)
{
	const struct plan *plan;
	struct question q;

	if (question_make(c->a, ask, &q, e) < 0)
		return -1;
	plan_findings(c, &q.u->findings);
	for (size_t i = 0; i < q.lost.n; i++)
		report_text(&c->report, REPORT_WARN, (struct str){0},
			    "%.*s is in no repository: it is taken to need nothing",
			    STR_ARG(str_sub(q.lost.v[i], 0, SHOWN_MAX)));
	if (solver_solve(c->a, q.u, &q.r, &plan, e) < 0) {
		request_hint(c, ask->change, e);
		explanation_keep(c);
		return -1;
	}
	plan_warn(c, plan);
	show(c, plan, shortly);
	return 0;
}

int
cmd_solve(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct solve_options o = {0};
	struct change change = {.explanation = &c->explanation};
	const struct opt options[] = {
		{OPT_FLAG, 0, "empty", NULL, "with nothing installed (as it is without a switch)", &o.empty},
		{OPT_STRING, 0, "installed", "FILE", "with this installed, one name.version a line",
		 &o.installed},
		{OPT_STRING, 0, "invariant", "FORMULA", "what has to hold besides", &o.invariant},
		{OPT_FLAG, 0, "upgrade", NULL, "raise what is named, or everything", &o.upgrade},
		{OPT_FLAG, 0, "remove", NULL, "remove what is named", &o.remove},
		{OPT_FLAG, 0, "reinstall", NULL, "build again what is named", &o.reinstall},
		{OPT_FLAG, 'a', "auto-remove", NULL, "with --remove: also what nothing needs any more",
		 &change.auto_remove},
		{OPT_LIST, 0, "for", "VARIABLE=VALUE", "on this platform (a Debian 12 on x86_64)",
		 &o.platform},
		{OPT_FLAG, 's', "short", NULL, "the whole set, one name.version a line", &o.shortly},
		REQUEST_WITH(&change),
		REQUEST_SOLVING(&change, &o.how),
		{.name = NULL},
	};
	struct target target;
	struct session session;
	struct opam_scope platform;
	struct asking ask = {.s = &session, .change = &change, .platform = &platform};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	target_new(&target);
	for (size_t i = 0; i < o.platform.n; i++)
		if (target_set(c->a, &target, o.platform.v[i], e) < 0)
			return -1;
	platform = target_scope(&target);
	if (operand_lists(c, &argv, &n, e) < 0 || set_kind(&o, &change, n, e) < 0 ||
	    request_use(&o.how, &change, e) < 0 || request_read(c, argv, n, &change, e) < 0 ||
	    find_state(c, &o, &ask, e) < 0)
		return -1;
	if (o.invariant)
		change.besides = str_of(o.invariant);
	return solve(c, &ask, o.shortly, e);
}
