#include "opam/typed.h"

#include <string.h>

#include "opam/text.h"

int
opam_err_place(struct err *e, const struct opam_text *t, struct opam_span at)
{
	char msg[sizeof(e->msg)];

	memcpy(msg, e->msg, sizeof(msg));
	return opam_err(e, t, at, "%s", msg);
}

/* How deep a value is a list, from its first elements. */
static unsigned
depth_of(const struct opam_value *v)
{
	unsigned depth = 0;

	for (;;) {
		if (v->kind == OPAM_LIST) {
			depth++;
			if (!v->n)
				return depth;
		} else if (v->kind != OPAM_OPTION) {
			return depth;
		}
		v = v->kids[0];
	}
}

int
opam_elements(const struct opam_text *t, const struct opam_value *const *self, unsigned depth,
	      struct opam_seq *out, bool *flat, struct err *e)
{
	const struct opam_value *v = *self;
	unsigned got = depth_of(v);
	bool wrap = false;

	if (!flat)
		flat = &wrap;
	*flat = got + 2 <= depth;
	if (got < depth) {
		*out = (struct opam_seq){self, 1};
		return 0;
	}
	if (v->kind != OPAM_LIST)
		return opam_err(e, t, v->at, "expected a list");
	*out = (struct opam_seq){(const struct opam_value *const *)v->kids, v->n};
	return 0;
}

int
opam_option(const struct opam_text *t, const struct opam_value *v, const struct opam_value **value,
	    const struct opam_value **filter, struct err *e)
{
	*value = v;
	*filter = NULL;
	if (v->kind != OPAM_OPTION)
		return 0;
	*value = v->kids[0];
	if (v->n > 2)
		return opam_err(e, t, v->kids[2]->at, "expected a single filter in braces");
	if (v->n == 2)
		*filter = v->kids[1];
	return opam_filter_check(t, *filter, e);
}

int
opam_string(const struct opam_text *t, const struct opam_value *v, struct str *out, struct err *e)
{
	if (v->kind != OPAM_STRING)
		return opam_err(e, t, v->at, "expected a string");
	*out = v->s;
	return 0;
}

int
opam_string_list(struct arena *a, const struct opam_text *t, const struct opam_value *v,
		 struct opam_strings *out, struct err *e)
{
	struct opam_strings list;
	struct opam_seq seq = {0};

	if (opam_elements(t, &v, 1, &seq, NULL, e) < 0)
		return -1;
	list.n = seq.n;
	list.v = arena_array(a, struct str, seq.n);
	for (size_t i = 0; i < seq.n; i++)
		if (opam_string(t, seq.v[i], &list.v[i], e) < 0)
			return -1;
	*out = list;
	return 0;
}

int
opam_filtered_list(struct arena *a, const struct opam_text *t, const struct opam_value *v, bool trim,
		   struct opam_filtereds *out, struct err *e)
{
	struct opam_filtereds list;
	struct opam_seq seq = {0};

	if (opam_elements(t, &v, 1, &seq, NULL, e) < 0)
		return -1;
	list.n = seq.n;
	list.v = arena_array(a, struct opam_filtered, seq.n);
	for (size_t i = 0; i < seq.n; i++) {
		struct opam_filtered *f = &list.v[i];
		const struct opam_value *value;

		if (opam_option(t, seq.v[i], &value, &f->filter, e) < 0 ||
		    opam_string(t, value, &f->s, e) < 0)
			return -1;
		f->at = seq.v[i]->at;
		if (trim)
			f->s = str_trim(f->s);
	}
	*out = list;
	return 0;
}

static int
check_word(const struct opam_text *t, const struct opam_value *v, struct err *e)
{
	const struct opam_value *word, *filter;

	if (opam_option(t, v, &word, &filter, e) < 0)
		return -1;
	if (word->kind != OPAM_STRING && word->kind != OPAM_IDENT)
		return opam_err(e, t, word->at, "expected a string or a variable as a word of a command");
	return 0;
}

int
opam_commands_check(const struct opam_text *t, const struct opam_value *v, struct err *e)
{
	const struct opam_value *list, *filter;
	struct opam_seq seq = {0};
	bool flat;

	if (opam_elements(t, &v, 2, &seq, &flat, e) < 0)
		return -1;
	if (flat)
		return check_word(t, v, e);
	for (size_t i = 0; i < seq.n; i++) {
		if (opam_option(t, seq.v[i], &list, &filter, e) < 0)
			return -1;
		if (list->kind != OPAM_LIST)
			return opam_err(e, t, list->at, "expected a command, as a list of words");
		for (size_t j = 0; j < list->n; j++)
			if (check_word(t, list->kids[j], e) < 0)
				return -1;
	}
	return 0;
}

static int
env_update(const struct opam_text *t, const struct opam_value *v, struct opam_env_update *out, struct err *e)
{
	if (v->kind == OPAM_LIST && v->n == 1)
		v = v->kids[0];
	if (v->kind != OPAM_ENV && !(v->kind == OPAM_RELOP && v->op == OP_EQ))
		return opam_err(e, t, v->at, "expected one update of the form [NAME += \"value\"]");
	if (v->kids[0]->kind != OPAM_IDENT)
		return opam_err(e, t, v->kids[0]->at, "expected the name of a variable");
	out->name = v->kids[0]->s;
	out->op = v->kind == OPAM_ENV ? (enum opam_env_op)v->op : ENV_SET;
	return opam_string(t, v->kids[1], &out->value, e);
}

int
opam_env_list(struct arena *a, const struct opam_text *t, const struct opam_value *v,
	      struct opam_env_updates *out, struct err *e)
{
	struct opam_env_updates list;
	struct opam_seq seq = {0};
	bool flat;

	if (opam_elements(t, &v, 2, &seq, &flat, e) < 0)
		return -1;
	list.n = seq.n;
	list.v = arena_array(a, struct opam_env_update, seq.n);
	for (size_t i = 0; i < seq.n; i++)
		if (env_update(t, seq.v[i], &list.v[i], e) < 0)
			return -1;
	*out = list;
	return 0;
}

int
opam_checksum_value(struct arena *a, const struct opam_text *t, const struct opam_value *v,
		    struct opam_checksum *out, struct err *e)
{
	struct str s = {0};

	if (opam_string(t, v, &s, e) < 0)
		return -1;
	return opam_checksum(a, s, out, e) < 0 ? opam_err_place(e, t, v->at) : 0;
}

int
opam_pair(const struct opam_text *t, const struct opam_value *v, const struct opam_value **left,
	  const struct opam_value **right, struct err *e)
{
	if (v->kind != OPAM_LIST || v->n != 2)
		return opam_err(e, t, v->at, "expected two values in brackets");
	*left = v->kids[0];
	*right = v->kids[1];
	return 0;
}
