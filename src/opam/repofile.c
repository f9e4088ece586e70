#include "opam/repofile.h"

#include "opam/parse.h"
#include "opam/typed.h"
#include "opam/version.h"

int
opam_repofile(struct arena *a, const char *path, struct str text, struct opam_repofile *out, struct err *e)
{
	struct opam_text *t = arena_new(a, struct opam_text);
	struct opam_repofile file = {0};

	if (opam_parse(a, path, text, t, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		const struct opam_item *item = &t->items[i];
		const struct opam_value *v = item->value;
		int rc = 0;

		if (!v)
			continue; /* fields that we do not know may be of a later format */
		if (str_is(item->name, "opam-version"))
			rc = opam_string(t, v, &file.opam_version, e);
		else if (str_is(item->name, "browse"))
			rc = opam_string(t, v, &file.browse, e);
		else if (str_is(item->name, "upstream"))
			rc = opam_string(t, v, &file.upstream, e);
		else if (str_is(item->name, "archive-mirrors"))
			rc = opam_string_list(a, t, v, &file.archive_mirrors, e);
		if (rc < 0)
			return -1;
		if (str_is(item->name, "opam-version") && opam_version_cmp(file.opam_version, STR("2.0.99")) > 0)
			return opam_err(e, t, v->at, "the repository has format '%.*s'; the latest known is 2.0",
					STR_ARG(file.opam_version));
	}
	*out = file;
	return 0;
}
