#include "apply/change.h"

#include <stdlib.h>

#include "apply/job.h"
#include "base/buf.h"
#include "base/digest.h"

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
		was += !str_is(step->old->deps[i].roles, "post") && !str_is(step->old->deps[i].roles, "test") &&
		       !str_is(step->old->deps[i].roles, "doc");
	for (size_t i = 0; i < p->edge_count; i++)
		now += !(p->edges[i].roles & (EDGE_POST | EDGE_TEST | EDGE_DOC));
	return was == now;
}

static struct str
role_text(struct arena *a, unsigned roles)
{
	static const struct {
		unsigned role;
		const char *text;
	} words[] = {{EDGE_BUILD, "build"}, {EDGE_POST, "post"}, {EDGE_TEST, "test"}, {EDGE_DOC, "doc"}, {EDGE_OPT, "opt"}};
	struct buf b = buf_new(a);

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (roles & words[i].role)
			buf_printf(&b, "%s%s", b.n ? " " : "", words[i].text);
	return buf_str(&b);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct record_dep *)a)->name, ((const struct record_dep *)b)->name);
}

static void
record_deps(struct arena *a, const struct steps *steps, const struct step *step, struct record *r)
{
	const struct plan_package *p = step->planned;

	r->deps = arena_array(a, struct record_dep, p->edge_count + 1);
	r->dep_count = p->edge_count;
	for (size_t i = 0; i < p->edge_count; i++) {
		const struct version *to = steps->plan->packages[p->edges[i].to].version;

		r->deps[i] = (struct record_dep){to->name, to->version, role_text(a, p->edges[i].roles)};
	}
	qsort(r->deps, r->dep_count, sizeof(*r->deps), by_name);
}

static bool
is_dev(const struct step *step)
{
	const struct opam_source *url = &step->definition->url;

	if (step->pin)
		return true;
	if (!url->present || url->src.backend == URL_HTTP || url->checksum_count)
		return false;
	return url->src.backend != URL_REPO && url->src.backend != URL_APT;
}

static int
record_definition(struct session *s, struct arena *a, const struct step *step, struct record *r, struct err *e)
{
	struct str text;

	if (store_blob_read(s->ap->root->store, a, &step->definition_id, &text, e) < 0)
		return -1;
	r->definition = step->definition_id;
	r->definition_sha256 = str_of(digest_hex(a, DIGEST_SHA256, text));
	r->repo = step->repo ? step->repo->name : (step->old && !step->pin ? step->old->repo : (struct str){0});
	return 0;
}

static int
build_step(struct session *s, struct arena *a, struct steps *steps, size_t at, const struct change *c,
	   const struct build_dep *deps, size_t dep_count, const struct change_options *options,
	   struct change_result *result, struct err *e)
{
	struct step *step = &steps->v[at];
	const struct version *v = step->planned->version;
	struct build_job job = {.name = v->name, .version = v->version, .definition = step->definition,
				.definition_id = step->definition_id, .source = &step->source, .deps = deps,
				.dep_count = dep_count, .pinned = step->pin != NULL, .dev = is_dev(step),
				.with_test = c->with_test && step->planned->with_test,
				.with_doc = c->with_doc && step->planned->root};
	struct build_options how = {.rebuild = options->rebuild, .keep = options->keep_build};
	struct opam_strings missing = {0};
	struct build_result built = {0};
	struct build_ids ids;
	struct record_extra *extras;
	struct record *r = &step->record;

	if (job_fetch(s, a, step, &extras, &job.extra_count, e) < 0)
		return -1;
	job.extras = extras;
	if (build_depexts(&s->ap->builder, a, step->definition, v->name, v->version, &job.depexts, &missing, e) < 0 ||
	    build_ids(&s->ap->builder, a, &job, &ids, e) < 0 ||
	    build_package(&s->ap->builder, a, &job, &ids, &how, &built, e) < 0)
		return err_note(e, "while building %.*s.%.*s", STR_ARG(v->name), STR_ARG(v->version));
	*r = (struct record){.name = v->name, .version = v->version, .source = step->source, .extras = extras,
			     .extra_count = job.extra_count, .input_id = ids.input_id, .build_key = ids.key,
			     .output = built.output.id, .sandbox = built.level, .files = built.files,
			     .file_count = built.file_count, .libraries = built.libraries,
			     .library_count = built.library_count, .images = built.images,
			     .image_count = built.image_count, .depexts = job.depexts.v,
			     .depext_count = job.depexts.n, .log = built.log, .tested = built.tested};
	result->built += !built.reused;
	result->reused += built.reused;
	record_deps(a, steps, step, r);
	return record_definition(s, a, step, r, e);
}

static int
run_steps(struct session *s, struct arena *a, struct steps *steps, const struct change *c,
	  const struct change_options *options, struct change_result *result, struct err *e)
{
	for (size_t i = 0; i < steps->n; i++) {
		struct step *step = &steps->v[i];
		struct build_dep *deps;
		size_t n;

		if (job_view(s, a, steps, i, &deps, &n, e) < 0)
			return -1;
		if (!step->touched && !options->rebuild && view_unchanged(s, step, deps, n)) {
			step->record = *step->old;
			continue;
		}
		if (apply_builder(s->ap, a, e) < 0 ||
		    build_step(s, a, steps, i, c, deps, n, options, result, e) < 0)
			return -1;
	}
	return 0;
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

		next->repos[i] = (struct state_repo){r->name, r->url, r->commit, r->upstream, r->upstream_path, r->dirty};
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
next_state(struct session *s, struct arena *a, const struct change *c, const struct steps *steps,
	   struct state *next)
{
	*next = s->state;
	if (c->invariant.n)
		next->invariant = c->invariant;
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
	for (size_t i = 0; i < steps->n; i++) {
		struct record_extra *extras;
		size_t n;

		if (steps->v[i].touched && job_fetch(s, a, &steps->v[i], &extras, &n, e) < 0)
			return -1;
	}
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
	if (builds_something(steps, options) &&
	    (apply_builder(s->ap, a, e) < 0 || job_depexts(s, a, steps, e) < 0 || fetch_all(s, a, steps, e) < 0))
		return -1;
	rc = run_steps(s, a, steps, c, options, out, e);
	/* What was built stays known, whatever happened after it. */
	if (s->ap->builder_ready && build_cache_flush(&s->ap->builder, a, rc < 0 ? &flushing : e) < 0)
		return -1;
	if (rc < 0)
		return -1;
	next_state(s, a, c, steps, &next);
	return session_commit(s, a, &next, note, &out->commit, e);
}
