#include "opam/fields.h"

#include "opam/text.h"
#include "opam/version.h"

/* `["name" ...] {filter}`, the form of today. */
static int
depext_new(struct arena *a, const struct opam_text *t, const struct opam_value *v, struct opam_depext *out,
	   struct err *e)
{
	const struct opam_value *list;
	struct opam_strings names;

	if (opam_option(t, v, &list, &out->filter, e) < 0)
		return -1;
	if (list->kind != OPAM_LIST)
		return opam_err(e, t, list->at, "expected a list of names");
	if (opam_string_list(a, t, list, &names, e) < 0)
		return -1;
	out->names = names.v;
	out->n = names.n;
	return 0;
}

/* `[["tag" ...] ["name" ...]]`: opam and-s the tags as filters. */
static int
depext_old(struct arena *a, const struct opam_text *t, const struct opam_value *v, struct opam_depext *out,
	   struct err *e)
{
	const struct opam_value *tags, *list;
	struct opam_strings names, ignored;

	if (opam_pair(t, v, &tags, &list, e) < 0)
		return -1;
	if (tags->kind != OPAM_LIST || list->kind != OPAM_LIST)
		return opam_err(e, t, v->at, "expected two lists of strings");
	if (opam_string_list(a, t, tags, &ignored, e) < 0 || opam_string_list(a, t, list, &names, e) < 0)
		return -1;
	if (tags->n)
		out->filter =
			opam_chain_new(a, OPAM_AND, (const struct opam_value *const *)tags->kids, tags->n);
	out->names = names.v;
	out->n = names.n;
	return 0;
}

int
opam_depexts_read(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
		  struct opam_definition *d, void *out UNUSED, struct err *e)
{
	const struct opam_text *t = &d->text;
	struct opam_depext *list;
	struct opam_seq seq;
	struct err old;
	bool flat, good;
	size_t i;

	if (opam_elements(t, &v, 2, &seq, &flat, e) < 0)
		return -1;
	list = arena_array(a, struct opam_depext, seq.n);
	if (flat) {
		list[0].n = 1;
		list[0].names = arena_new(a, struct str);
		if (opam_string(t, v, list[0].names, e) < 0)
			return -1;
	}
	for (i = 0, good = true; !flat && good && i < seq.n; i++)
		good = depext_new(a, t, seq.v[i], &list[i], e) == 0;
	if (!good) {
		if (opam_elements(t, &v, 3, &seq, &flat, &old) < 0)
			return -1;
		list = arena_array(a, struct opam_depext, seq.n);
		for (i = 0; i < seq.n; i++)
			if (depext_old(a, t, seq.v[i], &list[i], &old) < 0)
				return -1;
	}
	d->depexts = list;
	d->depext_count = seq.n;
	return 0;
}

int
opam_extra_files_read(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
		      struct opam_definition *d, void *out UNUSED, struct err *e)
{
	const struct opam_text *t = &d->text;
	const struct opam_value *name, *sum;
	struct opam_extra_file *list;
	struct opam_seq seq;

	if (opam_elements(t, &v, 2, &seq, NULL, e) < 0)
		return -1;
	list = arena_array(a, struct opam_extra_file, seq.n);
	for (size_t i = 0; i < seq.n; i++)
		if (opam_pair(t, seq.v[i], &name, &sum, e) < 0 ||
		    opam_string(t, name, &list[i].name, e) < 0 ||
		    opam_checksum_value(a, t, sum, &list[i].checksum, e) < 0)
			return -1;
	d->extra_files = list;
	d->extra_file_count = seq.n;
	d->has_extra_files = true;
	return 0;
}

int
opam_pin_depends_read(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
		      struct opam_definition *d, void *out UNUSED, struct err *e)
{
	const struct opam_text *t = &d->text;
	const struct opam_value *package, *address;
	struct opam_pin_depend *list;
	struct opam_seq seq;
	struct str s;

	if (opam_elements(t, &v, 2, &seq, NULL, e) < 0)
		return -1;
	list = arena_array(a, struct opam_pin_depend, seq.n);
	for (size_t i = 0; i < seq.n; i++) {
		if (opam_pair(t, seq.v[i], &package, &address, e) < 0 || opam_string(t, package, &s, e) < 0)
			return -1;
		if (!opam_name_version_cut(s, &list[i].name, &list[i].version))
			return opam_err(e, t, package->at, "'%.*s' is not of the form NAME.VERSION",
					SHOWN(s));
		if (opam_string(t, address, &s, e) < 0)
			return -1;
		if (opam_url(s, &list[i].url, e) < 0)
			return opam_err_place(e, t, address->at);
	}
	d->pin_depends = list;
	d->pin_depend_count = seq.n;
	return 0;
}

/* An extension field takes any value; another form than the one that has a meaning is a doubt. */
int
opam_loose_read(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
		struct opam_definition *d, void *out, struct err *e UNUSED)
{
	if (v->kind == OPAM_STRING)
		*(struct str *)out = v->s;
	else
		opam_doubt_at(a, d, FINDING_FIELD, str_of(row->name), v->at, "%s is a string, or ignored",
			      row->name);
	return 0;
}

/* `"text"`, `"text" {filter}`, or several joined by `|`. */
static bool
is_choice(const struct opam_text *t, const struct opam_value *v, struct err *ignored)
{
	const struct opam_value *text, *filter;

	while (v->kind == OPAM_GROUP && v->n == 1)
		v = v->kids[0];
	if (v->kind != OPAM_OR)
		return opam_option(t, v, &text, &filter, ignored) == 0 && text->kind == OPAM_STRING;
	for (size_t i = 0; i < opam_chain(v); i++)
		if (opam_operand(v, i)->kind == OPAM_OR || !is_choice(t, opam_operand(v, i), ignored))
			return false;
	return true;
}

/* `[NAME false]` or `[NAME separator format]`. */
static bool
is_rewrite(const struct opam_text *t, const struct opam_value *v, struct err *ignored)
{
	if (v->kind != OPAM_LIST || v->n < 2 || v->n > 3 || v->kids[0]->kind != OPAM_IDENT)
		return false;
	if (v->n == 2)
		return v->kids[1]->kind == OPAM_BOOL;
	return is_choice(t, v->kids[1], ignored) && is_choice(t, v->kids[2], ignored);
}

/* How paths in variables are written on Windows: without meaning here. */
int
opam_rewrites_read(struct arena *a, const struct opam_field_row *row, const struct opam_value *v,
		   struct opam_definition *d, void *out UNUSED, struct err *e UNUSED)
{
	struct opam_seq seq = {0};
	struct err ignored;

	if (opam_elements(&d->text, &v, 2, &seq, NULL, &ignored) < 0)
		seq = (struct opam_seq){&v, 1};
	for (size_t i = 0; i < seq.n; i++)
		if (!is_rewrite(&d->text, seq.v[i], &ignored)) {
			opam_doubt_at(a, d, FINDING_FIELD, str_of(row->name), seq.v[i]->at,
				      "expected [NAME true|false] or [NAME separator format]");
			return 0;
		}
	return 0;
}

/* `name {formula} {"text"}` */
static int
feature_check(struct arena *a, const struct opam_text *t, const struct opam_value *v, struct err *e)
{
	const struct opam_value *inner = v->kind == OPAM_OPTION ? v->kids[0] : v;
	struct str s;

	if (v->kind != OPAM_OPTION || inner->kind != OPAM_OPTION || v->n != 2 ||
	    inner->kids[0]->kind != OPAM_IDENT)
		return opam_err(e, t, v->at, "expected a feature: name {formula} {\"text\"}");
	for (size_t i = 1; i < inner->n; i++)
		if (inner->kids[i]->kind == OPAM_LIST)
			return opam_err(e, t, inner->kids[i]->at, "expected a package");
		else if (opam_formula_check(a, t, inner->kids[i], e) < 0)
			return -1;
	return opam_string(t, v->kids[1], &s, e);
}

int
opam_features_read(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
		   struct opam_definition *d, void *out UNUSED, struct err *e)
{
	const struct opam_text *t = &d->text;
	struct opam_seq seq;

	if (opam_elements(t, &v, 1, &seq, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++)
		if (feature_check(a, t, seq.v[i], e) < 0)
			return -1;
	return 0;
}

int
opam_old_sources_read(struct arena *a, const struct opam_field_row *row UNUSED, const struct opam_value *v,
		      struct opam_definition *d, void *out UNUSED, struct err *e)
{
	const struct opam_text *t = &d->text;
	const struct opam_value *address, *sum, *name;
	struct opam_checksum checksum;
	struct opam_url url;
	struct opam_seq seq;
	struct str s;

	if (opam_elements(t, &v, 2, &seq, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++) {
		if (opam_pair(t, seq.v[i], &address, &sum, e) < 0 ||
		    opam_option(t, address, &address, &name, e) < 0 || opam_string(t, address, &s, e) < 0 ||
		    (name && opam_string(t, name, &s, e) < 0) ||
		    opam_checksum_value(a, t, sum, &checksum, e) < 0)
			return -1;
		if (opam_url(address->s, &url, e) < 0)
			return opam_err_place(e, t, address->at);
	}
	return 0;
}

/* `variable op v` */
static const struct opam_value *
compare(struct arena *a, const char *variable, unsigned op, struct opam_value *v)
{
	struct opam_value *ident = arena_new(a, struct opam_value);
	struct opam_value *relop = arena_new(a, struct opam_value);

	*ident = (struct opam_value){.kind = OPAM_IDENT, .s = str_of(variable), .at = v->at};
	relop->kind = OPAM_RELOP;
	relop->op = op;
	relop->at = v->at;
	relop->n = 2;
	relop->kids = arena_array(a, struct opam_value *, 2);
	relop->kids[0] = ident;
	relop->kids[1] = v;
	return relop;
}

static int
old_chain(struct arena *a, const struct opam_text *t, const struct opam_value *v, const char *variable,
	  enum opam_kind kind, const struct opam_value **out, struct err *e)
{
	bool side_by_side = v->kind == OPAM_LIST || v->kind == OPAM_GROUP;
	size_t n = side_by_side ? v->n : opam_chain(v);
	const struct opam_value **operands = arena_array(a, const struct opam_value *, n), *kid;

	for (size_t i = 0; i < n; i++) {
		kid = side_by_side ? v->kids[i] : opam_operand(v, i);
		if (kid->kind == OPAM_LIST)
			return opam_err(e, t, kid->at, "a list within the condition of %s", variable);
		if (opam_old_filter(a, t, kid, variable, &operands[i], e) < 0)
			return -1;
	}
	*out = opam_chain_new(a, kind, operands, n);
	return 0;
}

static int
old_not(struct arena *a, const struct opam_text *t, const struct opam_value *v, const char *variable,
	const struct opam_value **out, struct err *e)
{
	const struct opam_value *operand = NULL;
	struct opam_value *own;

	if (opam_old_filter(a, t, v->kids[0], variable, &operand, e) < 0)
		return -1;
	own = arena_new(a, struct opam_value);
	*own = *v;
	own->kids = arena_new(a, struct opam_value *);
	own->kids[0] = (struct opam_value *)(uintptr_t)operand;
	*out = own;
	return 0;
}

int
opam_old_filter(struct arena *a, const struct opam_text *t, const struct opam_value *v, const char *variable,
		const struct opam_value **out, struct err *e)
{
	bool os = str_is(STR("os"), variable);
	struct opam_value *own;

	switch (v->kind) {
	case OPAM_LIST:
	case OPAM_GROUP:
		if (v->n)
			return old_chain(a, t, v, variable, os ? OPAM_OR : OPAM_AND, out, e);
		own = arena_new(a, struct opam_value);
		*own = (struct opam_value){.kind = OPAM_BOOL, .b = true, .at = v->at};
		*out = own;
		return 0;
	case OPAM_AND:
	case OPAM_OR:
		return old_chain(a, t, v, variable, v->kind, out, e);
	case OPAM_NOT:
		return old_not(a, t, v, variable, out, e);
	case OPAM_STRING:
		if (!os)
			break;
		own = arena_new(a, struct opam_value);
		*own = *v;
		*out = compare(a, variable, OP_EQ, own);
		return 0;
	case OPAM_PREFIX_RELOP:
		if (os || (v->kids[0]->kind != OPAM_STRING && v->kids[0]->kind != OPAM_IDENT))
			break;
		*out = compare(a, variable, v->op, v->kids[0]);
		return 0;
	default:
		break;
	}
	return opam_err(e, t, v->at,
			os ? "expected the name of a system" : "expected a constraint on a version");
}
