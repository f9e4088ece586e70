/* switch.json, and reading a whole state. */
#include <stdlib.h>
#include <string.h>

#include "ledger/parts.h"
#include "ledger/private.h"

/* --- writing; keys sorted --- */

static int
by_pin_name(const void *a, const void *b)
{
	return str_cmp(((const struct state_pin *)a)->name, ((const struct state_pin *)b)->name);
}

static int
by_variable_name(const void *a, const void *b)
{
	return str_cmp(((const struct state_variable *)a)->name, ((const struct state_variable *)b)->name);
}

static void
put_pins(struct arena *a, struct json *j, const struct state *state)
{
	const struct state_pin *pins =
		ledger_sorted(a, state->pins, state->pin_count, sizeof(*pins), by_pin_name);

	if (!state->pin_count)
		return;
	json_key_array(j, "pins");
	for (size_t i = 0; i < state->pin_count; i++) {
		json_object(j);
		json_key_str(j, "name", pins[i].name);
		json_key_str(j, "url", pins[i].url);
		json_key_str(j, "version", pins[i].version);
		json_end(j);
	}
	json_end(j);
}

static void
put_repos(struct json *j, const struct state *state)
{
	if (!state->repo_count)
		return;
	json_key_array(j, "repositories");
	for (size_t i = 0; i < state->repo_count; i++) {
		const struct state_repo *r = &state->repos[i];

		json_object(j);
		ledger_put_oid(j, "commit", &r->commit);
		if (r->dirty)
			json_key_bool(j, "dirty", true);
		json_key_str(j, "name", r->name);
		ledger_put_oid(j, "upstream-commit", &r->upstream);
		json_key_str(j, "upstream-path", r->upstream_path);
		json_key_str(j, "url", r->url);
		json_end(j);
	}
	json_end(j);
}

static int
put_variables(struct arena *a, struct json *j, const struct state *state, struct err *e)
{
	const struct state_variable *v =
		ledger_sorted(a, state->variables, state->variable_count, sizeof(*v), by_variable_name);

	if (!state->variable_count)
		return 0;
	json_key_object(j, "variables");
	for (size_t i = 0; i < state->variable_count; i++) {
		if (i && str_eq(v[i - 1].name, v[i].name))
			return err_set(e, ERR_BUG, "a state has the variable " STR_FMT " twice",
				       STR_ARG(v[i].name));
		json_name(j, str_c(a, v[i].name));
		json_add_str(j, v[i].value);
	}
	json_end(j);
	return 0;
}

int
state_put(struct arena *a, struct json *j, const struct state *state, struct err *e)
{
	const struct str *roots =
		ledger_sorted(a, state->roots.v, state->roots.n, sizeof(*roots), ledger_by_str);
	const struct str *toolchain =
		ledger_sorted(a, state->toolchain.v, state->toolchain.n, sizeof(*toolchain), ledger_by_str);

	json_key_str(j, "description", state->description);
	json_key_int(j, "format", LEDGER_FORMAT);
	json_key_str(j, "invariant", state->invariant);
	put_pins(a, j, state);
	put_repos(j, state);
	ledger_put_strs(j, "repositories-chosen", state->chosen.v, state->chosen.n);
	ledger_put_strs(j, "roots", roots, state->roots.n);
	ledger_put_strs(j, "toolchain", toolchain, state->toolchain.n);
	return put_variables(a, j, state, e);
}

int
state_text(struct arena *a, const struct state *state, struct str *out, struct err *e)
{
	struct json j = json_new(a);

	json_object(&j);
	if (state_put(a, &j, state, e) < 0)
		return -1;
	json_end(&j);
	*out = json_done(&j);
	return 0;
}

/* --- reading --- */

static void
read_pins(struct arena *a, const json_value *list, struct state *out)
{
	out->pins = arena_array(a, struct state_pin, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->pins[out->pin_count++] = (struct state_pin){
			.name = json_dup(a, v, "name"),
			.version = json_dup(a, v, "version"),
			.url = json_dup(a, v, "url"),
		};
}

static void
read_repos(struct arena *a, const json_value *list, struct state *out)
{
	out->repos = arena_array(a, struct state_repo, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->repos[out->repo_count++] = (struct state_repo){
			.name = json_dup(a, v, "name"),
			.url = json_dup(a, v, "url"),
			.commit = ledger_oid(v, "commit"),
			.upstream = ledger_oid(v, "upstream-commit"),
			.upstream_path = json_dup(a, v, "upstream-path"),
			.dirty = json_bool(v, "dirty"),
		};
}

static void
read_variables(struct arena *a, const json_value *object, struct state *out)
{
	out->variables = arena_array(a, struct state_variable, json_count(object));
	for (const json_value *v = json_first(object); v; v = json_next(v))
		out->variables[out->variable_count++] =
			(struct state_variable){str_dup(a, json_key(v)), str_dup(a, json_text(v))};
}

int
state_get(struct arena *a, const json_value *v, struct state *out, struct err *e)
{
	int64_t format = json_int(v, "format");

	if (format != LEDGER_FORMAT)
		return err_set(e, ERR_PARSE, "the state has format %lld, and this pkg knows %d",
			       (long long)format, LEDGER_FORMAT);
	out->description = json_dup(a, v, "description");
	out->invariant = json_dup(a, v, "invariant");
	read_pins(a, json_get(v, "pins"), out);
	read_repos(a, json_get(v, "repositories"), out);
	out->chosen.v = json_strs(a, json_get(v, "repositories-chosen"), &out->chosen.n);
	out->roots.v = json_strs(a, json_get(v, "roots"), &out->roots.n);
	out->toolchain.v = json_strs(a, json_get(v, "toolchain"), &out->toolchain.n);
	read_variables(a, json_get(v, "variables"), out);
	return 0;
}

int
state_parse(struct arena *a, struct str text, struct state *out, struct err *e)
{
	AUTO(json_value) doc = json_parse(text, "switch.json", e);

	return doc ? state_get(a, doc, out, e) : -1;
}

static int
by_record_name(const void *a, const void *b)
{
	return str_cmp(((const struct record *)a)->name, ((const struct record *)b)->name);
}

int
state_folders(struct store *s, struct arena *a, const struct oid *tree, struct store_entries *out,
	      struct err *e)
{
	struct store_entry entry;
	struct err why = {0};

	*out = (struct store_entries){0};
	if (store_tree_find(s, a, tree, "packages", &entry, &why) == 0)
		return store_tree_list(s, a, &entry.id, out, e);
	if (why.code == ERR_NOTFOUND)
		return 0;
	*e = why;
	return -1;
}

int
ledger_read(struct store *s, struct arena *a, const struct oid *commit, struct state *out, struct err *e)
{
	struct store_entries folders;
	struct store_commit info;
	struct store_entry entry;
	struct str text;

	*out = (struct state){0};
	if (store_commit_read(s, a, commit, &info, e) < 0 ||
	    store_tree_find(s, a, &info.tree, "switch.json", &entry, e) < 0 ||
	    store_blob_read(s, a, &entry.id, &text, e) < 0 || state_parse(a, text, out, e) < 0 ||
	    state_folders(s, a, &info.tree, &folders, e) < 0)
		return err_note(e, "while reading the state %s", commit->hex);
	out->records = arena_array(a, struct record, folders.n);
	for (size_t i = 0; i < folders.n; i++)
		if (record_read(s, a, &folders.v[i].id, &out->records[out->record_count++], e) < 0)
			return err_note(e, "while reading " STR_FMT " in the state %s",
					STR_ARG(folders.v[i].name), commit->hex);
	/* Git sorts folders as if their names ended in a slash. */
	if (out->record_count > 1)
		qsort(out->records, out->record_count, sizeof(*out->records), by_record_name);
	return 0;
}

const struct record *
state_record(const struct state *s, struct str name)
{
	struct record key = {.name = name};

	return s->record_count
		       ? bsearch(&key, s->records, s->record_count, sizeof(*s->records), by_record_name)
		       : NULL;
}

const struct state_pin *
state_pin_of(const struct state *s, struct str name)
{
	for (size_t i = 0; i < s->pin_count; i++)
		if (str_eq(s->pins[i].name, name))
			return &s->pins[i];
	return NULL;
}
