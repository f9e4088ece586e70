#include "base/vec.h"
#include "opam/install.h"
#include "opam/parse.h"
#include "opam/text.h"
#include "opam/typed.h"

struct reader {
	struct arena *a;
	const struct opam_text *t;
	struct err *e;
	VEC(struct opam_config_var) vars;
	VEC(struct opam_file_depend) depends;
};

/* A string, a boolean or a list of strings. */
static int
read_value(struct reader *r, const struct opam_value *v, struct opam_var *out)
{
	struct opam_strings list;

	if (v->kind == OPAM_BOOL) {
		*out = VAR_IS_BOOL(v->b);
		return 0;
	}
	if (v->kind == OPAM_STRING) {
		*out = VAR_IS_STR(v->s);
		return 0;
	}
	if (v->kind != OPAM_LIST)
		return opam_err(r->e, r->t, v->at, "expected a string, a boolean or a list of strings");
	if (opam_string_list(r->a, r->t, v, &list, r->e) < 0)
		return -1;
	*out = (struct opam_var){.kind = VAR_LIST, .list = list.v, .n = list.n};
	return 0;
}

static int
read_variables(struct reader *r, const struct opam_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct opam_config_var var = {.name = items[i].name};

		if (!items[i].value)
			return opam_err(r->e, r->t, items[i].at, "unexpected section %.*s", SHOWN(items[i].name));
		if (str_is(items[i].name, "opam-version"))
			continue;
		if (read_value(r, items[i].value, &var.value) < 0)
			return -1;
		vec_push(r->a, &r->vars, var);
	}
	return 0;
}

/* A checksum of zeros says that the file must not exist. */
static bool
is_null(struct str hex)
{
	for (size_t i = 0; i < hex.n; i++)
		if (hex.s[i] != '0')
			return false;
	return true;
}

static int
read_file_depends(struct reader *r, const struct opam_value *v)
{
	struct opam_seq seq;
	bool flat;

	if (opam_elements(r->t, &v, 2, &seq, &flat, r->e) < 0)
		return -1;
	if (flat)
		return opam_err(r->e, r->t, v->at, "expected pairs of a file and a checksum");
	for (size_t i = 0; i < seq.n; i++) {
		const struct opam_value *file, *sum;
		struct opam_file_depend depend = {0};

		if (opam_pair(r->t, seq.v[i], &file, &sum, r->e) < 0 ||
		    opam_string(r->t, file, &depend.path, r->e) < 0 ||
		    opam_checksum_value(r->a, r->t, sum, &depend.checksum, r->e) < 0)
			return -1;
		if (!depend.path.n || depend.path.s[0] != '/')
			return opam_err(r->e, r->t, file->at, "'%.*s' is no absolute path", SHOWN(depend.path));
		depend.must_not_exist = is_null(depend.checksum.hex);
		vec_push(r->a, &r->depends, depend);
	}
	return 0;
}

static int
read_item(struct reader *r, const struct opam_item *item)
{
	if (str_is(item->name, "opam-version") || str_starts(item->name, "x-"))
		return 0;
	if (!item->value && str_is(item->name, "variables"))
		return read_variables(r, item->items, item->n);
	if (item->value && str_is(item->name, "file-depends"))
		return read_file_depends(r, item->value);
	return opam_err(r->e, r->t, item->at, "unknown field or section %.*s", SHOWN(item->name));
}

int
opam_config(struct arena *a, const char *path, struct str text, struct opam_config *out, struct err *e)
{
	struct opam_text *t = arena_new(a, struct opam_text);
	struct reader r = {.a = a, .t = t, .e = e};
	bool header;

	if (opam_parse(a, path, text, t, e) < 0)
		return -1;
	/* The old form has no header, and its fields are the variables. */
	header = t->n && str_is(t->items[0].name, "opam-version");
	if (!header && t->n && t->items[0].value && !str_is(t->items[0].name, "file-depends")) {
		if (read_variables(&r, t->items, t->n) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < t->n; i++)
			if (read_item(&r, &t->items[i]) < 0)
				return -1;
	}
	*out = (struct opam_config){r.vars.v, r.vars.n, r.depends.v, r.depends.n};
	return 0;
}
