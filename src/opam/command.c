#include "base/vec.h"
#include "opam/expand.h"
#include "opam/twice.h"
#include "opam/typed.h"

struct words {
	struct str *v;
	size_t n, room;
};

static bool
holds(const struct opam_passes *p, const struct opam_value *filter)
{
	return !filter || opam_truth(opam_filter_twice(p, filter).all, false);
}

/* What an identifier stands for as a word of a command: a list makes several words, nothing at all
 * makes an empty one. Its text is not expanded again. */
static void
add_ident(const struct opam_passes *p, struct str s, struct words *out)
{
	struct opam_ref ref = opam_ref_cut(s, false);
	struct opam_var v = opam_ref_value(p, PASS_ALL, &ref);

	if (v.kind != VAR_LIST) {
		vec_push(p->a, out, opam_var_text(p->a, v));
		return;
	}
	for (size_t i = 0; i < v.n; i++)
		vec_push(p->a, out, v.list[i]);
}

static void
add_word(const struct opam_passes *p, const struct opam_value *v, struct words *out)
{
	const struct opam_value *word = v->kind == OPAM_OPTION ? v->kids[0] : v;
	struct str expanded;

	if (v->kind == OPAM_OPTION && v->n > 1 && !holds(p, v->kids[1]))
		return;
	if (word->kind == OPAM_IDENT) {
		add_ident(p, word->s, out);
		return;
	}
	opam_expand_pass(p, PASS_ALL, word->s, NULL, &expanded);
	vec_push(p->a, out, expanded);
}

int
opam_commands(struct arena *a, const struct opam_text *t, const struct opam_value *value,
	      const struct opam_scope *scope, struct opam_commands *out, struct err *e)
{
	struct opam_passes p = {.a = a, .last = scope};
	VEC(struct opam_command) commands = {0};
	const struct opam_value *v, *filter;
	struct opam_seq seq;
	bool flat;

	*out = (struct opam_commands){0};
	if (!value)
		return 0;
	if (opam_commands_check(t, value, e) < 0 || opam_elements(t, &value, 2, &seq, &flat, e) < 0)
		return -1;
	for (size_t i = 0; i < seq.n; i++) {
		struct words words = {0};

		v = seq.v[i];
		filter = !flat && v->kind == OPAM_OPTION && v->n > 1 ? v->kids[1] : NULL;
		if (!holds(&p, filter))
			continue;
		if (flat) {
			add_word(&p, v, &words);
		} else {
			v = v->kind == OPAM_OPTION ? v->kids[0] : v;
			for (size_t j = 0; j < v->n; j++)
				add_word(&p, v->kids[j], &words);
		}
		if (words.n)
			vec_push(a, &commands, ((struct opam_command){words.v, words.n}));
	}
	*out = (struct opam_commands){commands.v, commands.n};
	return 0;
}

int
opam_filtered_strings(struct arena *a, const struct opam_text *t, struct opam_filtereds list,
		      const struct opam_scope *scope, struct opam_strings *out, struct err *e)
{
	struct opam_passes p = {.a = a, .last = scope};
	struct words words = {0};

	for (size_t i = 0; i < list.n; i++) {
		if (opam_filter_check(t, list.v[i].filter, e) < 0)
			return -1;
		if (holds(&p, list.v[i].filter))
			vec_push(a, &words, opam_expand(a, list.v[i].s, scope));
	}
	*out = (struct opam_strings){words.v, words.n};
	return 0;
}

int
opam_depexts(struct arena *a, const struct opam_definition *d, const struct opam_scope *scope,
	     struct opam_strings *out, struct err *e)
{
	struct opam_passes p = {.a = a, .last = scope};
	struct words words = {0};

	for (size_t i = 0; i < d->depext_count; i++) {
		const struct opam_depext *x = &d->depexts[i];

		if (opam_filter_check(&d->text, x->filter, e) < 0)
			return -1;
		for (size_t j = 0; j < x->n && holds(&p, x->filter); j++)
			vec_push(a, &words, x->names[j]);
	}
	*out = (struct opam_strings){words.v, words.n};
	return 0;
}
