/* What is known of a build, as JSON: the part of a record that its output does not say. */
#include "base/json.h"
#include "build/cache.h"

enum { ENTRY_FORMAT = 1 };

static void
write_files(struct json *j, const struct build_result *r)
{
	json_key_array(j, "files");
	for (size_t i = 0; i < r->file_count; i++) {
		const struct record_file *f = &r->files[i];

		json_object(j);
		json_key_int(j, "mode", f->mode);
		json_key_str(j, "path", f->path);
		json_key_str(j, "sha256", f->sha256);
		json_key_int(j, "size", f->size);
		json_end(j);
	}
	json_end(j);
}

struct str
cache_entry_text(struct arena *a, const struct build_result *r)
{
	struct json j = json_new(a);

	json_object(&j);
	j.compact = true;
	write_files(&j, r);
	json_key_int(&j, "format", ENTRY_FORMAT);
	json_key_array(&j, "images");
	for (size_t i = 0; i < r->image_count; i++) {
		json_object(&j);
		json_key_str(&j, "build-id", r->images[i].build_id);
		json_key_str(&j, "path", r->images[i].path);
		json_key_str(&j, "sha256", r->images[i].sha256);
		json_key_int(&j, "size", r->images[i].size);
		json_end(&j);
	}
	json_end(&j);
	json_key_str(&j, "level", r->level);
	json_key_array(&j, "libraries");
	for (size_t i = 0; i < r->library_count; i++) {
		json_object(&j);
		json_key_bool(&j, "declared", r->libraries[i].declared);
		json_key_str(&j, "package", r->libraries[i].package);
		json_key_str(&j, "soname", r->libraries[i].soname);
		json_key_str(&j, "version", r->libraries[i].version);
		json_end(&j);
	}
	json_end(&j);
	json_key_str(&j, "output", oid_str(&r->output.id));
	json_key_bool(&j, "tested", r->tested);
	json_end(&j);
	return json_done(&j);
}

static size_t
count(const json_value *list)
{
	size_t n = 0;

	for (const json_value *v = json_first(list); v; v = json_next(v))
		n++;
	return n;
}

static void
read_lists(struct arena *a, const json_value *doc, struct build_result *out)
{
	const json_value *files = json_get(doc, "files"), *images = json_get(doc, "images");
	const json_value *libraries = json_get(doc, "libraries");

	out->files = arena_array(a, struct record_file, count(files));
	out->images = arena_array(a, struct record_image, count(images));
	out->libraries = arena_array(a, struct record_library, count(libraries));
	for (const json_value *v = json_first(files); v; v = json_next(v))
		out->files[out->file_count++] =
			(struct record_file){.path = str_dup(a, json_str(v, "path")),
					     .mode = (unsigned)json_int(v, "mode"),
					     .sha256 = str_dup(a, json_str(v, "sha256")),
					     .size = json_int(v, "size")};
	for (const json_value *v = json_first(images); v; v = json_next(v))
		out->images[out->image_count++] =
			(struct record_image){.path = str_dup(a, json_str(v, "path")),
					      .sha256 = str_dup(a, json_str(v, "sha256")),
					      .build_id = str_dup(a, json_str(v, "build-id")),
					      .size = json_int(v, "size")};
	for (const json_value *v = json_first(libraries); v; v = json_next(v))
		out->libraries[out->library_count++] =
			(struct record_library){.soname = str_dup(a, json_str(v, "soname")),
						.package = str_dup(a, json_str(v, "package")),
						.version = str_dup(a, json_str(v, "version")),
						.declared = json_bool(v, "declared")};
}

int
cache_entry_read(struct arena *a, struct str text, struct oid *output, struct build_result *out,
		 struct err *e)
{
	json_value *doc = json_parse(text, "an entry of refs/pkg/builds", e);
	int rc = 0;

	*out = (struct build_result){0};
	if (!doc)
		return -1;
	if (json_int(doc, "format") != ENTRY_FORMAT || !oid_of(json_str(doc, "output"), output)) {
		rc = err_set(e, ERR_VERIFY, "an entry of refs/pkg/builds is damaged or of a newer pkg");
	} else {
		out->level = str_dup(a, json_str(doc, "level"));
		out->tested = json_bool(doc, "tested");
		read_lists(a, doc, out);
	}
	json_free(doc);
	return rc;
}
