#include "base/vec.h"
#include "opam/header.h"
#include "opam/install.h"
#include "opam/parse.h"
#include "opam/text.h"
#include "opam/typed.h"
#include "opam/version.h"

struct reader {
	struct arena *a;
	const struct opam_text *t;
	struct err *e;
	VEC(struct opam_config_var) vars;
};

static int
read_variable(struct reader *r, const struct opam_item *item)
{
	const struct opam_value *v = item->value;
	struct opam_config_var var = {.name = item->name};
	struct opam_strings list;

	if (!v)
		return opam_err(r->e, r->t, item->at, "unexpected section %.*s", SHOWN(item->name));
	if (v->kind == OPAM_STRING) {
		var.value = VAR_IS_STR(v->s);
	} else if (v->kind == OPAM_BOOL) {
		var.value = VAR_IS_BOOL(v->b);
	} else if (v->kind == OPAM_LIST) {
		if (opam_string_list(r->a, r->t, v, &list, r->e) < 0)
			return -1;
		var.value = (struct opam_var){.kind = VAR_LIST, .list = list.v, .n = list.n};
	} else {
		return opam_err(r->e, r->t, v->at, "expected a string, strings or a boolean");
	}
	vec_push(r->a, &r->vars, var);
	return 0;
}

static int
read_variables(struct reader *r, const struct opam_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (read_variable(r, &items[i]) < 0)
			return -1;
	return 0;
}

/* A checksum of zeros only says that the file must not be there. */
static bool
is_null(struct str hex)
{
	for (size_t i = 0; i < hex.n; i++)
		if (hex.s[i] != '0')
			return false;
	return true;
}

static int
read_file_depends(struct reader *r, const struct opam_value *v, struct opam_config *out)
{
	const struct opam_value *path, *sum;
	struct opam_file_depend *list;
	struct opam_seq seq;

	if (opam_elements(r->t, &v, 2, &seq, NULL, r->e) < 0)
		return -1;
	list = arena_array(r->a, struct opam_file_depend, seq.n);
	for (size_t i = 0; i < seq.n; i++) {
		if (opam_pair(r->t, seq.v[i], &path, &sum, r->e) < 0 ||
		    opam_string(r->t, path, &list[i].path, r->e) < 0 ||
		    opam_checksum_value(r->a, r->t, sum, &list[i].checksum, r->e) < 0)
			return -1;
		if (!str_starts(list[i].path, "/") || str_chr(list[i].path, '\0') >= 0)
			return opam_err(r->e, r->t, path->at, "'%.*s' is no absolute path",
					SHOWN(list[i].path));
		list[i].must_not_exist = is_null(list[i].checksum.hex);
	}
	out->file_depends = list;
	out->file_depend_count = seq.n;
	return 0;
}

static int
read_item(struct reader *r, const struct opam_item *item, bool *variables, struct opam_config *out)
{
	if (str_is(item->name, "opam-version") && item->value)
		return 0;
	if (str_is(item->name, "file-depends") && item->value) {
		if (out->file_depends)
			return opam_err(r->e, r->t, item->at, "repeated field file-depends");
		return read_file_depends(r, item->value, out);
	}
	if (!str_is(item->name, "variables") || item->value || item->has_title)
		return opam_err(r->e, r->t, item->at, "unknown field or section '%.*s'", SHOWN(item->name));
	if (*variables)
		return opam_err(r->e, r->t, item->at, "repeated section variables");
	*variables = true;
	return read_variables(r, item->items, item->n);
}

int
opam_config(struct arena *a, const char *path, struct str text, struct opam_config *out, struct err *e)
{
	struct opam_config config = {0};
	struct opam_text t;
	struct reader r = {.a = a, .t = &t, .e = e};
	struct str version;
	bool variables = false;

	if (opam_parse(a, path, text, &t, e) < 0 || opam_header_optional(&t, &version, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++) {
		/* In old files, and in those without a header, all that is there are variables. */
		bool old = opam_version_cmp(version, STR("1.3~dev3")) <= 0;

		if (old && str_is(t.items[i].name, "opam-version"))
			continue;
		if ((old ? read_variable(&r, &t.items[i]) : read_item(&r, &t.items[i], &variables, &config)) <
		    0)
			return -1;
	}
	config.vars = r.vars.v;
	config.var_count = r.vars.n;
	*out = config;
	return 0;
}
