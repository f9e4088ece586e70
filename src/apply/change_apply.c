#include "apply/change.h"

#include <stdlib.h>

#include "apply/job.h"
#include "solver/roles.h"

/* A kept package is left alone when nothing that it was built from has changed. Dependencies of tests
 * and documentation count when they are built, not afterwards. */
static bool
view_unchanged(const struct session *s, const struct step *step, const struct build_dep *deps, size_t n)
{
	const struct plan_package *p = step->planned;
	size_t was = 0, now = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record *record = state_record(&s->state, deps[i].name);

		if (!record || !str_eq(record->input_id, deps[i].input_id) ||
		    !oid_eq(&record->output, &deps[i].output.id))
			return false;
	}
	for (size_t i = 0; i < step->old->dep_count; i++)
		was += !(roles_of(step->old->deps[i].roles) & (EDGE_POST | EDGE_OWN));
	for (size_t i = 0; i < p->edge_count; i++)
		now += !(p->edges[i].roles & (EDGE_POST | EDGE_OWN));
	return was == now;
}

/* What a lock says must come out; a difference is told before anything is built. */
static int
check_expected(const struct step *step, const struct build_ids *ids, const struct change_options *options,
	       struct err *e)
{
	const struct version *v = step->planned->version;

	if (!step->expected_id.n || options->allow_drift || str_eq(step->expected_id, ids->input_id))
		return 0;
	err_set(e, ERR_STALE, "the input id of %.*s.%.*s does not follow from what the lock says of it",
		STR_ARG(v->name), STR_ARG(v->version));
	err_note(e, "the lock has %.*s", STR_ARG(step->expected_id));
	err_note(e, "it is       %.*s", STR_ARG(ids->input_id));
	return err_hint(e,
			"the lock was edited, or made by another version of pkg; `pkg lock` makes it again");
}

static int
build_step(struct session *s, struct arena *a, struct steps *steps, size_t at, const struct change *c,
	   const struct change_options *options, struct change_result *result, struct err *e)
{
	struct step *step = &steps->v[at];
	/* What is named by a reinstallation is built also when its key is known; what stands above, not. */
	bool named = c->kind == REQUEST_REINSTALL && step->planned->action == PLAN_REINSTALL &&
		     !step->planned->follows;
	struct build_options how = {.rebuild = options->rebuild || named, .keep = options->keep_build};
	struct build_result built = {0};
	struct record *r = &step->record;
	struct build_ids ids;
	struct build_job job = {.name = step->planned->version->name,
				.version = step->planned->version->version};

	if (job_fetch(s, a, step, e) < 0 ||
	    job_of(s, a, steps, at, c->with_test && step->planned->with_test,
		   c->with_doc && step->planned->with_doc, &job, e) < 0 ||
	    build_ids(&s->ap->builder, a, &job, &ids, e) < 0 || check_expected(step, &ids, options, e) < 0 ||
	    build_package(&s->ap->builder, a, &job, &ids, &how, &built, e) < 0)
		return err_note(e, "while building %.*s.%.*s", STR_ARG(job.name), STR_ARG(job.version));
	if (job_record(s, a, steps, at, &job, ids.input_id, r, e) < 0)
		return -1;
	r->build_key = ids.key;
	r->output = built.output.id;
	r->sandbox = built.level;
	r->files = built.files;
	r->file_count = built.file_count;
	r->libraries = built.libraries;
	r->library_count = built.library_count;
	r->images = built.images;
	r->image_count = built.image_count;
	r->log = built.log;
	r->tested = job.with_test;
	r->documented = job.with_doc;
	result->built += !built.reused;
	result->reused += built.reused;
	return 0;
}

/* A failed package stops only what stands on it: its dependents are blocked, the rest goes on. */
static bool
is_blocked(const struct steps *steps, size_t at, const bool *failed)
{
	const struct plan_package *p = steps->v[at].planned;

	for (size_t i = 0; i < p->edge_count; i++)
		if (failed[p->edges[i].to] && !(p->edges[i].roles & EDGE_POST))
			return true;
	return false;
}

static int
run_step(struct session *s, struct arena *a, struct steps *steps, size_t at, const struct change *c,
	 const struct change_options *options, struct change_result *result, struct err *e)
{
	struct step *step = &steps->v[at];
	struct build_dep *deps;
	size_t n;

	if (job_view(s, a, steps, at, &deps, &n, e) < 0)
		return -1;
	if (!step->touched && !options->rebuild && view_unchanged(s, step, deps, n)) {
		step->record = *step->old;
		return 0;
	}
	if (apply_builder(s->ap, a, e) < 0)
		return -1;
	return build_step(s, a, steps, at, c, options, result, e);
}

/* The error is that of the first failure; further ones are named in its notes. */
static int
run_steps(struct session *s, struct arena *a, struct steps *steps, const struct change *c,
	  const struct change_options *options, struct change_result *result, struct err *e)
{
	bool *failed = arena_array(a, bool, steps->n + 1);
	int rc = 0;

	for (size_t i = 0; i < steps->n; i++) {
		const struct version *v = steps->v[i].planned->version;
		struct err why;

		if (is_blocked(steps, i, failed)) {
			failed[i] = true;
			err_note(e, "%.*s.%.*s was not built", STR_ARG(v->name), STR_ARG(v->version));
			continue;
		}
		if (run_step(s, a, steps, i, c, options, result, &why) == 0)
			continue;
		failed[i] = true;
		if (rc < 0)
			err_note(e, "%.*s.%.*s failed too: %s", STR_ARG(v->name), STR_ARG(v->version),
				 why.msg);
		else
			*e = why;
		rc = -1;
		if (why.code != ERR_BUILD && why.code != ERR_TEST) {
			*e = why; /* not a package's failure: nothing goes on, and this is what counts */
			return -1;
		}
	}
	return rc;
}

static int
by_record_name(const void *a, const void *b)
{
	return str_cmp(((const struct record *)a)->name, ((const struct record *)b)->name);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
state_repos(struct arena *a, const struct repos *repos, struct state *next)
{
	next->repos = arena_array(a, struct state_repo, repos->n + 1);
	next->repo_count = repos->n;
	for (size_t i = 0; i < repos->n; i++) {
		const struct repo *r = &repos->v[i];

		next->repos[i] = (struct state_repo){r->name,     r->url,           r->commit,
						     r->upstream, r->upstream_path, r->dirty};
	}
}

static void
state_platform(struct arena *a, const struct platform *p, struct state *next)
{
	const struct state_variable variables[] = {{STR("arch"), p->arch},
						   {STR("os"), p->os},
						   {STR("os-distribution"), p->distribution},
						   {STR("os-family"), p->family},
						   {STR("os-version"), p->version}};

	next->variables = arena_array(a, struct state_variable, COUNT_OF(variables));
	next->variable_count = COUNT_OF(variables);
	for (size_t i = 0; i < COUNT_OF(variables); i++)
		next->variables[i] = variables[i];
}

static void
take_locked(const struct state *locked, struct state *next)
{
	next->invariant = locked->invariant;
	next->pins = locked->pins;
	next->pin_count = locked->pin_count;
	next->repos = locked->repos;
	next->repo_count = locked->repo_count;
	next->chosen = locked->chosen;
}

void
change_state(const struct session *s, struct arena *a, const struct change *c, const struct steps *steps,
	     struct state *next)
{
	*next = s->state;
	if (c->invariant.n)
		next->invariant = str_trim(c->invariant);
	if (c->chosen)
		next->chosen = *c->chosen;
	next->records = arena_array(a, struct record, steps->n + 1);
	next->record_count = steps->n;
	next->roots = (struct opam_strings){arena_array(a, struct str, steps->n + 1), 0};
	for (size_t i = 0; i < steps->n; i++) {
		next->records[i] = steps->v[i].record;
		if (steps->v[i].planned->root)
			next->roots.v[next->roots.n++] = steps->v[i].record.name;
	}
	qsort(next->records, next->record_count, sizeof(*next->records), by_record_name);
	qsort(next->roots.v, next->roots.n, sizeof(*next->roots.v), by_text);
	if (c->locked)
		take_locked(c->locked, next);
	else
		state_repos(a, &s->ap->repos, next);
	state_platform(a, &s->ap->platform, next);
	/* Of a switch without packages nothing was built by a toolchain. */
	if (!steps->n)
		next->toolchain = (struct opam_strings){0};
	else if (s->ap->builder_ready)
		next->toolchain = s->ap->builder.toolchain;
}

static bool
builds_something(const struct steps *steps, const struct change_options *options)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->v[i].touched)
			return true;
	return options->rebuild;
}

/* Everything is fetched before the first build begins, so that a missing source costs no build. */
static int
fetch_all(struct session *s, struct arena *a, struct steps *steps, struct err *e)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->v[i].touched && job_fetch(s, a, &steps->v[i], e) < 0)
			return -1;
	return 0;
}

int
change_apply(struct session *s, struct arena *a, const struct change *c, struct steps *steps,
	     const struct ledger_note *note, const struct change_options *options, struct change_result *out,
	     struct err *e)
{
	struct state next;
	struct err flushing;
	int rc;

	*out = (struct change_result){0};
	if (steps_definitions(s, a, steps, e) < 0)
		return -1;
	if (builds_something(steps, options) &&
	    (apply_builder(s->ap, a, e) < 0 || job_depexts(s, a, steps, e) < 0 ||
	     fetch_all(s, a, steps, e) < 0))
		return -1;
	rc = run_steps(s, a, steps, c, options, out, e);
	/* What was built stays known, whatever happened after it. */
	if (s->ap->builder_ready && build_cache_flush(&s->ap->builder, a, rc < 0 ? &flushing : e) < 0)
		return -1;
	if (rc < 0)
		return -1;
	change_state(s, a, c, steps, &next);
	return session_commit(s, a, &next, note, &out->commit, e);
}
