#include "apply/undo.h"

#include "apply/job.h"
#include "apply/recorded.h"

int
undo_last(struct session *s, struct arena *a, const struct ledger_note *note, struct oid *commit,
	  struct err *e)
{
	struct store_commit last;
	struct state before = {0};

	if (store_commit_read(s->ap->root->store, a, &s->head, &last, e) < 0)
		return -1;
	if (!last.parent_count) {
		err_set(e, ERR_USAGE, "%s has had one transaction only: its creation", s->name);
		return err_hint(e, "`pkg switch remove %s` removes it", s->name);
	}
	if (ledger_read(s->ap->root->store, a, &last.parents[0], &before, e) < 0)
		return -1;
	return session_commit(s, a, &before, note, commit, e);
}

/* --- rebuilding --- */

static const struct record_file *
file_of(const struct record_file *files, size_t n, struct str path)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(files[i].path, path))
			return &files[i];
	return NULL;
}

static struct str
first_difference(const struct record *was, const struct build_result *now)
{
	for (size_t i = 0; i < was->file_count; i++) {
		const struct record_file *f = &was->files[i],
					 *g = file_of(now->files, now->file_count, f->path);

		if (!g || f->mode != g->mode || !str_eq(f->sha256, g->sha256))
			return f->path;
	}
	for (size_t i = 0; i < now->file_count; i++)
		if (!file_of(was->files, was->file_count, now->files[i].path))
			return now->files[i].path;
	return (struct str){0};
}

static int
rebuild_step(struct session *s, struct arena *a, const struct steps *steps, size_t at, struct rebuilt *out,
	     struct err *e)
{
	const struct build_options options = {.rebuild = true};
	const struct step *step = &steps->v[at];
	struct build_result built = {0};
	struct build_ids ids;
	struct build_job job;

	*out = (struct rebuilt){.name = step->record.name, .version = step->record.version};
	if (job_of(s, a, steps, at, step->record.tested, step->record.documented, &job, e) < 0 ||
	    build_ids(&s->ap->builder, a, &job, &ids, e) < 0 ||
	    build_package(&s->ap->builder, a, &job, &ids, &options, &built, e) < 0)
		return err_note(e, "while building %.*s.%.*s again", STR_ARG(out->name),
				STR_ARG(out->version));
	out->same = oid_eq(&built.output.id, &step->record.output);
	if (!out->same)
		out->path = first_difference(&step->record, &built);
	return 0;
}

int
rebuild_check(struct session *s, struct arena *a, const struct opam_strings *names, struct rebuilt **out,
	      size_t *n, struct err *e)
{
	struct steps steps;

	for (size_t i = 0; i < names->n; i++)
		if (!state_record(&s->state, names->v[i]))
			return err_set(e, ERR_NOTFOUND, "%.*s is not installed", STR_ARG(names->v[i]));
	if (steps_recorded(s, a, &s->state, &steps, e) < 0 || apply_builder(s->ap, a, e) < 0)
		return -1;
	*out = arena_array(a, struct rebuilt, steps.n + 1);
	*n = 0;
	for (size_t i = 0; i < steps.n; i++)
		if ((!names->n || opam_strings_have(names, steps.v[i].record.name)) &&
		    rebuild_step(s, a, &steps, i, &(*out)[(*n)++], e) < 0)
			return -1;
	return 0;
}
