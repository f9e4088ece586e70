#include "repo/taken.h"

#include <time.h>

#include "base/buf.h"

static const char subject[] = "snapshot in use";

static const char *
taken_ref(struct arena *a, struct str name)
{
	return arena_printf(a, "refs/pkg/snapshots/" STR_FMT, STR_ARG(name));
}

/* A commit of such a chain, and no snapshot. */
static bool
is_entry(const struct store_commit *commit)
{
	return str_starts(commit->message, subject) && store_trailer(commit->message, "Snapshot").n;
}

static int
read_entry(struct store *s, struct arena *a, const struct oid *id, struct repo_taken *out, struct err *e)
{
	struct store_commit c;

	if (store_commit_read(s, a, id, &c, e) < 0)
		return -1;
	*out = (struct repo_taken){.entry = *id, .time = c.committer.time};
	if (!is_entry(&c) || !oid_of(store_trailer(c.message, "Snapshot"), &out->commit))
		return err_set(e, ERR_VERIFY, "commit %s of the store is no entry of a history of snapshots",
			       id->hex);
	if (c.parent_count > 1)
		out->before = c.parents[0];
	out->url = store_trailer(c.message, "Address");
	out->etag = store_trailer(c.message, "ETag");
	out->modified = store_trailer(c.message, "Last-Modified");
	return 0;
}

int
repo_taken_last(struct store *s, struct arena *a, struct str name, struct repo_taken *out, struct err *e)
{
	struct oid id;

	return store_ref_get(s, taken_ref(a, name), &id, e) < 0 ? -1 : read_entry(s, a, &id, out, e);
}

int
repo_taken_list(struct store *s, struct arena *a, struct str name, struct repo_takens *out, struct err *e)
{
	struct repo_taken taken;
	struct err why = {0};

	*out = (struct repo_takens){0};
	if (repo_taken_last(s, a, name, &taken, &why) < 0)
		return why.code == ERR_NOTFOUND ? 0 : (*e = why, -1);
	for (;;) {
		struct oid before = taken.before;

		vec_push(a, out, taken);
		if (!oid_is(&before))
			return 0;
		if (read_entry(s, a, &before, &taken, e) < 0)
			return -1;
	}
}

static void
trailer(struct buf *b, const char *key, struct str value)
{
	if (value.n)
		buf_printf(b, "%s: " STR_FMT "\n", key, STR_ARG(value));
}

static struct str
message(struct arena *a, const struct repo_taken *taken)
{
	struct buf b = buf_new(a);

	buf_printf(&b, "%s\n\n", subject);
	trailer(&b, "Snapshot", oid_str(&taken->commit));
	trailer(&b, "Address", taken->url);
	trailer(&b, "ETag", taken->etag);
	trailer(&b, "Last-Modified", taken->modified);
	return buf_str(&b);
}

/* What was in use before this one: the newest entry, or the one before it if that is the same snapshot. */
static int
find_before(struct store *s, struct arena *a, struct str name, struct repo_taken *taken, bool *same,
	    struct err *e)
{
	struct repo_taken last = {0};
	struct err why = {0};

	if (repo_taken_last(s, a, name, &last, &why) < 0 && why.code != ERR_NOTFOUND)
		return *e = why, -1;
	taken->entry = last.entry;
	taken->before = last.entry;
	taken->time = time(NULL);
	*same = oid_is(&last.entry) && oid_eq(&last.commit, &taken->commit) && str_eq(last.url, taken->url);
	if (*same) {
		taken->before = last.before;
		taken->time = last.time;
		*same = str_eq(last.etag, taken->etag) && str_eq(last.modified, taken->modified);
	}
	return 0;
}

int
repo_taken_note(struct store *s, struct arena *a, struct str name, const struct repo_taken *taken,
		struct err *e)
{
	struct repo_taken t = *taken;
	struct store_commit snapshot, c = {0};
	struct oid id;
	bool same;

	if (find_before(s, a, name, &t, &same, e) < 0)
		return -1;
	if (same)
		return 0;
	if (store_commit_read(s, a, &t.commit, &snapshot, e) < 0)
		return -1;
	c.tree = snapshot.tree;
	c.parents = arena_array(a, struct oid, 2);
	if (oid_is(&t.before))
		c.parents[c.parent_count++] = t.before;
	c.parents[c.parent_count++] = t.commit;
	c.author = (struct store_sign){.name = STR("pkg"), .email = STR("pkg@localhost"), .time = t.time};
	c.committer = c.author;
	c.message = message(a, &t);
	if (store_commit_write(s, &c, &id, e) < 0 || store_flush(s, e) < 0)
		return -1;
	return store_ref_set(s, taken_ref(a, name), &id, NULL, "snapshot in use", e);
}

int
repo_taken_forget(struct store *s, struct arena *a, struct str name, struct err *e)
{
	struct err why = {0};

	if (store_ref_delete(s, taken_ref(a, name), &why) < 0 && why.code != ERR_NOTFOUND)
		return *e = why, -1;
	return 0;
}
