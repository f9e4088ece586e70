/* One transaction becomes one commit. Everything that it names is in the store, and kept by a ref,
 * before its own ref may move. */
#include <string.h>
#include <unistd.h>

#include "ledger/private.h"

#ifndef PKG_VERSION
#define PKG_VERSION "unknown"
#endif

/* --- images --- */

static bool
is_sha256(struct str hex)
{
	if (hex.n != 64)
		return false;
	for (size_t i = 0; i < hex.n; i++)
		if (!strchr("0123456789abcdef", hex.s[i]))
			return false;
	return true;
}

static int
put_images(struct arena *a, struct store_builder *b, const struct record *r, struct err *e)
{
	for (size_t i = 0; i < r->image_count; i++) {
		const struct record_image *image = &r->images[i];
		struct json j = json_new(a);
		const char *path;

		if (!is_sha256(image->sha256))
			return err_set(e, ERR_BUG, "the image " STR_FMT " has no sha256",
				       STR_ARG(image->path));
		json_object(&j);
		json_key_str(&j, "build-id", image->build_id);
		json_key_str(&j, "input-id", r->input_id);
		json_key_str(&j, "package", r->name);
		json_key_str(&j, "path", image->path);
		json_key_str(&j, "sha256", image->sha256);
		json_key_int(&j, "size", image->size);
		json_key_str(&j, "version", r->version);
		json_end(&j);
		path = arena_printf(a, "images/" STR_FMT ".json", STR_ARG(image->sha256));
		if (store_builder_put_text(b, path, json_done(&j), e) < 0)
			return -1;
	}
	return 0;
}

/* --- the tree --- */

static int
write_tree(struct store *s, struct arena *a, const struct state *state, struct oid *tree, struct err *e)
{
	struct store_builder *b = store_builder_new(s, a, NULL);
	struct str text;

	if (state_text(a, state, &text, e) < 0 || store_builder_put_text(b, "switch.json", text, e) < 0)
		return -1;
	for (size_t i = 0; i < state->record_count; i++) {
		const struct record *r = &state->records[i];
		struct oid folder = r->folder;

		if (!oid_is(&folder) && record_write(s, a, r, &folder, e) < 0)
			return -1;
		store_builder_put(b, arena_printf(a, "packages/" STR_FMT, STR_ARG(r->name)), MODE_DIR,
				  &folder);
		if (put_images(a, b, r, e) < 0)
			return -1;
	}
	return store_builder_write(b, tree, e);
}

/* --- the message --- */

/* One line: a line end in an argument would begin a trailer of its own. */
static void
add_line(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.s[i];

		buf_addc(b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static struct str
message_of(struct arena *a, const struct ledger_note *note)
{
	struct str subject = str_trim(note->subject), reason = str_trim(note->reason);
	struct buf b = buf_new(a);

	add_line(&b, subject.n ? subject : STR("change"));
	buf_adds(&b, "\n\n");
	for (size_t i = 0; i < reason.n; i++)
		if (reason.s[i] && reason.s[i] != '\r')
			buf_addc(&b, reason.s[i]);
	if (reason.n)
		buf_adds(&b, "\n\n");
	if (note->command.n) {
		buf_adds(&b, "Command: ");
		add_line(&b, note->command);
		buf_addc(&b, '\n');
	}
	buf_adds(&b, "Pkg-Version: " PKG_VERSION "\n");
	return buf_str(&b);
}

/* --- what must not be collected --- */

static int
keep(struct store *s, struct arena *a, const struct oid *commit, struct err *e)
{
	const char *ref = arena_printf(a, "refs/pkg/keep/%s", commit->hex);
	struct oid is;
	struct err why;

	if (!oid_is(commit) || (store_ref_get(s, ref, &is, &why) == 0 && oid_eq(&is, commit)))
		return 0;
	if (store_type(s, commit) != STORE_COMMIT)
		return err_set(e, ERR_BUG, "the commit %s is named by a state, and is not in the store",
			       commit->hex);
	if (store_ref_set(s, ref, commit, NULL, "ledger", &why) == 0)
		return 0;
	/* A killed process may have left its lock on the ref. All writers of it write the same, so taking
	 * the lock from one that lives does no harm either. */
	unlink(arena_printf(a, "%s/%s.lock", store_dir(s), ref));
	return store_ref_set(s, ref, commit, NULL, "ledger", e);
}

/* What an unchanged record names was kept when it was new. */
static int
keep_all(struct store *s, struct arena *a, const struct state *state, struct err *e)
{
	for (size_t i = 0; i < state->repo_count; i++)
		if (keep(s, a, &state->repos[i].commit, e) < 0)
			return -1;
	for (size_t i = 0; i < state->record_count; i++) {
		const struct record *r = &state->records[i];

		if (!oid_is(&r->folder) &&
		    (keep(s, a, &r->source.commit, e) < 0 || keep(s, a, &r->source.repo_commit, e) < 0))
			return -1;
	}
	return 0;
}

int
ledger_write(struct store *s, struct arena *a, const struct state *state, const struct oid *parent,
	     const struct ledger_note *note, struct oid *out, struct err *e)
{
	struct oid above = parent ? *parent : (struct oid){0};
	struct store_commit c = {.parents = &above, .parent_count = oid_is(&above)};

	c.author = (struct store_sign){
		.name = note->user_name.n ? note->user_name : STR("pkg"),
		.email = note->user_email.n ? note->user_email : STR("pkg@localhost"),
		.time = note->time,
	};
	c.committer = c.author;
	c.message = message_of(a, note);
	if (write_tree(s, a, state, &c.tree, e) < 0 || store_commit_write(s, &c, out, e) < 0 ||
	    store_flush(s, e) < 0 || keep_all(s, a, state, e) < 0)
		return err_note(e, "while writing the ledger");
	return 0;
}
