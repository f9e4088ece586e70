#include "opam/repofile.h"

#include "opam/header.h"
#include "opam/parse.h"
#include "opam/typed.h"

enum form { FORM_STRING, FORM_STRINGS, FORM_FILTERED };

/* Fields that are not here are of no use to us and may be anything. */
static const struct {
	const char *name;
	enum form form;
	size_t offset;
} rows[] = {
	{"opam-version", FORM_STRING, offsetof(struct opam_repofile, opam_version)},
	{"browse", FORM_STRING, offsetof(struct opam_repofile, browse)},
	{"upstream", FORM_STRING, offsetof(struct opam_repofile, upstream)},
	{"archive-mirrors", FORM_STRINGS, offsetof(struct opam_repofile, archive_mirrors)},
	{"announce", FORM_FILTERED, offsetof(struct opam_repofile, announce)},
};

/* The strings alone: who is shown an announcement does not depend on the machine. */
static int
read_filtered(struct arena *a, const struct opam_text *t, const struct opam_value *v,
	      struct opam_strings *out, struct err *e)
{
	struct opam_filtereds list;

	if (opam_filtered_list(a, t, v, true, &list, e) < 0)
		return -1;
	out->n = list.n;
	out->v = arena_array(a, struct str, list.n);
	for (size_t i = 0; i < list.n; i++)
		out->v[i] = list.v[i].s;
	return 0;
}

static int
read_field(struct arena *a, const struct opam_text *t, size_t row, const struct opam_value *v,
	   struct opam_repofile *out, struct err *e)
{
	void *place = (char *)out + rows[row].offset;

	switch (rows[row].form) {
	case FORM_STRING:
		return opam_string(t, v, place, e);
	case FORM_STRINGS:
		return opam_string_list(a, t, v, place, e);
	case FORM_FILTERED:
		return read_filtered(a, t, v, place, e);
	}
	return 0;
}

int
opam_repofile(struct arena *a, const char *path, struct str text, struct opam_repofile *out, struct err *e)
{
	struct opam_repofile file = {0};
	struct opam_text t;

	if (opam_parse(a, path, text, &t, e) < 0 || opam_header_optional(&t, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++)
		for (size_t row = 0; t.items[i].value && row < COUNT_OF(rows); row++)
			if (str_is(t.items[i].name, rows[row].name) &&
			    read_field(a, &t, row, t.items[i].value, &file, e) < 0)
				return -1;
	*out = file;
	return 0;
}
