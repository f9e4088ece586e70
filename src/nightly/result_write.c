#include "nightly/result.h"

#include <time.h>

#include "base/buf.h"
#include "base/json.h"

#define REF "refs/pkg/nightly/"

enum { FORMAT = 1 };

/* --- texts --- */

static void
put_strings(struct json *j, const char *key, const struct str *v, size_t n)
{
	if (!n)
		return;
	json_key_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_add_str(j, v[i]);
	json_end(j);
}

/* Keys in order, as in all that is hashed. */
static void
put_fate(struct json *j, const struct night_fate *f)
{
	json_key_str(j, "reason", f->reason);
	json_key_c(j, "state", night_state_text(f->state));
	if (f->state == NIGHT_FAILED || f->state == NIGHT_TIMEOUT)
		json_key_int(j, "status", f->status);
	json_key_str(j, "step", f->step);
}

static struct str
package_text(struct arena *a, const struct night_package *p)
{
	const struct night_node *node = p->node;
	struct json j = json_new(a);

	json_object(&j);
	put_strings(&j, "blocked-by", p->fate.culprits.v, p->fate.culprits.n);
	json_key_str(&j, "command", p->fate.command);
	put_strings(&j, "depends", p->deps, p->dep_count);
	json_key_str(&j, "detail", p->fate.detail);
	json_key_int(&j, "format", FORMAT);
	if (node) {
		json_key_str(&j, "input-id", node->input_id);
		json_key_str(&j, "key", node->key);
	}
	json_key_str(&j, "name", p->name);
	if (node)
		json_key_c(&j, "output", node->output_id.hex);
	put_fate(&j, &p->fate);
	json_key_str(&j, "version", p->version);
	json_end(&j);
	return json_done(&j);
}

static struct str
failure_text(struct arena *a, const struct night_node *node)
{
	struct json j = json_new(a);

	json_object(&j);
	json_key_str(&j, "command", node->fate.command);
	json_key_str(&j, "detail", node->fate.detail);
	json_key_int(&j, "format", FORMAT);
	json_key_str(&j, "package",
		     str_printf(a, STR_FMT "." STR_FMT, STR_ARG(node->name), STR_ARG(node->version)));
	put_fate(&j, &node->fate);
	json_end(&j);
	return json_done(&j);
}

static struct str
summary_text(struct arena *a, const struct night *n)
{
	const struct repos *repos = &n->ap->repos;
	size_t counts[NIGHT_STATE_COUNT] = {0};
	struct json j = json_new(a);

	for (size_t i = 0; i < n->package_count; i++)
		counts[n->packages[i].fate.state]++;
	json_object(&j);
	json_key_object(&j, "base");
	json_key_str(&j, "digest", str_printf(a, "sha256:" STR_FMT, STR_ARG(n->base.digest)));
	json_key_str(&j, "distribution", n->base.platform.distribution);
	json_key_str(&j, "name", n->base.name);
	json_key_str(&j, "version", n->base.platform.version);
	json_end(&j);
	json_key_object(&j, "counts");
	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++)
		json_key_int(&j, night_state_text((enum night_state)i), (int64_t)counts[i]);
	json_end(&j);
	json_key_int(&j, "format", FORMAT);
	json_key_array(&j, "repositories");
	for (size_t i = 0; i < repos->n; i++) {
		json_object(&j);
		json_key_c(&j, "commit", repos->v[i].commit.hex);
		json_key_str(&j, "name", repos->v[i].name);
		json_key_c(&j, "upstream", repos->v[i].upstream.hex);
		json_end(&j);
	}
	json_end(&j);
	json_key_str(&j, "selection", n->selection);
	json_end(&j);
	return json_done(&j);
}

/* --- the tree --- */

static const char *
failure_path(struct arena *a, struct str key)
{
	return arena_printf(a, "failed/%.2s/" STR_FMT ".json", key.s, STR_ARG(key));
}

/* What the machine failed at may go well tomorrow; all else that failed would fail again. */
static bool
is_lasting(const struct night_node *node)
{
	return node->key.n && (node->fate.state == NIGHT_FAILED || node->fate.state == NIGHT_TIMEOUT);
}

/* A whole night forgets what it did not meet; one of a few packages keeps it. */
static int
put_failures(struct night *n, struct store_builder *b, const struct oid *before, struct err *e)
{
	struct store *store = n->ap->root->store;
	struct store_entry old;
	struct err none;

	if (!str_is(n->selection, "all") && oid_is(before) &&
	    store_tree_find(store, n->a, before, "failed", &old, &none) == 0)
		store_builder_put(b, "failed", MODE_DIR, &old.id);
	for (size_t i = 0; i < n->nodes.n; i++) {
		const struct night_node *node = n->nodes.v[i];

		if (is_lasting(node) &&
		    store_builder_put_text(b, failure_path(n->a, node->key), failure_text(n->a, node), e) < 0)
			return -1;
	}
	return 0;
}

static int
write_tree(struct night *n, const struct oid *before, struct oid *tree, struct err *e)
{
	struct store_builder *b = store_builder_new(n->ap->root->store, n->a, NULL);

	if (store_builder_put_text(b, "summary.json", summary_text(n->a, n), e) < 0 ||
	    put_failures(n, b, before, e) < 0)
		return -1;
	for (size_t i = 0; i < n->package_count; i++) {
		const char *path =
			arena_printf(n->a, "packages/" STR_FMT ".json", STR_ARG(n->packages[i].name));

		if (store_builder_put_text(b, path, package_text(n->a, &n->packages[i]), e) < 0)
			return -1;
	}
	return store_builder_write(b, tree, e);
}

/* --- the commit --- */

static struct str
message(struct night *n, const struct ledger_note *note, struct night_cost cost)
{
	size_t counts[NIGHT_STATE_COUNT] = {0};
	struct buf b = buf_new(n->a);
	const char *between = ": ";
	struct timespec now;

	for (size_t i = 0; i < n->package_count; i++)
		counts[n->packages[i].fate.state]++;
	buf_printf(&b, "night " STR_FMT, STR_ARG(n->name));
	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++)
		if (counts[i]) {
			buf_printf(&b, "%s%zu %s", between, counts[i], night_state_text((enum night_state)i));
			between = ", ";
		}
	buf_adds(&b, "\n\n");
	if (note->reason.n)
		buf_printf(&b, STR_FMT "\n\n", STR_ARG(str_trim(note->reason)));
	clock_gettime(CLOCK_REALTIME, &now);
	buf_printf(&b, "Built: %zu\nEnded-Ms: %lld\nWall-Ms: %ld\nCpu-Ms: %ld\nCommand: ", n->built,
		   (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, cost.wall_ms, cost.cpu_ms);
	for (size_t i = 0; i < note->command.n; i++) {
		unsigned char c = (unsigned char)note->command.s[i];

		buf_addc(&b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
	buf_adds(&b, "\nPkg-Version: " PKG_VERSION "\n");
	return buf_str(&b);
}

static int
last_night(struct night *n, struct oid *commit, struct oid *tree, struct err *e)
{
	struct store *store = n->ap->root->store;
	struct store_commit c;
	struct err why = {0};

	*commit = *tree = (struct oid){0};
	if (store_ref_get(store, arena_printf(n->a, REF STR_FMT, STR_ARG(n->name)), commit, &why) < 0) {
		*commit = (struct oid){0};
		return why.code == ERR_NOTFOUND ? 0 : (*e = why, -1);
	}
	if (store_commit_read(store, n->a, commit, &c, e) < 0)
		return -1;
	*tree = c.tree;
	return 0;
}

int
night_commit(struct night *n, const struct ledger_note *note, struct night_cost cost, struct oid *out,
	     struct err *e)
{
	struct store *store = n->ap->root->store;
	struct oid parent, before;
	struct store_commit c = {0};

	if (last_night(n, &parent, &before, e) < 0)
		return -1;
	c.author = c.committer =
		(struct store_sign){.name = note->user_name, .email = note->user_email, .time = note->time};
	c.message = message(n, note, cost);
	c.parents = &parent;
	c.parent_count = oid_is(&parent);
	if (write_tree(n, &before, &c.tree, e) < 0 || store_commit_write(store, &c, out, e) < 0 ||
	    store_flush(store, e) < 0 ||
	    store_ref_set(store, arena_printf(n->a, REF STR_FMT, STR_ARG(n->name)), out, &parent, "night",
			  e) < 0)
		return err_note(e, "while writing the result of the night");
	return 0;
}

/* --- what failed before --- */

struct memory {
	struct night *n;
	struct store *store;
};

static int
remember(void *ctx, const char *path, unsigned mode, const struct oid *id, struct err *e)
{
	struct memory *m = ctx;
	struct arena *a = m->n->a;
	struct night_fate *fate = arena_new(a, struct night_fate);
	struct str text, key = str_of(path);
	json_value *doc;

	(void)mode;
	if (store_blob_read(m->store, a, id, &text, e) < 0)
		return -1;
	doc = json_parse(text, path, e);
	if (!doc)
		return -1;
	fate->reason = json_dup(a, doc, "reason");
	fate->detail = json_dup(a, doc, "detail");
	fate->step = json_dup(a, doc, "step");
	fate->command = json_dup(a, doc, "command");
	fate->status = (int)json_int(doc, "status");
	key = str_sub(key, (size_t)(str_chr(key, '/') + 1), key.n);
	if (str_ends(key, ".json") && night_state_of(json_str(doc, "state"), &fate->state)) {
		key.n -= sizeof(".json") - 1;
		map_set(&m->n->failures, str_dup(a, key), fate);
	}
	json_free(doc);
	return 0;
}

int
night_remember(struct night *n, struct err *e)
{
	struct memory m = {n, n->ap->root->store};
	struct store_entry entry;
	struct oid commit, tree;
	struct err none;

	n->failures = map_new(n->a);
	if (last_night(n, &commit, &tree, e) < 0)
		return -1;
	if (!oid_is(&tree) || store_tree_find(m.store, n->a, &tree, "failed", &entry, &none) < 0)
		return 0;
	return store_tree_walk(m.store, &entry.id, remember, &m, e);
}
