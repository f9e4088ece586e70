#include "apply/job.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/path.h"
#include "solver/roles.h"

static struct str
full_name(struct arena *a, const struct step *step)
{
	const struct version *v = step->planned->version;

	return str_printf(a, "%.*s.%.*s", STR_ARG(v->name), STR_ARG(v->version));
}

static int
add_extra(struct session *s, struct arena *a, struct str name, const struct oid *blob,
	  struct record_extra *out, struct err *e)
{
	struct str text;

	if (!path_is_plain(name))
		return err_set(e, ERR_PARSE, "the extra file '%.*s' leads out of the source", STR_ARG(name));
	if (store_blob_read(s->ap->root->store, a, blob, &text, e) < 0)
		return -1;
	*out = (struct record_extra){
		.name = name, .id = *blob, .sha256 = str_of(digest_hex(a, DIGEST_SHA256, text))};
	return 0;
}

static bool
checksum_holds(struct arena *a, struct str bytes, struct opam_checksum want)
{
	static const enum digest_kind kinds[] = {
		[HASH_MD5] = DIGEST_MD5, [HASH_SHA256] = DIGEST_SHA256, [HASH_SHA512] = DIGEST_SHA512};

	return str_is(want.hex, digest_hex(a, kinds[want.hash], bytes));
}

/* A file that `extra-files` lists, from files/ beside the definition. */
static int
add_listed(struct session *s, struct arena *a, struct step *step, const struct opam_extra_file *file,
	   struct record_extra *out, struct err *e)
{
	struct store *store = s->ap->root->store;
	struct store_entry entry;
	struct str text;

	if (!oid_is(&step->folder) ||
	    store_tree_find(store, a, &step->folder, arena_printf(a, "files/%.*s", STR_ARG(file->name)),
			    &entry, e) < 0)
		return err_set(e, ERR_FETCH, "%.*s: the extra file %.*s is not in its repository",
			       STR_ARG(full_name(a, step)), STR_ARG(file->name));
	if (store_blob_read(store, a, &entry.id, &text, e) < 0)
		return -1;
	if (!checksum_holds(a, text, file->checksum))
		return err_set(e, ERR_FETCH,
			       "%.*s: the extra file %.*s has another checksum than its definition says",
			       STR_ARG(full_name(a, step)), STR_ARG(file->name));
	return add_extra(s, a, file->name, &entry.id, out, e);
}

/* Which of the extra files are applied as patches: the names in the `patches` field, whatever their filter.
 */
static void
mark_patches(const struct opam_definition *d, struct record_extra *extras, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d->patches.n; j++)
			extras[i].patch |= str_eq(extras[i].name, d->patches.v[j].s);
}

int
job_fetch(struct session *s, struct arena *a, struct step *step, struct err *e)
{
	const struct opam_definition *d = step->definition;
	struct str name = full_name(a, step);
	const struct opam_finding *dropped = opam_source_dropped(d);
	struct record_extra *extras;
	size_t n = 0;

	if (dropped && !(step->has_source && step->has_extras)) {
		err_at(e, ERR_PARSE, dropped->at, "%.*s", STR_ARG(dropped->text));
		return err_note(e, "so the source of %.*s is not known", STR_ARG(name));
	}
	if (!step->has_source) {
		struct fetch_request r = {
			.package = name, .source = &d->url, .x_commit_hash = d->x_commit_hash};

		if (step->repo)
			r.repo_commit = step->repo->commit;
		if (fetch_source(&s->ap->fetch, a, &r, &step->source, e) < 0)
			return -1;
		step->has_source = true;
	}
	if (step->has_extras)
		return 0;
	extras = arena_array(a, struct record_extra, d->extra_source_count + d->extra_file_count + 1);
	for (size_t i = 0; i < d->extra_file_count; i++)
		if (add_listed(s, a, step, &d->extra_files[i], &extras[n++], e) < 0)
			return -1;
	for (size_t i = 0; i < d->extra_source_count; i++) {
		struct oid blob;

		if (fetch_file(&s->ap->fetch, a, name, &d->extra_sources[i], &blob, e) < 0 ||
		    add_extra(s, a, d->extra_sources[i].file, &blob, &extras[n++], e) < 0)
			return -1;
	}
	mark_patches(d, extras, n);
	step->extras = extras;
	step->extra_count = n;
	step->has_extras = true;
	return 0;
}

/* Marks what `at` reaches. Test and documentation edges count for the package itself only. */
static void
reach(const struct plan *plan, size_t at, bool own, bool *seen, bool *direct)
{
	const struct plan_package *p = &plan->packages[at];

	for (size_t i = 0; i < p->edge_count; i++) {
		const struct plan_edge *edge = &p->edges[i];

		if (edge->roles & EDGE_POST || (!own && edge->roles & EDGE_OWN))
			continue;
		if (own)
			direct[edge->to] = true;
		if (seen[edge->to])
			continue;
		seen[edge->to] = true;
		reach(plan, edge->to, false, seen, direct);
	}
}

int
job_view(struct session *s, struct arena *a, const struct steps *steps, size_t at, struct build_dep **deps,
	 size_t *n, struct err *e)
{
	bool *seen = arena_array(a, bool, steps->n + 1), *direct = arena_array(a, bool, steps->n + 1);

	reach(steps->plan, at, true, seen, direct);
	*deps = arena_array(a, struct build_dep, steps->n + 1);
	*n = 0;
	for (size_t i = 0; i < at; i++) {
		const struct record *record = &steps->v[i].record;
		struct build_dep *dep;

		if (!seen[i])
			continue;
		dep = &(*deps)[(*n)++];
		*dep = (struct build_dep){.name = record->name,
					  .version = record->version,
					  .definition = steps->v[i].definition,
					  .input_id = record->input_id,
					  .direct = direct[i]};
		if (oid_is(&record->output) &&
		    output_read(s->ap->root->store, a, &record->output, &dep->output, e) < 0)
			return -1;
	}
	return 0;
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

		r->deps[i] = (struct record_dep){to->name, to->version, roles_text(a, p->edges[i].roles)};
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
record_definition(struct session *s, struct arena *a, const struct step *step, struct record *r,
		  struct err *e)
{
	struct str text;

	if (store_blob_read(s->ap->root->store, a, &step->definition_id, &text, e) < 0)
		return -1;
	r->definition = step->definition_id;
	r->definition_sha256 = str_of(digest_hex(a, DIGEST_SHA256, text));
	if (step->repo)
		r->repo = step->repo->name;
	else if (step->repo_name.n)
		r->repo = step->repo_name;
	else if (step->old && !step->pin)
		r->repo = step->old->repo;
	return 0;
}

int
job_of(struct session *s, struct arena *a, const struct steps *steps, size_t at, bool with_test,
       bool with_doc, struct build_job *out, struct err *e)
{
	const struct step *step = &steps->v[at];
	const struct version *v = step->planned->version;
	struct opam_strings missing = {0};
	struct build_dep *deps;

	*out = (struct build_job){.name = v->name,
				  .version = v->version,
				  .definition = step->definition,
				  .definition_id = step->definition_id,
				  .source = &step->source,
				  .extras = step->extras,
				  .extra_count = step->extra_count,
				  .with_test = with_test,
				  .with_doc = with_doc,
				  .dev = is_dev(step),
				  .pinned = step->pin != NULL};
	if (job_view(s, a, steps, at, &deps, &out->dep_count, e) < 0)
		return -1;
	out->deps = deps;
	return build_depexts(&s->ap->builder, a, step->definition, v->name, v->version, &out->depexts,
			     &missing, e);
}

int
job_record(struct session *s, struct arena *a, const struct steps *steps, size_t at,
	   const struct build_job *job, struct str input_id, struct record *out, struct err *e)
{
	const struct step *step = &steps->v[at];

	*out = (struct record){.name = job->name,
			       .version = job->version,
			       .source = step->source,
			       .extras = step->extras,
			       .extra_count = step->extra_count,
			       .input_id = input_id,
			       .depexts = job->depexts.v,
			       .depext_count = job->depexts.n};
	record_deps(a, steps, step, out);
	return record_definition(s, a, step, out, e);
}

int
job_depexts(struct session *s, struct arena *a, const struct steps *steps, struct err *e)
{
	struct buf names = buf_new(a), packages = buf_new(a);

	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->v[i];
		struct opam_strings have = {0}, missing = {0};

		if (!step->touched)
			continue;
		if (build_depexts(&s->ap->builder, a, step->definition, step->planned->version->name,
				  step->planned->version->version, &have, &missing, e) < 0)
			return -1;
		for (size_t j = 0; j < missing.n; j++)
			buf_printf(&names, " %.*s", STR_ARG(missing.v[j]));
		if (missing.n)
			buf_printf(&packages, " %.*s", STR_ARG(step->planned->version->name));
	}
	if (!names.n)
		return 0;
	err_set(e, ERR_DEPEXT, "this system lacks packages that%s need%s:%s", packages.s,
		str_chr(str_of(packages.s + 1), ' ') < 0 ? "s" : "", names.s);
	return err_hint(e, "apt-get install%s", names.s);
}
