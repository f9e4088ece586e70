/* record.json back to what it was written from. */
#include <string.h>

#include "ledger/parts.h"
#include "ledger/private.h"

struct oid
ledger_oid(const json_value *v, const char *key)
{
	struct oid id = {0};

	if (!oid_of(json_str(v, key), &id))
		id = (struct oid){0};
	return id;
}

static void
read_deps(struct arena *a, const json_value *list, struct record *out)
{
	out->deps = arena_array(a, struct record_dep, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->deps[out->dep_count++] = (struct record_dep){
			.name = json_dup(a, v, "name"),
			.version = json_dup(a, v, "version"),
			.roles = json_dup(a, v, "roles"),
		};
}

static void
read_extras(struct arena *a, const json_value *list, struct record *out)
{
	out->extras = arena_array(a, struct record_extra, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->extras[out->extra_count++] = (struct record_extra){
			.name = json_dup(a, v, "name"),
			.id = ledger_oid(v, "blob"),
			.sha256 = json_dup(a, v, "sha256"),
			.patch = json_bool(v, "patch"),
		};
}

static unsigned
mode_of(struct str text)
{
	return str_is(text, "link") ? MODE_LINK : str_is(text, "0755") ? MODE_EXEC : MODE_FILE;
}

static void
read_files(struct arena *a, const json_value *list, struct record *out)
{
	out->files = arena_array(a, struct record_file, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->files[out->file_count++] = (struct record_file){
			.path = json_dup(a, v, "path"),
			.mode = mode_of(json_str(v, "mode")),
			.sha256 = json_dup(a, v, "sha256"),
			.size = json_int(v, "size"),
		};
}

static void
read_images(struct arena *a, const json_value *list, struct record *out)
{
	out->images = arena_array(a, struct record_image, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->images[out->image_count++] = (struct record_image){
			.path = json_dup(a, v, "path"),
			.sha256 = json_dup(a, v, "sha256"),
			.build_id = json_dup(a, v, "build-id"),
			.size = json_int(v, "size"),
		};
}

static void
read_libraries(struct arena *a, const json_value *list, struct record *out)
{
	out->libraries = arena_array(a, struct record_library, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out->libraries[out->library_count++] = (struct record_library){
			.soname = json_dup(a, v, "soname"),
			.package = json_dup(a, v, "package"),
			.version = json_dup(a, v, "version"),
			.declared = json_bool(v, "declared"),
		};
}

static int
read_checksums(struct arena *a, const json_value *list, struct fetched *out, struct err *e)
{
	out->checksums = arena_array(a, struct opam_checksum, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		if (opam_checksum(a, str_dup(a, json_text(v)), &out->checksums[out->checksum_count++], e) < 0)
			return -1;
	return 0;
}

static int
read_chain(struct arena *a, const json_value *list, struct fetched *out, struct err *e)
{
	out->tree_chain = arena_array(a, struct oid, json_count(list));
	for (const json_value *v = json_first(list); v; v = json_next(v))
		if (!oid_of(json_text(v), &out->tree_chain[out->tree_chain_count++]))
			return err_set(e, ERR_PARSE, "the chain of trees names something that is no id");
	return 0;
}

static int
read_source(struct arena *a, const json_value *v, struct fetched *out, struct err *e)
{
	struct str class = json_str(v, "class"), sha256 = json_str(v, "tree-sha256");

	if (!source_class_of(class, &out->class))
		return err_set(e, ERR_PARSE, "the source class '" STR_FMT "' is unknown", STR_ARG(class));
	out->commit = ledger_oid(v, "commit");
	out->declared = json_dup(a, v, "declared-commit");
	out->empty_dirs = json_strs(a, json_get(v, "empty-dirs"), &out->empty_dir_count);
	out->epoch = json_int(v, "epoch");
	out->repo_commit = ledger_oid(v, "repository-commit");
	out->subpath = json_dup(a, v, "subpath");
	out->tree = ledger_oid(v, "tree");
	if (sha256.n < sizeof(out->tree_sha256) && sha256.n)
		memcpy(out->tree_sha256, sha256.s, sha256.n);
	out->untracked = (size_t)json_int(v, "untracked");
	out->url = json_dup(a, v, "url");
	if (read_checksums(a, json_get(v, "checksums"), out, e) < 0)
		return -1;
	return read_chain(a, json_get(v, "tree-chain"), out, e);
}

int
record_get(struct arena *a, const json_value *v, struct record *out, struct err *e)
{
	if (json_int(v, "format") != LEDGER_FORMAT)
		return err_set(e, ERR_PARSE, "record.json has format %lld, and this pkg knows %d",
			       (long long)json_int(v, "format"), LEDGER_FORMAT);
	out->build_key = json_dup(a, v, "build-key");
	out->definition = ledger_oid(v, "definition");
	out->definition_sha256 = json_dup(a, v, "definition-sha256");
	out->depexts = json_strs(a, json_get(v, "depexts"), &out->depext_count);
	out->documented = json_bool(v, "documented");
	out->input_id = json_dup(a, v, "input-id");
	out->log = json_dup(a, v, "log");
	out->name = json_dup(a, v, "name");
	out->output = ledger_oid(v, "output");
	out->repo = json_dup(a, v, "repository");
	out->sandbox = json_dup(a, v, "sandbox");
	out->tested = json_bool(v, "tested");
	out->version = json_dup(a, v, "version");
	read_deps(a, json_get(v, "dependencies"), out);
	read_extras(a, json_get(v, "extras"), out);
	read_files(a, json_get(v, "files"), out);
	read_images(a, json_get(v, "images"), out);
	read_libraries(a, json_get(v, "libraries"), out);
	return read_source(a, json_get(v, "source"), &out->source, e);
}

int
record_read(struct store *s, struct arena *a, const struct oid *folder, struct record *out, struct err *e)
{
	struct arena own = {0};
	struct store_entry entry;
	json_value *doc = NULL;
	struct str text;
	int rc = -1;

	*out = (struct record){.folder = *folder};
	if (store_tree_find(s, &own, folder, "record.json", &entry, e) == 0 &&
	    store_blob_read(s, &own, &entry.id, &text, e) == 0)
		doc = json_parse(text, "record.json", e);
	if (doc) {
		rc = record_get(a, doc, out, e);
		json_free(doc);
	}
	arena_free(&own);
	return rc < 0 ? err_note(e, "while reading the record %s", folder->hex) : 0;
}
