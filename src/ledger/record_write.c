/* packages/<name>/: the record as canonical JSON, and beside it the objects that prove it. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ledger/parts.h"
#include "ledger/private.h"

/* --- record.json; the keys of every object are sorted --- */

void
ledger_put_strs(struct json *j, const char *key, const struct str *v, size_t n)
{
	if (!n)
		return;
	json_key_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_add_str(j, v[i]);
	json_end(j);
}

void
ledger_put_oid(struct json *j, const char *key, const struct oid *id)
{
	if (oid_is(id))
		json_key_str(j, key, oid_str(id));
}

static void
put_true(struct json *j, const char *key, bool b)
{
	if (b)
		json_key_bool(j, key, true);
}

/* An object on one line: lists of thousands stay readable, and diffs show what changed. */
static void
open_line(struct json *j)
{
	json_object(j);
	j->compact = true;
}

static void
close_line(struct json *j)
{
	json_end(j);
	j->compact = false;
}

static void
put_deps(struct json *j, const struct record *r)
{
	if (!r->dep_count)
		return;
	json_key_array(j, "dependencies");
	for (size_t i = 0; i < r->dep_count; i++) {
		open_line(j);
		json_key_str(j, "name", r->deps[i].name);
		json_key_str(j, "roles", r->deps[i].roles);
		json_key_str(j, "version", r->deps[i].version);
		close_line(j);
	}
	json_end(j);
}

static void
put_extras(struct json *j, const struct record *r)
{
	if (!r->extra_count)
		return;
	json_key_array(j, "extras");
	for (size_t i = 0; i < r->extra_count; i++) {
		open_line(j);
		ledger_put_oid(j, "blob", &r->extras[i].id);
		json_key_str(j, "name", r->extras[i].name);
		put_true(j, "patch", r->extras[i].patch);
		json_key_str(j, "sha256", r->extras[i].sha256);
		close_line(j);
	}
	json_end(j);
}

static void
put_files(struct json *j, const struct record *r)
{
	if (!r->file_count)
		return;
	json_key_array(j, "files");
	for (size_t i = 0; i < r->file_count; i++) {
		const struct record_file *f = &r->files[i];

		open_line(j);
		json_key_c(j, "mode", f->mode == MODE_LINK ? "link" : f->mode == MODE_EXEC ? "0755" : "0644");
		json_key_str(j, "path", f->path);
		json_key_str(j, "sha256", f->sha256);
		json_key_int(j, "size", f->size);
		close_line(j);
	}
	json_end(j);
}

static void
put_images(struct json *j, const struct record *r)
{
	if (!r->image_count)
		return;
	json_key_array(j, "images");
	for (size_t i = 0; i < r->image_count; i++) {
		open_line(j);
		json_key_str(j, "build-id", r->images[i].build_id);
		json_key_str(j, "path", r->images[i].path);
		json_key_str(j, "sha256", r->images[i].sha256);
		json_key_int(j, "size", r->images[i].size);
		close_line(j);
	}
	json_end(j);
}

static void
put_libraries(struct json *j, const struct record *r)
{
	if (!r->library_count)
		return;
	json_key_array(j, "libraries");
	for (size_t i = 0; i < r->library_count; i++) {
		open_line(j);
		put_true(j, "declared", r->libraries[i].declared);
		json_key_str(j, "package", r->libraries[i].package);
		json_key_str(j, "soname", r->libraries[i].soname);
		json_key_str(j, "version", r->libraries[i].version);
		close_line(j);
	}
	json_end(j);
}

static void
put_checksums(struct arena *a, struct json *j, const struct fetched *f)
{
	if (!f->checksum_count)
		return;
	json_key_array(j, "checksums");
	for (size_t i = 0; i < f->checksum_count; i++)
		json_add_str(j, opam_checksum_text(a, f->checksums[i]));
	json_end(j);
}

static void
put_source(struct arena *a, struct json *j, const struct fetched *f)
{
	json_key_object(j, "source");
	put_checksums(a, j, f);
	json_key_c(j, "class", source_class_text(f->class));
	ledger_put_oid(j, "commit", &f->commit);
	json_key_str(j, "declared-commit", f->declared);
	ledger_put_strs(j, "empty-dirs", f->empty_dirs, f->empty_dir_count);
	json_key_int(j, "epoch", f->epoch);
	ledger_put_oid(j, "repository-commit", &f->repo_commit);
	json_key_str(j, "subpath", f->subpath);
	ledger_put_oid(j, "tree", &f->tree);
	if (f->tree_chain_count) {
		json_key_array(j, "tree-chain");
		for (size_t i = 0; i < f->tree_chain_count; i++)
			json_add_str(j, oid_str(&f->tree_chain[i]));
		json_end(j);
	}
	json_key_c(j, "tree-sha256", f->tree_sha256);
	if (f->untracked)
		json_key_int(j, "untracked", (int64_t)f->untracked);
	json_key_str(j, "url", f->url);
	json_end(j);
}

/* --- canonical order --- */

static int
by_file_path(const void *a, const void *b)
{
	return str_cmp(((const struct record_file *)a)->path, ((const struct record_file *)b)->path);
}

static int
by_dep_name(const void *a, const void *b)
{
	return str_cmp(((const struct record_dep *)a)->name, ((const struct record_dep *)b)->name);
}

static int
by_soname(const void *a, const void *b)
{
	return str_cmp(((const struct record_library *)a)->soname,
		       ((const struct record_library *)b)->soname);
}

static int
by_image_path(const void *a, const void *b)
{
	return str_cmp(((const struct record_image *)a)->path, ((const struct record_image *)b)->path);
}

int
ledger_by_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void *
ledger_sorted(struct arena *a, const void *v, size_t n, size_t size, int (*by)(const void *, const void *))
{
	void *copy = arena_calloc(a, n, size);

	if (n) {
		memcpy(copy, v, n * size);
		qsort(copy, n, size, by);
	}
	return copy;
}

/* Extras and the chain of trees have an order that means something; the rest is sorted. */
static struct record
canonical(struct arena *a, const struct record *r)
{
	struct record c = *r;

	c.files = ledger_sorted(a, r->files, r->file_count, sizeof(*r->files), by_file_path);
	c.deps = ledger_sorted(a, r->deps, r->dep_count, sizeof(*r->deps), by_dep_name);
	c.libraries = ledger_sorted(a, r->libraries, r->library_count, sizeof(*r->libraries), by_soname);
	c.images = ledger_sorted(a, r->images, r->image_count, sizeof(*r->images), by_image_path);
	c.depexts = ledger_sorted(a, r->depexts, r->depext_count, sizeof(*r->depexts), ledger_by_str);
	return c;
}

/* --- members of the object --- */

void
record_put(struct arena *a, struct json *j, const struct record *r, bool outputs)
{
	struct record c = canonical(a, r);

	if (!outputs) {
		c.build_key = c.sandbox = c.log = (struct str){0};
		c.output = (struct oid){0};
		c.file_count = c.library_count = c.image_count = 0;
	}
	json_key_str(j, "build-key", c.build_key);
	ledger_put_oid(j, "definition", &c.definition);
	json_key_str(j, "definition-sha256", c.definition_sha256);
	put_deps(j, &c);
	ledger_put_strs(j, "depexts", c.depexts, c.depext_count);
	put_true(j, "documented", c.documented);
	put_extras(j, &c);
	put_files(j, &c);
	json_key_int(j, "format", LEDGER_FORMAT);
	put_images(j, &c);
	json_key_str(j, "input-id", c.input_id);
	put_libraries(j, &c);
	json_key_str(j, "log", c.log);
	json_key_str(j, "name", c.name);
	ledger_put_oid(j, "output", &c.output);
	json_key_str(j, "repository", c.repo);
	json_key_str(j, "sandbox", c.sandbox);
	put_source(a, j, &c.source);
	put_true(j, "tested", c.tested);
	json_key_str(j, "version", c.version);
}

static struct str
record_text(struct arena *a, const struct record *r)
{
	struct json j = json_new(a);

	json_object(&j);
	record_put(a, &j, r, true);
	json_end(&j);
	return json_done(&j);
}

/* JSON can only hold UTF-8, and a path that is not would come back as another. */
static int
refuse_names(const struct record *r, struct err *e)
{
	for (size_t i = 0; i < r->file_count; i++)
		if (!utf8_valid(r->files[i].path)) {
			err_set(e, ERR_BUILD,
				"the package " STR_FMT " installs a file whose name is not UTF-8",
				STR_ARG(r->name));
			return err_note(e, "the file is '" STR_FMT "'", STR_ARG(r->files[i].path));
		}
	return 0;
}

/* --- the folder --- */

/* A raw object as a file: its own hash is the id that the record names. */
static int
put_raw(struct store *s, struct arena *a, struct store_builder *b, const char *path, const struct oid *id,
	enum store_type want, struct err *e)
{
	enum store_type type;
	struct str bytes;

	if (store_raw_read(s, a, id, &type, &bytes, e) < 0)
		return -1;
	if (type != want)
		return err_set(e, ERR_BUG, "%s is not the kind of object that a record names", id->hex);
	return store_builder_put_text(b, path, bytes, e);
}

static int
put_proof(struct store *s, struct arena *a, struct store_builder *b, const struct fetched *f, struct err *e)
{
	const struct oid *commit = f->class == SOURCE_REPO ? &f->repo_commit : &f->commit;

	if (oid_is(commit) && put_raw(s, a, b, "commit", commit, STORE_COMMIT, e) < 0)
		return -1;
	for (size_t i = 0; i < f->tree_chain_count; i++)
		if (put_raw(s, a, b, arena_printf(a, "trees/%zu", i), &f->tree_chain[i], STORE_TREE, e) < 0)
			return -1;
	return 0;
}

int
record_write(struct store *s, struct arena *a, const struct record *r, struct oid *folder, struct err *e)
{
	struct store_builder *b = store_builder_new(s, a, NULL);

	if (refuse_names(r, e) < 0)
		return -1;
	if (oid_is(&r->definition))
		store_builder_put(b, "opam", MODE_FILE, &r->definition);
	if (store_builder_put_text(b, "record.json", record_text(a, r), e) < 0)
		return -1;
	if (oid_is(&r->source.tree) && !oid_eq(&r->source.tree, &OID_EMPTY_TREE))
		store_builder_put(b, "source", MODE_DIR, &r->source.tree);
	for (size_t i = 0; i < r->extra_count; i++)
		store_builder_put(b, arena_printf(a, "files/" STR_FMT, STR_ARG(r->extras[i].name)), MODE_FILE,
				  &r->extras[i].id);
	if (put_proof(s, a, b, &r->source, e) < 0 || store_builder_write(b, folder, e) < 0)
		return err_note(e, "while writing the record of " STR_FMT "." STR_FMT, STR_ARG(r->name),
				STR_ARG(r->version));
	return 0;
}
