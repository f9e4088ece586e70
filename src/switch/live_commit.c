/* The one step from a state to the next, and putting right what a killed process left.
 *
 * The order is: intent, exchange, ref, HEAD of a new switch, what came meanwhile, intent dropped. The
 * ref decides: whichever prefix shows its commit is made the live one. So at any kill: before the ref
 * moved the old prefix comes back, after it the new one stays.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "switch/assemble.h"

/* A removal names no new commit, a creation no old one. */
struct intent {
	bool there;
	struct oid old, new;
};

/* All names of one switch in one place. */
struct names {
	const char *name;
	const char *live, *prev, *intent; /* relative to the root */
	const char *ref;
};

static struct names
names_of(struct arena *a, const char *name)
{
	return (struct names){name, arena_printf(a, "switches/%s", name), live_file(a, name, "prev"),
			      live_file(a, name, "intent"), arena_printf(a, "refs/heads/%s", name)};
}

/* --- the intent --- */

/* Written beside under a fixed name, which recovery knows. */
static int
intent_write(const struct root *r, struct arena *a, const struct names *n, const struct oid *old,
	     const struct oid *new, struct err *e)
{
	struct str text = str_printf(a, "old %s\nnew %s\n", oid_is(old) ? old->hex : "none",
				     oid_is(new) ? new->hex : "none");
	const char *temp = arena_printf(a, "%s.new", n->intent);
	AUTO_FD fd = openat(r->fd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(e, "making %s", temp);
	if (fs_write_all(fd, text.s, text.n, e) < 0)
		return -1;
	if (fsync(fd) < 0 || renameat(r->fd, temp, r->fd, n->intent) < 0)
		return err_sys(e, "writing %s", n->intent);
	return fs_sync_dir(r->fd, "switches", e);
}

static bool
intent_field(struct str *rest, const char *key, struct oid *out)
{
	struct str line;

	if (!str_cut(rest, '\n', &line) || !str_starts(line, key))
		return false;
	line = str_sub(line, strlen(key), line.n);
	return str_is(line, "none") || oid_of(line, out);
}

static int
intent_read(const struct root *r, struct arena *a, const struct names *n, struct intent *out, struct err *e)
{
	struct str text;

	*out = (struct intent){0};
	/* One that was not finished has not been. */
	if (unlinkat(r->fd, arena_printf(a, "%s.new", n->intent), 0) < 0 && errno != ENOENT)
		return err_sys(e, "removing %s.new", n->intent);
	if (!fs_exists(r->fd, n->intent))
		return 0;
	if (fs_read(a, r->fd, n->intent, 4096, &text, e) < 0)
		return -1;
	if (!intent_field(&text, "old ", &out->old) || !intent_field(&text, "new ", &out->new)) {
		err_set(e, ERR_CONFIG, "%s/%s is damaged", r->path, n->intent);
		return err_hint(e, "the ref of the switch decides; remove that file");
	}
	out->there = true;
	return 0;
}

/* What was done must be durable before the word that it was to be done goes. */
static int
intent_drop(const struct root *r, const struct names *n, struct err *e)
{
	if (fs_sync_dir(r->fd, "switches", e) < 0)
		return -1;
	if (unlinkat(r->fd, n->intent, 0) < 0 && errno != ENOENT)
		return err_sys(e, "removing %s", n->intent);
	return 0;
}

/* --- prefixes and refs --- */

/* .prev becomes the live prefix, and the live one, if there is one, .prev. */
static int
make_live(const struct root *r, const struct names *n, struct err *e)
{
	if (fs_exists(r->fd, n->live))
		return fs_exchange(r->fd, n->prev, n->live, e);
	return fs_rename_new(r->fd, n->prev, n->live, e);
}

/* The commit of the switch, or none. */
static int
ref_of(const struct root *r, const struct names *n, struct oid *out, struct err *e)
{
	struct err why = {0};

	if (store_ref_get(r->store, n->ref, out, &why) == 0)
		return 0;
	*out = (struct oid){0};
	if (why.code == ERR_NOTFOUND)
		return 0;
	*e = why;
	return -1;
}

/* A process killed within a ref leaves its lock file, which would refuse every later move. Of the
 * refs of this switch nobody else is a writer; of what all share only the holder of the root's lock
 * may say that a lock is stale. */
static int
unlock_refs(const struct root *r, struct arena *a, const struct names *n, const struct intent *intent,
	    struct err *e)
{
	static const char *const shared[] = {"HEAD.lock", "packed-refs.lock"};
	const char *dir = store_dir(r->store);
	const char *own[] = {
		arena_printf(a, "%s/%s.lock", dir, n->ref),
		arena_printf(a, "%s/refs/pkg/removed/%s/%s.lock", dir, n->name, intent->old.hex)};
	struct fs_lock root = {-1};
	struct err why;
	int rc;

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (unlink(own[i]) < 0 && errno != ENOENT && errno != ENOTDIR)
			return err_sys(e, "removing %s", own[i]);
	if (!fs_exists(AT_FDCWD, path_join(a, dir, shared[0])) &&
	    !fs_exists(AT_FDCWD, path_join(a, dir, shared[1])))
		return 0;
	if (fs_lock(&root, r->fd, "locks/root", true, LOCK_TRY, NULL, NULL, &why) < 0)
		return 0;
	rc = store_unlock_refs(r->store, e);
	fs_unlock(&root);
	return rc;
}

/* HEAD goes back to the switch that a fresh store names. */
static int
leave_head(const struct root *r, struct arena *a, const struct names *n, struct err *e)
{
	struct str head;

	if (store_head_get(r->store, a, &head, e) < 0)
		return -1;
	return str_is(head, n->ref) ? store_head_set(r->store, "refs/heads/default", e) : 0;
}

/* --- commit --- */

static int
undo(const struct root *r, const struct names *n, bool created, struct err *e)
{
	int rc =
		created ? fs_rename_new(r->fd, n->live, n->prev, e) : fs_exchange(r->fd, n->prev, n->live, e);

	return rc < 0 ? -1 : intent_drop(r, n, e);
}

static int
finish_commit(const struct root *r, struct arena *a, const struct names *n, bool created, struct err *e)
{
	if (!created)
		return live_rescan(r, a, n->name, true, e) < 0 ? -1 : intent_drop(r, n, e);
	if (store_head_set(r->store, n->ref, e) < 0 || intent_drop(r, n, e) < 0)
		return -1;
	/* An intent that came back after a power cut would set HEAD once more. */
	return fs_sync_dir(r->fd, "switches", e);
}

int
live_commit(const struct root *r, struct arena *a, const char *name, const struct live_state *now,
	    const struct live_state *next, const char *reason, struct err *e)
{
	struct names n = names_of(a, name);
	bool created = !oid_is(&now->commit);
	struct oid shown = live_shows(r, n.prev), is;
	struct err why;

	if (!oid_is(&next->commit) || !oid_eq(&shown, &next->commit))
		return err_set(e, ERR_BUG, "the next prefix of %s was not prepared", name);
	if (intent_write(r, a, &n, &now->commit, &next->commit, e) < 0)
		return -1;
	if ((created ? fs_rename_new(r->fd, n.prev, n.live, e) : fs_exchange(r->fd, n.prev, n.live, e)) < 0) {
		intent_drop(r, &n, &why);
		return err_note(e, "nothing was changed");
	}
	if (store_ref_set(r->store, n.ref, &next->commit, &now->commit, reason, e) < 0) {
		/* Believed only when the ref says so: else recovery reads it again. */
		if (ref_of(r, &n, &is, &why) < 0)
			return err_note(e, "the next command looks whether %s was changed", name);
		if (!oid_eq(&is, &next->commit)) {
			if (undo(r, &n, created, &why) < 0)
				return err_note(e, "and then: %s", why.msg);
			return err_note(e, "nothing was changed");
		}
	}
	/* From here on it has happened: what still fails is said, and done by the next command. */
	if (finish_commit(r, a, &n, created, &why) < 0)
		report_text(r->report, REPORT_WARN, STR(""),
			    "the change of %s was made, and the next command finishes it: %s", name, why.msg);
	return 0;
}

/* --- recovery --- */

static int
rebuild(const struct root *r, struct arena *a, const struct names *n, const struct oid *commit,
	live_load *load, void *ctx, struct err *e)
{
	struct live_state state = {0};

	report_text(r->report, REPORT_WARN, STR(""), "the switch %s does not show its last state; made anew",
		    n->name);
	if (load(ctx, a, commit, &state, e) < 0)
		return -1;
	state.commit = *commit;
	/* Nothing that is there is believed, so all comes from the trees. */
	if (live_drop(r, n->prev, e) < 0 || live_prepare(r, a, n->name, &state, &state, e) < 0)
		return -1;
	if (make_live(r, n, e) < 0)
		return -1;
	return live_rescan(r, a, n->name, false, e);
}

/* The list of a prefix tells the path that it was made for: a root that was moved has others. */
static bool
made_for_this_path(const struct root *r, struct arena *a, const struct names *n)
{
	const char *live = switch_prefix(r, a, n->name);
	char head[256] = "";
	AUTO_FD fd = openat(r->fd, arena_printf(a, "%s/.pkg/files", n->live), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, head, sizeof(head) - 1, 0);
	struct str rest = {head, got > 0 ? (size_t)got : 0}, line;

	return list_next(&rest, &line) && list_next(&rest, &line) && str_is(line, live);
}

/* No ref: a creation that did not get so far, or a removal that did. */
static int
recover_absent(const struct root *r, struct arena *a, const struct names *n, const struct intent *intent,
	       struct err *e)
{
	struct oid shown;

	if (!intent->there)
		return fs_exists(r->fd, n->live) ? 0 : live_drop(r, n->prev, e);
	shown = live_shows(r, n->live);
	/* Who deleted the ref by hand keeps the prefix. */
	if ((!oid_is(&intent->new) || oid_eq(&shown, &intent->new) || !oid_is(&shown)) &&
	    live_drop(r, n->live, e) < 0)
		return -1;
	if (live_drop(r, n->prev, e) < 0 || leave_head(r, a, n, e) < 0)
		return -1;
	return intent_drop(r, n, e);
}

/* Makes the prefix that shows the ref's commit the live one. */
static int
show_ref(const struct root *r, struct arena *a, const struct names *n, const struct intent *intent,
	 const struct oid *ref, live_load *load, void *ctx, struct err *e)
{
	struct oid live = live_shows(r, n->live), prev = live_shows(r, n->prev);

	if (oid_eq(&live, ref) && made_for_this_path(r, a, n)) {
		if (!intent->there || !oid_eq(ref, &intent->new))
			return 0;
	} else if (oid_eq(&prev, ref) && !oid_eq(&live, ref)) {
		if (make_live(r, n, e) < 0)
			return -1;
	} else {
		return rebuild(r, a, n, ref, load, ctx, e);
	}
	/* Whatever the user has made in the prefix that was seen meanwhile. */
	return live_rescan(r, a, n->name, false, e);
}

static int
finish_intent(const struct root *r, struct arena *a, const struct names *n, const struct intent *intent,
	      const struct oid *ref, struct err *e)
{
	const char *removed = arena_printf(a, "refs/pkg/removed/%s/%s", n->name, ref->hex);
	struct store_refs kept = {0};

	if (oid_eq(ref, &intent->new) && !oid_is(&intent->old) && store_head_set(r->store, n->ref, e) < 0)
		return -1;
	/* A removal that did not get as far as the ref has not happened. */
	if (!oid_is(&intent->new) && (store_refs(r->store, a, removed, &kept, e) < 0 ||
				      (kept.n && store_ref_delete(r->store, removed, e) < 0)))
		return -1;
	return intent_drop(r, n, e);
}

static int
recover_present(const struct root *r, struct arena *a, const struct names *n, const struct intent *intent,
		const struct oid *ref, live_load *load, void *ctx, struct err *e)
{
	struct oid prev;

	if (show_ref(r, a, n, intent, ref, load, ctx, e) < 0)
		return err_note(e, "while putting the switch %s right", n->name);
	prev = live_shows(r, n->prev);
	if (!oid_is(&prev) && live_drop(r, n->prev, e) < 0)
		return -1;
	return intent->there ? finish_intent(r, a, n, intent, ref, e) : 0;
}

int
live_recover(const struct root *r, struct arena *a, const char *name, live_load *load, void *ctx,
	     struct err *e)
{
	struct names n = names_of(a, name);
	struct intent intent;
	struct oid ref;

	if (switch_name_ok(name, e) < 0 || intent_read(r, a, &n, &intent, e) < 0)
		return -1;
	if (intent.there && unlock_refs(r, a, &n, &intent, e) < 0)
		return -1;
	if (ref_of(r, &n, &ref, e) < 0)
		return -1;
	if (!oid_is(&ref))
		return recover_absent(r, a, &n, &intent, e);
	return recover_present(r, a, &n, &intent, &ref, load, ctx, e);
}

/* --- removal --- */

/* The ref is kept before it goes, and the prefix goes after it. */
int
live_remove(const struct root *r, struct arena *a, const char *name, struct err *e)
{
	struct names n = names_of(a, name);
	struct oid ref, none = {0};

	if (switch_name_ok(name, e) < 0 || ref_of(r, &n, &ref, e) < 0)
		return -1;
	if (!oid_is(&ref))
		return err_set(e, ERR_CONFIG, "there is no switch %s", name);
	if (intent_write(r, a, &n, &ref, &none, e) < 0)
		return -1;
	if (store_ref_set(r->store, arena_printf(a, "refs/pkg/removed/%s/%s", name, ref.hex), &ref, NULL,
			  "switch remove", e) < 0 ||
	    store_ref_delete(r->store, n.ref, e) < 0 || leave_head(r, a, &n, e) < 0)
		return err_note(e, "while removing the switch %s", name);
	if (live_drop(r, n.live, e) < 0 || live_drop(r, n.prev, e) < 0)
		return err_note(e, "while removing the switch %s", name);
	return intent_drop(r, &n, e);
}
