#include <stdlib.h>
#include <string.h>

#include "cli/cmd_show.h"
#include "cli/out.h"
#include "opam/version.h"

static void
json_package(struct json *j, const struct shown *s, struct str depends)
{
	const struct opam_definition *d = &s->definition;

	json_object(j);
	json_key_str(j, "name", s->name);
	json_key_str(j, "version", s->version);
	json_key_array(j, "versions");
	for (size_t i = 0; i < s->versions.n; i++)
		json_add_str(j, s->versions.v[i].version);
	json_end(j);
	json_key_str(j, "synopsis", d->synopsis);
	json_key_str(j, "description", d->description);
	out_json_strings(j, "homepage", &d->homepage);
	out_json_strings(j, "license", &d->license);
	json_key_str(j, "depends", depends);
	if (d->url.present)
		json_key_str(j, "source", d->url.src.text);
	json_key_str(j, "declared_commit", d->x_commit_hash);
	json_key_bool(j, "installed", s->installed && str_eq(s->installed->version, s->version));
	if (s->installed && str_eq(s->installed->version, s->version)) {
		json_key_c(j, "source_class", source_class_text(s->installed->source.class));
		json_key_c(j, "tree", s->installed->source.tree.hex);
		json_key_c(j, "commit", s->installed->source.commit.hex);
		out_json_sha256(j, "input_id", s->installed->input_id);
		out_json_sha256(j, "build_key", s->installed->build_key);
		json_key_c(j, "output", s->installed->output.hex);
	}
	json_end(j);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorted, each once; what the definition does not have is left out. */
static void
json_fields(struct ctx *c, struct json *j, const struct shown *s, const struct opt_list *fields)
{
	struct str *names = arena_array(c->a, struct str, fields->n);

	memcpy(names, fields->v, fields->n * sizeof(*names));
	qsort(names, fields->n, sizeof(*names), by_text);
	json_key_array(j, "fields");
	for (size_t i = 0; i < fields->n; i++) {
		struct str text = show_field(c, s, names[i]);

		if (!text.n || (i && str_eq(names[i], names[i - 1])))
			continue;
		json_object(j);
		json_key_str(j, "name", names[i]);
		json_key_str(j, "value", text);
		json_end(j);
	}
	json_end(j);
}

static void
json_chosen(struct ctx *c, struct json *j, const struct shown *s, const struct show_options *o)
{
	json_object(j);
	json_key_str(j, "name", s->name);
	if (o->all_versions) {
		json_key_array(j, "versions");
		for (size_t i = 0; i < s->versions.n; i++)
			json_add_str(j, s->versions.v[i].version);
		json_end(j);
	} else {
		json_key_str(j, "version", s->version);
	}
	if (o->raw)
		json_key_str(j, "definition", s->definition.text.text);
	if (o->fields.n)
		json_fields(c, j, s, &o->fields);
	json_end(j);
}

static int
by_name(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : opam_version_cmp(x->version, y->version);
}

int
show_json(struct ctx *c, const struct shown *list, size_t n, const struct show_options *o, struct err *e)
{
	struct shown *sorted = arena_array(c->a, struct shown, n);
	struct json *j = out_data(c);
	struct str depends = {0};

	memcpy(sorted, list, n * sizeof(*list));
	qsort(sorted, n, sizeof(*sorted), by_name);
	json_key_array(j, "packages");
	for (size_t i = 0; i < n; i++) {
		if (show_is_chosen(o)) {
			json_chosen(c, j, &sorted[i], o);
		} else {
			if (show_depends(c, &sorted[i], &depends, e) < 0)
				return -1;
			json_package(j, &sorted[i], depends);
		}
	}
	json_end(j);
	return 0;
}
