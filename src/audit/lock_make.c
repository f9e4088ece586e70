#include <stdlib.h>

#include "apply/job.h"
#include "apply/recorded.h"
#include "audit/lock.h"

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct record *)a)->name, ((const struct record *)b)->name);
}

/* The system packages of all records, each once. */
static void
collect_system(struct arena *a, struct lock *lock)
{
	const struct state *s = &lock->state;
	size_t n = 0, kept = 0;
	struct str *v;

	for (size_t i = 0; i < s->record_count; i++)
		n += s->records[i].depext_count;
	v = arena_array(a, struct str, n + 1);
	n = 0;
	for (size_t i = 0; i < s->record_count; i++)
		for (size_t j = 0; j < s->records[i].depext_count; j++)
			v[n++] = s->records[i].depexts[j];
	qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++)
		if (!kept || !str_eq(v[kept - 1], v[i]))
			v[kept++] = v[i];
	lock->system = (struct opam_strings){v, kept};
}

int
lock_of_state(struct session *s, struct arena *a, struct lock *out, struct err *e)
{
	for (size_t i = 0; i < s->state.record_count; i++) {
		const struct record *r = &s->state.records[i];

		if (r->source.class != SOURCE_LOCAL)
			continue;
		err_set(e, ERR_VERIFY, "%.*s comes from the folder %.*s, which no lock can name",
			STR_ARG(r->name), STR_ARG(r->source.url));
		return err_hint(e, "pin it to a commit: pkg pin add %.*s git+file://...", STR_ARG(r->name));
	}
	*out = (struct lock){.state = s->state};
	collect_system(a, out);
	return 0;
}

/* The input id needs the ids of what stands below, never their outputs. */
static int
lock_step(struct session *s, struct arena *a, struct steps *steps, size_t at, struct err *e)
{
	struct step *step = &steps->v[at];
	const struct version *v = step->planned->version;
	struct build_job job;
	struct build_ids ids;

	if (job_fetch(s, a, step, e) < 0 || job_of(s, a, steps, at, false, false, &job, e) < 0 ||
	    build_ids(&s->ap->builder, a, &job, &ids, e) < 0 ||
	    job_record(s, a, steps, at, &job, ids.input_id, &step->record, e) < 0)
		return err_note(e, "while locking %.*s.%.*s", STR_ARG(v->name), STR_ARG(v->version));
	return 0;
}

int
lock_of_request(struct session *s, struct arena *a, const struct change *c,
		const struct opam_strings *request, struct lock *out, struct err *e)
{
	/* The same switch with nothing installed: its invariant and its pins decide. */
	struct session empty = *s;
	struct session built;
	struct steps steps;

	empty.state.record_count = 0;
	empty.state.roots.n = 0;
	if (change_plan(&empty, a, c, &steps, e) < 0 || steps_definitions(&empty, a, &steps, e) < 0 ||
	    apply_builder(s->ap, a, e) < 0 || job_depexts(&empty, a, &steps, e) < 0)
		return -1;
	for (size_t i = 0; i < steps.n; i++)
		if (lock_step(&empty, a, &steps, i, e) < 0)
			return -1;
	built = empty;
	change_state(&empty, a, c, &steps, &built.state);
	if (lock_of_state(&built, a, out, e) < 0)
		return -1;
	out->request = (struct opam_strings){arena_array(a, struct str, request->n + 1), request->n};
	for (size_t i = 0; i < request->n; i++)
		out->request.v[i] = request->v[i];
	qsort(out->request.v, out->request.n, sizeof(*out->request.v), by_text);
	qsort(out->state.records, out->state.record_count, sizeof(*out->state.records), by_name);
	return 0;
}
