#include "cli/act.h"

#include "apply/pins.h"
#include "apply/question.h"
#include "apply/recorded.h"
#include "base/buf.h"
#include "cli/ask.h"
#include "cli/ctx.h"
#include "cli/operand.h"
#include "cli/out.h"
#include "cli/plan_out.h"
#include "cli/request.h"
#include "cli/secret.h"

struct str
act_subject(struct ctx *c, const char *verb, char **args, int n)
{
	struct buf b = buf_new(c->a);

	buf_adds(&b, verb);
	for (int i = 0; i < n; i++)
		buf_printf(&b, " %s", secret_shown(args[i]));
	return buf_str(&b);
}

static const char *
action_word(const struct step *step)
{
	return step->planned->action == PLAN_KEEP ? "rebuild" : plan_word(step->planned);
}

static const char *
cause_of(const struct step *step)
{
	if (step->planned->action == PLAN_KEEP)
		return step->why ? step->why : "";
	return step->planned->cause ? step->planned->cause : "";
}

static void
show_plan(struct ctx *c, const struct steps *steps)
{
	const struct plan *plan = steps->plan;
	struct opam_strings rows = {arena_array(c->a, struct str, steps->n + plan->removal_count + 1), 0};

	for (size_t i = 0; i < plan->removal_count; i++)
		rows.v[rows.n++] =
			str_printf(c->a, "  remove\t%.*s\t%.*s\t%s", STR_ARG(plan->removals[i].name),
				   STR_ARG(plan->removals[i].version),
				   plan->removals[i].cause ? plan->removals[i].cause : "");
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->v[i];
		const struct version *v = step->planned->version;
		struct str was = step->planned->was;

		if (!step->touched && step->planned->new_root)
			rows.v[rows.n++] = plan_root_row(c, step->planned);
		if (!step->touched)
			continue;
		rows.v[rows.n++] =
			str_printf(c->a, "  %s\t%.*s\t%.*s%s%.*s\t%s", action_word(step), STR_ARG(v->name),
				   STR_ARG(was), was.n ? " -> " : "", STR_ARG(v->version), cause_of(step));
	}
	out_table(c, &rows);
}

/* One act of several has an object of its own, which json_result() ends. */
static void
json_plan(struct ctx *c, const struct act *act, const struct steps *steps)
{
	const struct plan *plan = steps->plan;
	struct json *j = out_data(c);

	if (act->part)
		json_key_object(j, act->part);
	json_key_c(j, "switch", act->switch_name);
	json_key_bool(j, "dry_run", c->global.dry_run);
	plan_json_quality(c, j, plan);
	if (steps->behind.n)
		out_json_strings(j, "behind", &steps->behind);
	json_key_array(j, "remove");
	for (size_t i = 0; i < plan->removal_count; i++)
		json_add_str(j, str_printf(c->a, "%.*s.%.*s", STR_ARG(plan->removals[i].name),
					   STR_ARG(plan->removals[i].version)));
	json_end(j);
	plan_json_roots(c, j, plan);
	json_key_array(j, "steps");
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->v[i];

		if (!step->touched)
			continue;
		json_object(j);
		json_key_c(j, "action", action_word(step));
		json_key_str(j, "name", step->planned->version->name);
		json_key_str(j, "version", step->planned->version->version);
		json_key_str(j, "was", step->planned->was);
		json_key_c(j, "cause", cause_of(step));
		json_end(j);
	}
	json_end(j);
}

/* NULL: nothing was done. */
static void
json_result(struct ctx *c, const struct act *act, const struct change_result *result)
{
	struct json *j = out_data(c);

	if (result) {
		json_key_c(j, "commit", result->commit.hex);
		json_key_int(j, "built", (int64_t)result->built);
		json_key_int(j, "reused", (int64_t)result->reused);
	}
	if (act->part)
		json_end(j);
}

/* Removing what was not named, or going back in versions, is asked first. */
static int
confirm(struct ctx *c, const struct act *act, const struct steps *steps, struct err *e)
{
	bool ask = false;

	if (act->lock)
		return 0; /* a lock names everything */
	for (size_t i = 0; i < steps->plan->removal_count; i++) {
		const struct plan_removal *r = &steps->plan->removals[i];

		ask |= !r->unneeded &&
		       !(act->change.kind == REQUEST_REMOVE && change_names(&act->change, r->name));
	}
	for (size_t i = 0; i < steps->n; i++) {
		ask |= steps->v[i].planned->action == PLAN_DOWNGRADE &&
		       !change_names(&act->change, steps->v[i].planned->version->name);
	}
	return ask ? ask_yes(c, "This removes or lowers packages that you did not name. Go on?", e) : 0;
}

static int
tell(struct ctx *c, const struct act *act, const struct steps *steps, const struct change_result *result)
{
	json_result(c, act, result);
	if (!c->global.quiet)
		out("%s: %zu package%s, %zu built, %zu reused; ledger %.12s\n", act->switch_name, steps->n,
		    steps->n == 1 ? "" : "s", result->built, result->reused, result->commit.hex);
	return 0;
}

int
act_lock(struct ctx *c, const char *path, struct lock *out_lock, struct err *e)
{
	struct str text;

	if (!*path)
		path = "pkg.lock";
	if (fs_read(c->a, AT_FDCWD, path, 0, &text, e) < 0) {
		err_hint(e, "`pkg lock` writes a lock");
		return ctx_operand(e);
	}
	return lock_read(c->a, path, text, out_lock, e);
}

/* Everything the lock names is brought first; then nothing but its records decides. */
static int
plan_locked(struct ctx *c, const struct act *act, struct session *s, struct steps *steps, struct err *e)
{
	struct err missing;

	if (lock_fits(s, c->a, act->lock, act->options.allow_drift, e) < 0)
		return -1;
	/* The plan alone seldom needs a source. */
	if (c->global.dry_run && steps_towards(s, c->a, &act->lock->state, steps, &missing) == 0)
		return 0;
	if (lock_fetch(s, c->a, act->lock, e) < 0)
		return -1;
	if (steps_towards(s, c->a, &act->lock->state, steps, e) == 0)
		return 0;
	if (e->code == ERR_PARSE)
		e->code = ERR_STALE; /* whatever is wrong with it: records that form a circle or lack one */
	return -1;
}

/* What a dry run would do beside the packages. */
static void
say_frame(struct ctx *c, const struct act *act)
{
	if (act->create)
		out("would make the switch %s\n", act->switch_name);
	else if (act->change.invariant.n)
		out("would set the invariant of %s to %s\n", act->switch_name,
		    str_trim(act->change.invariant).n ? out_safe(c, act->change.invariant) : "nothing");
}

static void
show_steps(struct ctx *c, const struct act *act, const struct steps *steps, bool nothing)
{
	json_plan(c, act, steps);
	if (c->global.quiet)
		return;
	if (nothing)
		out("Nothing to do.\n");
	else
		show_plan(c, steps);
	if (c->global.dry_run && !nothing)
		say_frame(c, act);
	if (c->global.verbose)
		plan_quality(c, steps->plan);
}

/* To remove what is not there is no error, but said. */
static void
note_absent(struct ctx *c, const struct change *change, const struct state *state)
{
	for (size_t i = 0; change->kind == REQUEST_REMOVE && i < change->n; i++)
		if (!state_record(state, change->atoms[i]->name))
			report_text(&c->report, REPORT_NOTE, (struct str){0}, "%.*s is not installed",
				    STR_ARG(change->atoms[i]->name));
}

static bool
same_invariant(const struct act *act, const struct state *state)
{
	return !act->change.invariant.n || str_eq(str_trim(act->change.invariant), state->invariant);
}

static int
run_session(struct ctx *c, const struct act *act, struct session *s, struct err *e)
{
	struct ledger_note note;
	struct change_result result;
	struct steps steps = {0};
	bool nothing;
	int rc;

	rc = act->lock ? plan_locked(c, act, s, &steps, e) : change_plan(s, c->a, &act->change, &steps, e);
	/* Told in any case: a definition that could not be read may be why there is no plan. */
	plan_findings(c, &steps.findings);
	if (rc < 0) {
		request_hint(c, &act->change, e);
		explanation_keep(c);
		return -1;
	}
	note_absent(c, &act->change, &s->state);
	plan_warn(c, steps.plan);
	for (size_t i = 0; i < steps.behind.n; i++)
		report_text(&c->report, REPORT_NOTE, (struct str){0}, "%.*s", STR_ARG(steps.behind.v[i]));
	nothing = !steps.changes && !act->create && same_invariant(act, &s->state);
	show_steps(c, act, &steps, nothing);
	if (nothing || c->global.dry_run) {
		json_result(c, act, NULL);
		return 0;
	}
	/* The plan is seen before anything is asked or built. */
	if (out_flush(c, e) < 0 || confirm(c, act, &steps, e) < 0)
		return -1;
	note = ctx_note(c, "%.*s", STR_ARG(act->subject));
	if (change_apply(s, c->a, &act->change, &steps, &note, &act->options, &result, e) < 0)
		return -1;
	if (act->create &&
	    store_head_set(c->root.store, arena_printf(c->a, "refs/heads/%s", act->switch_name), e) < 0)
		return -1;
	return tell(c, act, &steps, &result);
}

int
act_run(struct ctx *c, const struct act *act, struct err *e)
{
	struct session s;
	int rc;

	if (session_open(&c->apply, c->a, act->switch_name, act->create, &s, e) < 0)
		return -1;
	for (size_t i = 0; i < act->pin_count; i++)
		pins_replace(c->a, &s.state, act->pins[i].name, &act->pins[i], &s.state);
	rc = run_session(c, act, &s, e);
	session_close(&s);
	if (rc == 0)
		ctx_maintain(c);
	return rc;
}

int
act_again(struct ctx *c, enum request_kind kind, bool all, int argc, char **argv, struct err *e)
{
	struct act act = {.change = {.kind = kind, .explanation = &c->explanation}};
	struct request_options how = {0};
	const struct opt options[] = {
		REQUEST_WITH(&act.change),
		{OPT_FLAG, 'b', "keep-build-dir", NULL, "keep the folder of a failed build",
		 &act.options.keep_build},
		REQUEST_SOLVING(&act.change, &how),
		{.name = NULL},
	};
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0 && !all)
		return err_set(e, ERR_USAGE, "which packages?"), err_hint(e, "pkg %s PACKAGE...", c->command);
	if (request_use(&how, &act.change, e) < 0 || request_read(c, argv, n, &act.change, e) < 0 ||
	    ctx_switch(c, &act.switch_name, e) < 0)
		return -1;
	act.subject = act_subject(c, c->command, argv, n);
	return act_run(c, &act, e);
}
