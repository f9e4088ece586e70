#include <string.h>

#include "audit/base64.h"
#include "audit/lock.h"
#include "base/digest.h"
#include "base/path.h"
#include "ledger/parts.h"
#include "opam/version.h"

static const char *const type_names[] = {
	[STORE_BLOB] = "blob", [STORE_TREE] = "tree", [STORE_COMMIT] = "commit", [STORE_TAG] = "tag"};

static void
put_strings(struct json *j, const char *key, struct opam_strings list)
{
	json_key_array(j, key);
	for (size_t i = 0; i < list.n; i++)
		json_add_str(j, list.v[i]);
	json_end(j);
}

static void
put_objects(struct arena *a, struct json *j, const struct lock *lock)
{
	json_key_array(j, "objects");
	for (size_t i = 0; i < lock->object_count; i++) {
		json_object(j);
		json_key_str(j, "base64", base64_encode(a, lock->objects[i].bytes));
		json_key_c(j, "id", lock->objects[i].id.hex);
		json_key_c(j, "type", type_names[lock->objects[i].type]);
		json_end(j);
	}
	json_end(j);
}

/* With an empty seal: what the seal is the sha256 of. */
static int
text_with(struct arena *a, const struct lock *lock, struct str seal, struct str *out, struct err *e)
{
	struct json j = json_new(a);

	json_object(&j);
	json_key_int(&j, "format", LOCK_FORMAT);
	if (lock->object_count)
		put_objects(a, &j, lock);
	json_key_array(&j, "packages");
	for (size_t i = 0; i < lock->state.record_count; i++) {
		json_object(&j);
		record_put(a, &j, &lock->state.records[i], false);
		json_end(&j);
	}
	json_end(&j);
	put_strings(&j, "request", lock->request);
	json_key_str(&j, "sha256", seal);
	json_key_object(&j, "state");
	if (state_put(a, &j, &lock->state, e) < 0)
		return -1;
	json_end(&j);
	put_strings(&j, "system", lock->system);
	json_key_c(&j, "tool", "pkg " PKG_VERSION);
	json_end(&j);
	*out = json_done(&j);
	return 0;
}

int
lock_text(struct arena *a, const struct lock *lock, struct str *out, struct err *e)
{
	if (text_with(a, lock, (struct str){0}, out, e) < 0)
		return -1;
	return text_with(a, lock, str_of(digest_hex(a, DIGEST_SHA256, *out)), out, e);
}

/* --- reading --- */

static int
get_object(struct arena *a, const json_value *v, struct lock_object *out, struct err *e)
{
	struct str type = json_str(v, "type");

	if (!oid_of(json_str(v, "id"), &out->id))
		return err_set(e, ERR_STALE, "an object of the lock has no id");
	for (size_t i = 0; i < COUNT_OF(type_names); i++)
		if (type_names[i] && str_is(type, type_names[i]))
			out->type = (enum store_type)i;
	if (out->type == STORE_NONE || !base64_decode(a, json_str(v, "base64"), &out->bytes))
		return err_set(e, ERR_STALE, "the object %s of the lock cannot be read", out->id.hex);
	return 0;
}

static bool
dep_names_ok(const struct record *r)
{
	for (size_t i = 0; i < r->dep_count; i++)
		if (!opam_name_valid(r->deps[i].name))
			return false;
	return true;
}

static bool
paths_ok(const struct record *r)
{
	for (size_t i = 0; i < r->extra_count; i++)
		if (!path_is_plain(r->extras[i].name))
			return false;
	for (size_t i = 0; i < r->source.empty_dir_count; i++)
		if (!path_is_plain(r->source.empty_dirs[i]))
			return false;
	return true;
}

/* Names become folders of the ledger and of builds: nothing of a lock is believed before it is looked at. */
static int
check_record(const struct record *r, const struct record *before, struct err *e)
{
	if (!opam_name_valid(r->name) || !opam_version_valid(r->version) || !dep_names_ok(r) ||
	    !paths_ok(r) || !oid_is(&r->definition) || !r->input_id.n)
		return err_set(
			e, ERR_STALE,
			"the lock has a package '%.*s' with a name, version, path or id that cannot be",
			STR_ARG(r->name));
	if (before && str_cmp(before->name, r->name) >= 0)
		return err_set(e, ERR_STALE, "the packages of the lock are not sorted at %.*s",
			       STR_ARG(r->name));
	return 0;
}

static int
check_state(const struct state *s, struct err *e)
{
	for (size_t i = 0; i < s->record_count; i++)
		if (check_record(&s->records[i], i ? &s->records[i - 1] : NULL, e) < 0)
			return -1;
	for (size_t i = 0; i < s->roots.n; i++)
		if (!opam_name_valid(s->roots.v[i]))
			return err_set(e, ERR_STALE, "the lock has a root that is no package name");
	for (size_t i = 0; i < s->pin_count; i++)
		if (!opam_name_valid(s->pins[i].name))
			return err_set(e, ERR_STALE, "the lock has a pin that is no package name");
	return 0;
}

static int
get_lock(struct arena *a, const json_value *doc, struct lock *out, struct err *e)
{
	const json_value *packages = json_get(doc, "packages"), *objects = json_get(doc, "objects");

	*out = (struct lock){0};
	out->request.v = json_strs(a, json_get(doc, "request"), &out->request.n);
	out->system.v = json_strs(a, json_get(doc, "system"), &out->system.n);
	if (state_get(a, json_get(doc, "state"), &out->state, e) < 0)
		return -1;
	out->state.records = arena_array(a, struct record, json_count(packages) + 1);
	for (const json_value *v = json_first(packages); v; v = json_next(v))
		if (record_get(a, v, &out->state.records[out->state.record_count++], e) < 0)
			return -1;
	if (check_state(&out->state, e) < 0)
		return -1;
	out->objects = arena_array(a, struct lock_object, json_count(objects) + 1);
	for (const json_value *v = json_first(objects); v; v = json_next(v))
		if (get_object(a, v, &out->objects[out->object_count++], e) < 0)
			return -1;
	return 0;
}

/* The first line in which two texts differ, from 1. */
static uint32_t
first_difference(struct str x, struct str y)
{
	uint32_t line = 1;

	for (size_t i = 0; i < x.n && i < y.n && x.s[i] == y.s[i]; i++)
		line += x.s[i] == '\n';
	return line;
}

/* The seal covers everything but itself; a text that is not as this program writes it was edited too. */
static int
check_seal(struct arena *a, const char *path, const json_value *doc, struct str text, const struct lock *lock,
	   struct err *e)
{
	const json_value *tool = json_get(doc, "tool");
	struct str bare, sealed;

	if (text_with(a, lock, (struct str){0}, &bare, e) < 0 || lock_text(a, lock, &sealed, e) < 0)
		return -1;
	if (str_eq(text, sealed))
		return 0;
	if (!str_is(json_text(tool), "pkg " PKG_VERSION))
		return err_set(e, ERR_STALE, "%s was made by %.*s, whose locks this pkg cannot check", path,
			       STR_ARG(json_text(tool))),
		       err_hint(e, "`pkg lock -o %s` makes it again", path);
	err_at(e, ERR_STALE, (struct pos){path, first_difference(text, sealed), 1},
	       "the lock was changed by hand: its seal does not belong to its text");
	return err_hint(e, "`pkg lock -o %s` makes it again", path);
}

int
lock_read(struct arena *a, const char *path, struct str text, struct lock *out, struct err *e)
{
	AUTO(json_value) doc = json_parse(text, path, e);

	if (!doc) {
		e->code = ERR_STALE;
		return err_note(e, "this is no lock file");
	}
	if (json_int(doc, "format") != LOCK_FORMAT)
		return err_set(e, ERR_STALE, "%s has format %lld; this pkg knows %d", path,
			       (long long)json_int(doc, "format"), LOCK_FORMAT);
	if (get_lock(a, doc, out, e) < 0) {
		e->code = ERR_STALE;
		return err_note(e, "while reading %s", path);
	}
	return check_seal(a, path, doc, text, out, e);
}
