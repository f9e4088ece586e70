#include "build/cache.h"

#include "base/debug.h"
#include "base/fs.h"
#include "build/sandbox.h"
#include "build/state.h"

#define BUILDS "refs/pkg/builds"
#define JOURNAL "index/built"

enum {
	UNSAVED_MS = 1000, /* what one is ready to build again after a kill */
	ENTRY_MAX = 256 << 20,
	TRIES = 50,
};
static const int64_t NO_DATE = 315532800; /* of the commit: no time in it, so equal caches are equal */

static struct str
level_of(struct str text)
{
	return str_is(text, "full") ? STR("full") : STR("reduced");
}

/* full/ab/cd/abcd... */
static const char *
entry_path(struct arena *a, struct str level, struct str key, const char *suffix)
{
	return arena_printf(a, STR_FMT "/%.2s/%.2s/" STR_FMT "%s", STR_ARG(level), key.s, key.s + 2,
			    STR_ARG(key), suffix);
}

/* --- reading --- */

static int
refresh(const struct builder *b, struct arena *a, struct err *e)
{
	struct build_state *state = b->state;
	struct store_commit commit;
	struct err why = {0};
	struct oid now;

	if (store_ref_get(b->root->store, BUILDS, &now, &why) < 0) {
		state->builds = state->builds_tree = (struct oid){0};
		if (why.code == ERR_NOTFOUND)
			return 0;
		*e = why;
		return -1;
	}
	if (oid_eq(&now, &state->builds))
		return 0;
	if (store_commit_read(b->root->store, a, &now, &commit, e) < 0)
		return err_note(e, "while reading " BUILDS);
	state->builds = now;
	state->builds_tree = commit.tree;
	return 0;
}

/* An entry that names an output which is gone, or that cannot be read, is no entry. */
static bool
use_text(const struct builder *b, struct arena *a, struct str text, struct build_result *out)
{
	struct err ignored;
	struct oid output;

	if (cache_entry_read(a, text, &output, out, &ignored) < 0 || !store_has(b->root->store, &output) ||
	    output_read(b->root->store, a, &output, &out->output, &ignored) < 0) {
		*out = (struct build_result){0};
		return false;
	}
	return true;
}

static bool
find_at(const struct builder *b, struct arena *a, struct str level, struct str key, struct build_result *out)
{
	const struct build_state *state = b->state;
	struct store_entry entry;
	struct err ignored;
	struct str text;

	if (oid_is(&state->builds_tree) &&
	    store_tree_find(b->root->store, a, &state->builds_tree, entry_path(a, level, key, ".json"),
			    &entry, &ignored) == 0 &&
	    store_blob_read(b->root->store, a, &entry.id, &text, &ignored) == 0 && use_text(b, a, text, out))
		return true;
	return fs_read(a, b->root->fd,
		       arena_printf(a, JOURNAL "/" STR_FMT "-" STR_FMT, STR_ARG(level), STR_ARG(key)),
		       ENTRY_MAX, &text, &ignored) == 0 &&
	       use_text(b, a, text, out);
}

int
cache_find(const struct builder *b, struct arena *a, struct str key, bool *found, struct build_result *out,
	   struct err *e)
{
	const struct cache_pending *pending = map_get(&b->state->pending, key);
	bool full = str_is(b->sandbox->level, "full");

	if (pending) {
		*found = use_text(b, a, pending->text, out);
	} else {
		if (refresh(b, a, e) < 0)
			return -1;
		*found = find_at(b, a, STR("full"), key, out) ||
			 (!full && find_at(b, a, STR("reduced"), key, out));
	}
	if (*found) {
		out->log = str_dup(a, key);
		out->reused = true;
	}
	return 0;
}

/* --- writing --- */

/* Makes what was built durable, and known to other processes. */
static int
save(const struct builder *b, struct arena *a, struct err *e)
{
	struct build_state *state = b->state;

	if (store_flush(b->root->store, e) < 0 || fs_mkdirs(b->root->fd, JOURNAL, 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < state->pending.n; i++) {
		struct cache_pending *p = state->pending.entries[i].value;

		if (p->journaled)
			continue;
		if (fs_write(b->root->fd,
			     arena_printf(a, JOURNAL "/" STR_FMT "-" STR_FMT, STR_ARG(p->level),
					  STR_ARG(p->key)),
			     p->text, 0644, false, e) < 0)
			return -1;
		p->journaled = true;
	}
	state->unsaved_ms = 0;
	return 0;
}

int
build_cache_save(const struct builder *b, struct arena *a, struct err *e)
{
	return save(b, a, e);
}

int
cache_add(const struct builder *b, struct arena *a, struct str key, const struct build_result *r,
	  struct err *e)
{
	struct build_state *state = b->state;
	struct cache_pending *p = arena_new(state->a, struct cache_pending);

	*p = (struct cache_pending){.key = str_dup(state->a, key),
				    .level = level_of(r->level),
				    .text = str_dup(state->a, cache_entry_text(a, r)),
				    .output = r->output.id};
	map_set(&state->pending, p->key, p);
	state->unsaved_ms += r->ms;
	return state->unsaved_ms < UNSAVED_MS ? 0 : save(b, a, e);
}

static int
put(const struct builder *b, struct arena *a, struct store_builder *tree, const struct cache_pending *p,
    struct err *e)
{
	if (store_builder_put_text(tree, entry_path(a, p->level, p->key, ".json"), p->text, e) < 0)
		return -1;
	if (!store_has(b->root->store, &p->output))
		return err_set(e, ERR_BUG, "the output %s is not in the store", p->output.hex);
	store_builder_put(tree, entry_path(a, p->level, p->key, ""), MODE_DIR, &p->output);
	return 0;
}

/* What killed processes have left in the journal; also what living ones have, which does no harm. */
static void
read_journal(const struct builder *b, struct arena *a, struct map *all)
{
	struct fs_entries entries;
	struct err ignored;

	if (fs_list(a, b->root->fd, JOURNAL, &entries, &ignored) < 0)
		return;
	for (size_t i = 0; i < entries.n; i++) {
		struct cache_pending *p = arena_new(a, struct cache_pending);
		struct str key = str_of(entries.v[i].name), level;
		struct build_result r;

		str_cut(&key, '-', &level);
		if (key.n != 64 || map_has(all, key) ||
		    fs_read(a, b->root->fd, arena_printf(a, JOURNAL "/%s", entries.v[i].name), ENTRY_MAX,
			    &p->text, &ignored) < 0 ||
		    !use_text(b, a, p->text, &r))
			continue;
		*p = (struct cache_pending){.key = key,
					    .level = level_of(r.level),
					    .text = p->text,
					    .output = r.output.id,
					    .journaled = true};
		map_set(all, key, p);
	}
}

static int
write_commit(const struct builder *b, struct arena *a, const struct map *all, struct oid *out, struct err *e)
{
	const struct oid *base = oid_is(&b->state->builds_tree) ? &b->state->builds_tree : NULL;
	struct store_builder *tree = store_builder_new(b->root->store, a, base);
	struct store_sign sign = {STR("pkg"), STR("pkg@localhost"), NO_DATE, 0};
	struct store_commit commit = {.author = sign, .committer = sign, .message = STR("builds\n")};

	for (size_t i = 0; i < all->n; i++)
		if (put(b, a, tree, all->entries[i].value, e) < 0)
			return -1;
	if (store_builder_write(tree, &commit.tree, e) < 0)
		return -1;
	return store_commit_write(b->root->store, &commit, out, e);
}

static void
forget_journal(const struct builder *b, struct arena *a, const struct map *all)
{
	struct err ignored;

	for (size_t i = 0; i < all->n; i++) {
		const struct cache_pending *p = all->entries[i].value;

		if (p->journaled)
			fs_remove(b->root->fd,
				  arena_printf(a, JOURNAL "/" STR_FMT "-" STR_FMT, STR_ARG(p->level),
					       STR_ARG(p->key)),
				  &ignored);
	}
}

int
build_cache_flush(const struct builder *b, struct arena *a, struct err *e)
{
	struct build_state *state = b->state;
	struct map all = map_new(a);
	struct oid was, now;

	for (size_t i = 0; i < state->pending.n; i++)
		map_set(&all, state->pending.entries[i].key, state->pending.entries[i].value);
	read_journal(b, a, &all);
	if (!all.n)
		return 0;
	for (unsigned tries = 0; tries < TRIES; tries++) {
		if (refresh(b, a, e) < 0)
			return -1;
		was = state->builds;
		if (write_commit(b, a, &all, &now, e) < 0 || store_flush(b->root->store, e) < 0)
			return err_note(e, "while keeping what was built");
		if (oid_eq(&now, &was) ||
		    store_ref_set(b->root->store, BUILDS, &now, &was, "builds", e) == 0) {
			forget_journal(b, a, &all);
			state->pending = map_new(state->a);
			state->unsaved_ms = 0;
			return 0;
		}
		debug(DEBUG_BUILD, BUILDS " has moved: %s", e->msg);
	}
	return err_note(e, "while keeping what was built: " BUILDS " moved %d times", TRIES);
}
