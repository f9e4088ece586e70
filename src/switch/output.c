/* meta.json of an output, and the tree around it. What is read may come from a cache on another
 * machine, so it is checked as anything from outside. */
#include "switch/output.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/path.h"
#include "base/utf8.h"

enum { META_FORMAT = 1 };

/* --- order --- */

static int
by_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int
by_held_path(const void *a, const void *b)
{
	return str_cmp(((const struct output_held *)a)->path, ((const struct output_held *)b)->path);
}

static int
by_var_name(const void *a, const void *b)
{
	return str_cmp(((const struct opam_config_var *)a)->name, ((const struct opam_config_var *)b)->name);
}

static int
by_depend_path(const void *a, const void *b)
{
	return str_cmp(((const struct opam_file_depend *)a)->path,
		       ((const struct opam_file_depend *)b)->path);
}

static void
sort(void *v, size_t n, size_t size, int (*by)(const void *, const void *))
{
	if (n > 1)
		qsort(v, n, size, by);
}

static void
make_canonical(struct output *o)
{
	sort(o->empty_dirs, o->empty_dir_count, sizeof(*o->empty_dirs), by_str);
	sort(o->held, o->held_count, sizeof(*o->held), by_held_path);
	sort(o->config.vars, o->config.var_count, sizeof(*o->config.vars), by_var_name);
	sort(o->config.file_depends, o->config.file_depend_count, sizeof(*o->config.file_depends),
	     by_depend_path);
}

/* --- writing --- */

static int
refuse_names(const struct output *o, struct err *e)
{
	for (size_t i = 0; i < o->empty_dir_count; i++)
		if (!path_is_plain(o->empty_dirs[i]) || !utf8_valid(o->empty_dirs[i]))
			return err_set(e, ERR_BUILD,
				       "the name of an installed folder is not usable: '" STR_FMT "'",
				       STR_ARG(o->empty_dirs[i]));
	for (size_t i = 0; i < o->held_count; i++)
		if (!path_is_plain(o->held[i].path) || !utf8_valid(o->held[i].path))
			return err_set(e, ERR_BUILD,
				       "the name of an installed file is not usable: '" STR_FMT "'",
				       STR_ARG(o->held[i].path));
	for (size_t i = 0; i < o->config.var_count; i++)
		if (!utf8_valid(o->config.vars[i].value.s))
			return err_set(e, ERR_BUILD, "the variable " STR_FMT " of the .config is not UTF-8",
				       STR_ARG(o->config.vars[i].name));
	return 0;
}

/* The key tells the type; keys are sorted. */
static void
write_var(struct json *j, const struct opam_config_var *var)
{
	json_object(j);
	if (var->value.kind == VAR_BOOL)
		json_key_bool(j, "bool", var->value.b);
	if (var->value.kind == VAR_LIST) {
		json_key_array(j, "list");
		for (size_t i = 0; i < var->value.n; i++)
			json_add_str(j, var->value.list[i]);
		json_end(j);
	}
	json_key_str(j, "name", var->name);
	if (var->value.kind == VAR_STRING) {
		json_name(j, "string");
		json_add_str(j, var->value.s);
	}
	json_end(j);
}

static void
write_config(struct arena *a, struct json *j, const struct opam_config *c)
{
	json_key_object(j, "config");
	if (c->file_depend_count) {
		json_key_array(j, "file-depends");
		for (size_t i = 0; i < c->file_depend_count; i++) {
			const struct opam_file_depend *d = &c->file_depends[i];

			json_object(j);
			if (d->checksum.hex.n)
				json_key_str(j, "checksum", opam_checksum_text(a, d->checksum));
			if (d->must_not_exist)
				json_key_bool(j, "must-not-exist", true);
			json_key_str(j, "path", d->path);
			json_end(j);
		}
		json_end(j);
	}
	if (c->var_count) {
		json_key_array(j, "variables");
		for (size_t i = 0; i < c->var_count; i++)
			write_var(j, &c->vars[i]);
		json_end(j);
	}
	json_end(j);
}

static void
write_held(struct json *j, const struct output *o)
{
	json_key_array(j, "holds-prefix");
	for (size_t i = 0; i < o->held_count; i++) {
		json_object(j);
		json_key_bool(j, "binary", o->held[i].binary);
		json_key_array(j, "offsets");
		/* A compiler has thousands of them: all on one line. */
		j->compact = true;
		for (size_t k = 0; k < o->held[i].n; k++)
			json_add_int(j, (int64_t)o->held[i].offsets[k]);
		json_end(j);
		j->compact = false;
		json_key_str(j, "path", o->held[i].path);
		json_end(j);
	}
	json_end(j);
}

static struct str
meta_text(struct arena *a, const struct output *o)
{
	struct json j = json_new(a);

	json_object(&j);
	if (o->config.var_count || o->config.file_depend_count)
		write_config(a, &j, &o->config);
	if (o->empty_dir_count) {
		json_key_array(&j, "empty-dirs");
		for (size_t i = 0; i < o->empty_dir_count; i++)
			json_add_str(&j, o->empty_dirs[i]);
		json_end(&j);
	}
	json_key_int(&j, "format", META_FORMAT);
	if (o->held_count)
		write_held(&j, o);
	json_end(&j);
	return json_done(&j);
}

int
output_write(struct store *s, struct arena *a, struct output *o, struct err *e)
{
	struct store_builder *b = store_builder_new(s, a, NULL);

	make_canonical(o);
	if (refuse_names(o, e) < 0)
		return -1;
	if (oid_is(&o->files) && !oid_eq(&o->files, &OID_EMPTY_TREE))
		store_builder_put(b, "files", MODE_DIR, &o->files);
	if (store_builder_put_text(b, "meta.json", meta_text(a, o), e) < 0)
		return -1;
	return store_builder_write(b, &o->id, e);
}

/* --- reading --- */

static size_t
count(const json_value *list)
{
	size_t n = 0;

	for (const json_value *v = json_first(list); v; v = json_next(v))
		n++;
	return n;
}

static int
damaged(const struct oid *id, const char *what, struct err *e)
{
	return err_set(e, ERR_VERIFY, "the output %s is damaged: %s in its meta.json", id->hex, what);
}

static int
read_held_file(struct arena *a, const json_value *v, struct output_held *out)
{
	const json_value *list = json_get(v, "offsets");
	uint64_t least = 0;

	out->path = json_dup(a, v, "path");
	out->binary = json_bool(v, "binary");
	out->offsets = arena_array(a, uint64_t, count(list));
	if (!path_is_plain(out->path))
		return -1;
	for (const json_value *o = json_first(list); o; o = json_next(o)) {
		int64_t offset = json_number(o);

		if (offset < 0 || (uint64_t)offset < least)
			return -1;
		out->offsets[out->n++] = (uint64_t)offset;
		least = (uint64_t)offset + BUILD_PREFIX_LEN;
	}
	return out->n ? 0 : -1;
}

static int
read_held(struct arena *a, const json_value *list, struct output *out)
{
	out->held = arena_array(a, struct output_held, count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v)) {
		struct output_held *held = &out->held[out->held_count];

		if (read_held_file(a, v, held) < 0)
			return -1;
		if (out->held_count && by_held_path(held - 1, held) >= 0)
			return -1;
		out->held_count++;
	}
	return 0;
}

static int
read_dirs(struct arena *a, const json_value *list, struct output *out)
{
	out->empty_dirs = arena_array(a, struct str, count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v)) {
		struct str dir = str_dup(a, json_text(v));

		if (!path_is_plain(dir))
			return -1;
		out->empty_dirs[out->empty_dir_count++] = dir;
	}
	return 0;
}

static struct opam_config_var
read_var(struct arena *a, const json_value *v)
{
	struct opam_config_var var = {.name = json_dup(a, v, "name")};
	const json_value *list = json_get(v, "list");

	if (json_get(v, "bool")) {
		var.value = VAR_IS_BOOL(json_bool(v, "bool"));
	} else if (json_get(v, "string")) {
		var.value = VAR_IS_STR(json_dup(a, v, "string"));
	} else if (list) {
		var.value.kind = VAR_LIST;
		var.value.list = arena_array(a, struct str, count(list));
		for (const json_value *word = json_first(list); word; word = json_next(word))
			var.value.list[var.value.n++] = str_dup(a, json_text(word));
	}
	return var;
}

static int
read_config(struct arena *a, const json_value *v, struct opam_config *out, struct err *e)
{
	const json_value *vars = json_get(v, "variables"), *depends = json_get(v, "file-depends");

	out->vars = arena_array(a, struct opam_config_var, count(vars));
	for (const json_value *var = json_first(vars); var; var = json_next(var))
		out->vars[out->var_count++] = read_var(a, var);
	out->file_depends = arena_array(a, struct opam_file_depend, count(depends));
	for (const json_value *d = json_first(depends); d; d = json_next(d)) {
		struct opam_file_depend *to = &out->file_depends[out->file_depend_count++];
		struct str checksum = json_str(d, "checksum");

		to->path = json_dup(a, d, "path");
		to->must_not_exist = json_bool(d, "must-not-exist");
		if (checksum.n && opam_checksum(a, str_dup(a, checksum), &to->checksum, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_meta(struct arena *a, const json_value *doc, struct output *out, struct err *e)
{
	if (json_int(doc, "format") != META_FORMAT)
		return err_set(e, ERR_VERIFY, "the output %s has format %lld, and this pkg knows %d",
			       out->id.hex, (long long)json_int(doc, "format"), META_FORMAT);
	if (read_dirs(a, json_get(doc, "empty-dirs"), out) < 0)
		return damaged(&out->id, "a folder's name", e);
	if (read_held(a, json_get(doc, "holds-prefix"), out) < 0)
		return damaged(&out->id, "a place of the prefix", e);
	return read_config(a, json_get(doc, "config"), &out->config, e);
}

int
output_read(struct store *s, struct arena *a, const struct oid *id, struct output *out, struct err *e)
{
	struct store_entries entries;
	const struct oid *meta = NULL;
	json_value *doc;
	struct str text;
	int rc;

	*out = (struct output){.id = *id};
	if (store_tree_list(s, a, id, &entries, e) < 0)
		return err_note(e, "while reading the output %s", id->hex);
	for (size_t i = 0; i < entries.n; i++) {
		if (str_is(entries.v[i].name, "files") && entries.v[i].mode == MODE_DIR)
			out->files = entries.v[i].id;
		if (str_is(entries.v[i].name, "meta.json") && entries.v[i].mode == MODE_FILE)
			meta = &entries.v[i].id;
	}
	if (!meta)
		return err_set(e, ERR_VERIFY, "the tree %s is no output: it has no meta.json", id->hex);
	if (store_blob_read(s, a, meta, &text, e) < 0)
		return err_note(e, "while reading the output %s", id->hex);
	doc = json_parse(text, "meta.json", e);
	if (!doc)
		return err_note(e, "while reading the output %s", id->hex);
	rc = read_meta(a, doc, out, e);
	json_free(doc);
	return rc;
}

const struct output_held *
output_held(const struct output *o, struct str path)
{
	struct output_held key = {.path = path};

	return o->held_count ? bsearch(&key, o->held, o->held_count, sizeof(*o->held), by_held_path) : NULL;
}
