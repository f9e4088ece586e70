#include <sys/resource.h>
#include <time.h>

#include "cli/cmd_nightly.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "nightly/result.h"

enum { TIMEOUT = 3600, SILENCE = 1200 };

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* Of this process and all that it waited for: workers and their builds. */
static long
cpu_ms(void)
{
	long ms = 0;

	for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
		struct rusage u;

		if (getrusage(who, &u) == 0)
			ms += (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
			      (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
	}
	return ms;
}

void
nightly_counts(const size_t *counts)
{
	const char *between = "";

	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++)
		if (counts[i]) {
			out("%s%zu %s", between, counts[i], night_state_text((enum night_state)i));
			between = ", ";
		}
	out("%s\n", *between ? "" : "no packages");
}

/* --- run --- */

struct run_options {
	const char *name, *base, *since;
	long timeout, silence;
	bool retry;
};

static bool
has_name(const struct opam_strings *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_is(names->v[i], name))
			return true;
	return false;
}

static int
check_names(struct ctx *c, char **args, int n, struct opam_strings *names, struct err *e)
{
	struct opam_strings all, similar;

	if (repo_names(c->root.store, c->a, &c->apply.repos, &all, e) < 0)
		return -1;
	*names = (struct opam_strings){arena_array(c->a, struct str, (size_t)n + 1), 0};
	for (int i = 0; i < n; i++) {
		if (!has_name(&all, args[i])) {
			err_set(e, ERR_NOTFOUND, "no repository has a package %s", args[i]);
			solver_similar(c->a, &all, str_of(args[i]), &similar);
			for (size_t k = 0; k < similar.n && k < 3; k++)
				err_hint(e, "did you mean " STR_FMT "?", STR_ARG(similar.v[k]));
			return -1;
		}
		if (!has_name(names, args[i]))
			names->v[names->n++] = str_of(args[i]);
	}
	return 0;
}

static void
json_run(struct ctx *c, const struct night *n, const struct oid *commit)
{
	size_t counts[NIGHT_STATE_COUNT] = {0};
	struct json *j = out_data(c);

	for (size_t i = 0; i < n->package_count; i++)
		counts[n->packages[i].fate.state]++;
	json_key_str(j, "night", n->name);
	json_key_c(j, "commit", commit->hex);
	json_key_int(j, "built", (int64_t)n->built);
	json_key_object(j, "counts");
	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++)
		json_key_int(j, night_state_text((enum night_state)i), (int64_t)counts[i]);
	json_end(j);
}

static int
tell(struct ctx *c, const struct night *n, const struct oid *commit)
{
	size_t counts[NIGHT_STATE_COUNT] = {0};
	struct opam_strings rows = {arena_array(c->a, struct str, n->package_count + 1), 0};
	bool bad = false;

	for (size_t i = 0; i < n->package_count; i++) {
		const struct night_package *p = &n->packages[i];

		counts[p->fate.state]++;
		if (night_state_good(p->fate.state))
			continue;
		bad |= p->fate.state != NIGHT_UNINSTALLABLE;
		rows.v[rows.n++] = str_printf(c->a, "  " STR_FMT "%s" STR_FMT "\t%s\t" STR_FMT,
					      STR_ARG(p->name), p->version.n ? "." : "", STR_ARG(p->version),
					      night_state_text(p->fate.state), STR_ARG(p->fate.reason));
	}
	json_run(c, n, commit);
	if (!c->global.quiet) {
		out_table(c, &rows);
		out("%s: ", out_safe(c, n->name));
		nightly_counts(counts);
		if (oid_is(commit))
			out("commit %.12s, %zu built; `pkg nightly report --html DIR` shows it\n",
			    commit->hex, n->built);
	}
	return bad ? CMD_STATUS + ERR_BUILD : 0;
}

/* A dry run: the versions that would be built, and what is known already of the others. */
static int
tell_plan(struct ctx *c, const struct night *n)
{
	struct opam_strings rows = {arena_array(c->a, struct str, n->package_count + 1), 0};
	struct json *j = out_data(c);

	json_key_array(j, "packages");
	for (size_t i = 0; i < n->package_count; i++) {
		const struct night_package *p = &n->packages[i];
		bool planned = p->node && p->node->input_id.n;

		json_object(j);
		json_key_str(j, "name", p->name);
		json_key_str(j, "version", p->version);
		json_key_c(j, "state", planned ? "planned" : night_state_text(p->fate.state));
		out_json_sha256(j, "input_id", planned ? p->node->input_id : STR(""));
		json_key_str(j, "reason", p->fate.reason);
		json_end(j);
		rows.v[rows.n++] = str_printf(c->a, "%s\t" STR_FMT "\t" STR_FMT "\t" STR_FMT,
					      planned ? "planned" : night_state_text(p->fate.state),
					      STR_ARG(p->name), STR_ARG(p->version), STR_ARG(p->fate.reason));
	}
	json_end(j);
	out_table(c, &rows);
	return 0;
}

static int
run_night(struct ctx *c, struct night *n, const struct run_options *o, const struct opam_strings *names,
	  struct err *e)
{
	struct opam_strings changed;
	struct ledger_note note = ctx_note(c, "night");
	struct night_cost cost;
	struct oid commit;
	long start = now_ms();

	if (o->since && night_since(&c->apply, c->a, o->since, &changed, e) < 0)
		return -1;
	if (night_open(n, e) < 0 || night_remember(n, e) < 0 ||
	    night_plan(n, names, o->since ? &changed : NULL, e) < 0)
		return -1;
	if (c->global.dry_run) {
		night_settle(n);
		return tell_plan(c, n);
	}
	if (night_build(n, e) < 0)
		return -1;
	cost = (struct night_cost){now_ms() - start, cpu_ms()};
	if (night_commit(n, &note, cost, &commit, e) < 0)
		return -1;
	return tell(c, n, &commit);
}

static int
prepare(struct ctx *c, const struct run_options *o, struct night *n, struct err *e)
{
	n->ap = &c->apply;
	n->a = c->a;
	n->retry = o->retry;
	n->jobs = c->apply.jobs;
	c->apply.timeout = (unsigned)o->timeout;
	c->apply.silence = (unsigned)o->silence;
	if (!c->apply.repos.n) {
		err_set(e, ERR_CONFIG, "no package repository is configured");
		return err_hint(e, "pkg repo add NAME ADDRESS");
	}
	if (base_find(&c->apply, c->a, str_of(o->base), &n->base, e) < 0)
		return -1;
	n->name = o->name[0]       ? str_of(o->name)
		  : n->base.name.n ? n->base.name
				   : str_sub(n->base.digest, 0, 12);
	return switch_name_ok(str_c(c->a, n->name), e);
}

static int
nightly_run(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct run_options o = {.name = "", .base = "", .timeout = TIMEOUT, .silence = SILENCE};
	const struct opt options[] = {
		{OPT_STRING, 0, "name", "NIGHT", "the night's name (else the base's)", &o.name},
		{OPT_STRING, 0, "base", "BASE", "the base image (else the one made last)", &o.base},
		{OPT_STRING, 0, "changed-since", "REV", "only what needs a package that changed since",
		 &o.since},
		{OPT_INT, 0, "timeout", "SECONDS", "for one command of a build (0: none)", &o.timeout},
		{OPT_INT, 0, "silence", "SECONDS", "without output of one command (0: no limit)", &o.silence},
		{OPT_FLAG, 0, "retry", NULL, "build again what failed before with the same key", &o.retry},
		{.name = NULL},
	};
	struct fs_lock night = {-1}, base = {-1};
	struct opam_strings names;
	struct night n = {0};
	int operands, rc;

	if (cmd_options(c, options, argc, argv, &operands, e) < 0)
		return -1;
	if (operands < 0)
		return 0;
	if (o.timeout < 0 || o.silence < 0)
		return err_set(e, ERR_USAGE, "--timeout and --silence take a number of seconds");
	if (operands && o.since)
		return err_set(e, ERR_USAGE, "--changed-since says itself which packages are meant");
	if (prepare(c, &o, &n, e) < 0 || check_names(c, argv, operands, &names, e) < 0)
		return -1;
	n.selection = o.since ? str_printf(c->a, "since %s", o.since) : operands ? STR("names") : STR("all");
	if (root_lock(&c->root, c->a, arena_printf(c->a, "nightly-" STR_FMT, STR_ARG(n.name)), &night, e) < 0)
		return -1;
	rc = base_hold(&c->apply, c->a, &n.base, &base, e);
	if (rc == 0)
		rc = root_sweep(&c->root, c->a, e);
	if (rc == 0)
		rc = run_night(c, &n, &o, operands ? &names : NULL, e);
	fs_unlock(&base);
	fs_unlock(&night);
	return rc;
}

int
cmd_nightly(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {
		{"status", nightly_status}, {"run", nightly_run},   {"base", nightly_base},
		{"log", nightly_log},       {"diff", nightly_diff}, {"report", nightly_report},
	};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
