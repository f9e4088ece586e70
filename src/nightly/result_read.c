#include "nightly/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define REF "refs/pkg/nightly/"

enum { WALK_MAX = 10000 };

static int
read_row(struct store *s, struct arena *a, const struct oid *id, struct night_row *row, struct err *e)
{
	struct str text;
	json_value *doc;
	int rc = 0;

	if (store_blob_read(s, a, id, &text, e) < 0)
		return -1;
	doc = json_parse(text, "a package of a night", e);
	if (!doc)
		return -1;
	*row = (struct night_row){.name = json_dup(a, doc, "name"),
				  .version = json_dup(a, doc, "version"),
				  .key = json_dup(a, doc, "key"),
				  .input_id = json_dup(a, doc, "input-id")};
	row->fate = (struct night_fate){.reason = json_dup(a, doc, "reason"),
					.detail = json_dup(a, doc, "detail"),
					.step = json_dup(a, doc, "step"),
					.command = json_dup(a, doc, "command"),
					.status = (int)json_int(doc, "status")};
	row->deps.v = json_strs(a, json_get(doc, "depends"), &row->deps.n);
	row->fate.culprits.v = json_strs(a, json_get(doc, "blocked-by"), &row->fate.culprits.n);
	if (!night_state_of(json_str(doc, "state"), &row->fate.state))
		rc = err_set(e, ERR_VERIFY, "a night of a newer pkg: the state '" STR_FMT "' is unknown",
			     STR_ARG(json_str(doc, "state")));
	json_free(doc);
	return rc;
}

static int
read_summary(struct store *s, struct arena *a, const struct oid *tree, struct night_result *out,
	     struct err *e)
{
	const json_value *base, *repos;
	struct store_entry entry;
	struct str text;
	json_value *doc;

	if (store_tree_find(s, a, tree, "summary.json", &entry, e) < 0 ||
	    store_blob_read(s, a, &entry.id, &text, e) < 0)
		return -1;
	doc = json_parse(text, "summary.json", e);
	if (!doc)
		return -1;
	base = json_get(doc, "base");
	repos = json_get(doc, "repositories");
	out->base = json_dup(a, base, "name");
	out->digest = json_dup(a, base, "digest");
	out->distribution = json_dup(a, base, "distribution");
	out->version = json_dup(a, base, "version");
	out->selection = json_dup(a, doc, "selection");
	out->repos = arena_array(a, struct state_repo, json_count(repos) + 1);
	for (const json_value *v = json_first(repos); v; v = json_next(v)) {
		struct state_repo *r = &out->repos[out->repo_count++];

		r->name = json_dup(a, v, "name");
		oid_of(json_str(v, "commit"), &r->commit);
		oid_of(json_str(v, "upstream"), &r->upstream);
	}
	json_free(doc);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct night_row *)a)->name, ((const struct night_row *)b)->name);
}

static int
read_rows(struct store *s, struct arena *a, const struct oid *tree, struct night_result *out, struct err *e)
{
	struct store_entries entries;
	struct store_entry folder;
	struct err none;

	if (store_tree_find(s, a, tree, "packages", &folder, &none) < 0)
		return 0; /* a night without packages */
	if (store_tree_list(s, a, &folder.id, &entries, e) < 0)
		return -1;
	out->rows = arena_array(a, struct night_row, entries.n + 1);
	for (size_t i = 0; i < entries.n; i++) {
		if (read_row(s, a, &entries.v[i].id, &out->rows[out->row_count], e) < 0)
			return -1;
		out->counts[out->rows[out->row_count++].fate.state]++;
	}
	qsort(out->rows, out->row_count, sizeof(*out->rows), by_name);
	return 0;
}

static long
number_trailer(struct arena *a, struct str message, const char *key)
{
	return strtol(str_c(a, store_trailer(message, key)), NULL, 10);
}

int
night_read(struct store *s, struct arena *a, struct str name, const struct oid *commit,
	   struct night_result *out, struct err *e)
{
	struct store_commit c;

	*out = (struct night_result){.commit = *commit, .name = name};
	if (store_commit_read(s, a, commit, &c, e) < 0 || read_summary(s, a, &c.tree, out, e) < 0 ||
	    read_rows(s, a, &c.tree, out, e) < 0)
		return err_note(e, "while reading the night %s", commit->hex);
	out->time = c.committer.time;
	out->cost = (struct night_cost){number_trailer(a, c.message, "Wall-Ms"),
					number_trailer(a, c.message, "Cpu-Ms")};
	if (c.parent_count)
		out->parent = c.parents[0];
	return 0;
}

const struct night_row *
night_row(const struct night_result *r, struct str name)
{
	const struct night_row want = {.name = name};

	return r->row_count ? bsearch(&want, r->rows, r->row_count, sizeof(*r->rows), by_name) : NULL;
}

/* --- finding one --- */

static int
newest(struct store *s, struct arena *a, struct str *name, struct oid *commit, struct err *e)
{
	struct store_refs refs = {0};
	int64_t best = -1;

	if (store_refs(s, a, REF, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct store_commit c;
		int64_t ended;

		if (store_commit_read(s, a, &refs.v[i].id, &c, e) < 0)
			return -1;
		ended = number_trailer(a, c.message, "Ended-Ms");
		if (ended <= best)
			continue;
		best = ended;
		*commit = refs.v[i].id;
		*name = str_sub(refs.v[i].name, sizeof(REF) - 1, refs.v[i].name.n);
	}
	if (best >= 0)
		return 0;
	err_set(e, ERR_NOTFOUND, "there was no night yet");
	return err_hint(e, "`pkg nightly run` builds the repositories");
}

/* Whose history a commit is in. */
static int
by_commit(struct store *s, struct arena *a, const struct oid *id, struct str *name, struct oid *commit,
	  struct err *e)
{
	struct store_refs refs = {0};

	if (store_refs(s, a, REF, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++)
		if (oid_eq(&refs.v[i].id, id) ||
		    (store_type(s, id) == STORE_COMMIT && store_descends(s, &refs.v[i].id, id))) {
			*name = str_sub(refs.v[i].name, sizeof(REF) - 1, refs.v[i].name.n);
			*commit = *id;
			return 0;
		}
	return err_set(e, ERR_NOTFOUND, "no night has the commit %s", id->hex);
}

/* `back` runs before *commit. */
static int
walk_back(struct store *s, struct arena *a, struct str name, long back, struct oid *commit, struct err *e)
{
	for (long i = 0; i < back; i++) {
		struct store_commit c;

		if (store_commit_read(s, a, commit, &c, e) < 0)
			return -1;
		if (!c.parent_count)
			return err_set(e, ERR_NOTFOUND, "the night " STR_FMT " ran %ld time%s only",
				       STR_ARG(name), i + 1, i ? "s" : "");
		*commit = c.parents[0];
	}
	return 0;
}

int
night_find(struct store *s, struct arena *a, struct str text, struct str *name, struct oid *commit,
	   struct err *e)
{
	ptrdiff_t tilde = str_chr(text, '~');
	struct str own = tilde < 0 ? text : str_sub(text, 0, (size_t)tilde);
	long back = tilde < 0 ? 0 : strtol(str_c(a, str_sub(text, (size_t)tilde + 1, text.n)), NULL, 10);
	struct err why = {0};
	struct oid id;

	if (tilde >= 0 && str_is(str_sub(text, (size_t)tilde, text.n), "~"))
		back = 1;
	if (back < 0 || back > WALK_MAX)
		return err_set(e, ERR_USAGE, "'" STR_FMT "' names no night", STR_ARG(text));
	*name = own;
	if (!own.n) {
		if (newest(s, a, name, commit, e) < 0)
			return -1;
	} else if (oid_of(own, &id)) {
		if (by_commit(s, a, &id, name, commit, e) < 0)
			return -1;
	} else if (store_ref_get(s, arena_printf(a, REF STR_FMT, STR_ARG(own)), commit, &why) < 0) {
		if (why.code != ERR_NOTFOUND)
			return *e = why, -1;
		err_set(e, ERR_NOTFOUND, "there is no night " STR_FMT, STR_ARG(own));
		return err_hint(e, "`pkg nightly run --name " STR_FMT "` makes one", STR_ARG(own));
	}
	return walk_back(s, a, *name, back, commit, e);
}

/* --- comparing --- */

static bool
is_good(const struct night_row *r)
{
	return night_state_good(r->fate.state);
}

static bool
differs(const struct night_row *was, const struct night_row *now, int *kind)
{
	if (is_good(was) != is_good(now)) {
		*kind = is_good(now) ? DIFF_MENDED : DIFF_BROKEN;
		return true;
	}
	*kind = DIFF_CHANGED;
	return (!is_good(now) && was->fate.state != now->fate.state) || !str_eq(was->version, now->version);
}

static int
by_kind(const void *a, const void *b)
{
	const struct night_difference *l = a, *r = b;

	return l->kind != r->kind ? (int)l->kind - (int)r->kind : str_cmp(l->name, r->name);
}

void
night_diff(struct arena *a, const struct night_result *was, const struct night_result *now,
	   struct night_difference **out, size_t *n)
{
	struct night_difference *v =
		arena_array(a, struct night_difference, was->row_count + now->row_count + 1);
	int kind;

	*n = 0;
	for (size_t i = 0; i < now->row_count; i++) {
		const struct night_row *row = &now->rows[i], *old = night_row(was, row->name);

		if (!old)
			v[(*n)++] = (struct night_difference){row->name, NULL, row, DIFF_NEW};
		else if (differs(old, row, &kind))
			v[(*n)++] = (struct night_difference){row->name, old, row, kind};
	}
	for (size_t i = 0; i < was->row_count; i++)
		if (!night_row(now, was->rows[i].name))
			v[(*n)++] =
				(struct night_difference){was->rows[i].name, &was->rows[i], NULL, DIFF_GONE};
	qsort(v, *n, sizeof(*v), by_kind);
	*out = v;
}
