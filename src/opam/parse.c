#include "opam/parse.h"

#include <string.h>

#include "base/vec.h"
#include "opam/header.h"
#include "opam/lexer.h"

struct parser {
	struct arena *a;
	const struct opam_text *t;
	struct err *e;
	struct lexer lexer;
	struct token token;              /* the one to look at */
	unsigned depth;                  /* of what is open now */
	unsigned height;                 /* of the value read last */
	VEC(struct opam_value *) values; /* read, but in no node yet */
	VEC(struct opam_item) items;
};

static int parse_value(struct parser *p, struct opam_value **out);

static void
next(struct parser *p)
{
	opam_lex(&p->lexer, &p->token);
}

static int
unexpected(struct parser *p, const char *wanted)
{
	const struct token *t = &p->token;

	if (t->kind == TOKEN_ERROR)
		opam_err(p->e, p->t, t->at, STR_FMT, STR_ARG(t->s));
	else if (t->kind == TOKEN_END)
		opam_err(p->e, p->t, t->at, "expected %s, but the text ends here", wanted);
	else
		opam_err(p->e, p->t, t->at, "expected %s", wanted);
	return -1;
}

static int
too_deep(struct parser *p, struct opam_span at)
{
	opam_err(p->e, p->t, at, "nested more than %d levels deep", OPAM_DEPTH_MAX);
	return -1;
}

static struct opam_span
span_from(uint32_t off, struct opam_span last)
{
	return (struct opam_span){off, last.off + last.len - off};
}

/* A node over the values from base on, which leave the stack. */
static struct opam_value *
node(struct parser *p, enum opam_kind kind, size_t base, struct opam_span at)
{
	struct opam_value *v = arena_new(p->a, struct opam_value);

	v->kind = kind;
	v->n = p->values.n - base;
	v->at = at;
	if (v->n) {
		v->kids = arena_array(p->a, struct opam_value *, v->n);
		memcpy(v->kids, p->values.v + base, v->n * sizeof(*v->kids));
	}
	p->values.n = base;
	return v;
}

static int
grow(struct parser *p, unsigned height, struct opam_span at)
{
	p->height = height;
	return height > OPAM_DEPTH_MAX ? too_deep(p, at) : 0;
}

/* Values up to the closing token, which is passed. The height is that of the highest, 0 if none. */
static int
parse_values(struct parser *p, enum token_kind closing, const char *wanted, struct opam_span *last)
{
	unsigned height = 0;
	struct opam_value *v;

	if (++p->depth > OPAM_DEPTH_MAX)
		return too_deep(p, p->token.at);
	while (p->token.kind != closing) {
		if (p->token.kind == TOKEN_END)
			return unexpected(p, wanted);
		if (parse_value(p, &v) < 0)
			return -1;
		vec_push(p->a, &p->values, v);
		if (p->height > height)
			height = p->height;
	}
	*last = p->token.at;
	next(p);
	p->depth--;
	p->height = height;
	return 0;
}

static int
parse_brackets(struct parser *p, enum opam_kind kind, struct opam_value **out)
{
	struct opam_span first = p->token.at, last;
	bool list = kind == OPAM_LIST;
	size_t base = p->values.n;

	next(p);
	if (parse_values(p, list ? TOKEN_RBRACKET : TOKEN_RPAR, list ? "']'" : "')'", &last) < 0)
		return -1;
	*out = node(p, kind, base, span_from(first.off, last));
	return grow(p, p->height + 1, first);
}

static bool
is_atom(enum token_kind kind)
{
	return kind == TOKEN_STRING || kind == TOKEN_IDENT || kind == TOKEN_INT || kind == TOKEN_BOOL;
}

static int
parse_atom(struct parser *p, struct opam_value **out)
{
	const struct token *t = &p->token;
	struct opam_value *v;

	if (!is_atom(t->kind))
		return unexpected(p, "a string, an identifier, an integer or a boolean");
	v = *out = arena_new(p->a, struct opam_value);
	v->at = t->at;
	switch (t->kind) {
	case TOKEN_STRING:
	case TOKEN_IDENT:
		v->kind = t->kind == TOKEN_STRING ? OPAM_STRING : OPAM_IDENT;
		v->s = t->s;
		break;
	case TOKEN_INT:
		v->kind = OPAM_INT;
		v->i = t->i;
		break;
	default:
		v->kind = OPAM_BOOL;
		v->b = t->i != 0;
	}
	p->height = 1;
	next(p);
	return 0;
}

/* An atom, alone or on the left of a comparison or an update. */
static int
parse_relation(struct parser *p, struct opam_value **out)
{
	enum opam_kind kind;
	struct opam_value *left, *right;
	unsigned op;

	if (parse_atom(p, &left) < 0)
		return -1;
	if (p->token.kind != TOKEN_RELOP && p->token.kind != TOKEN_ENVOP) {
		*out = left;
		return 0;
	}
	kind = p->token.kind == TOKEN_RELOP ? OPAM_RELOP : OPAM_ENV;
	op = p->token.op;
	next(p);
	if (parse_atom(p, &right) < 0)
		return -1;
	vec_push(p->a, &p->values, left);
	vec_push(p->a, &p->values, right);
	*out = node(p, kind, p->values.n - 2, span_from(left->at.off, right->at));
	(*out)->op = op;
	p->height = 2;
	return 0;
}

static int
parse_prefix_relation(struct parser *p, struct opam_value **out)
{
	uint32_t from = p->token.at.off;
	unsigned op = p->token.op;
	struct opam_value *right;

	next(p);
	if (parse_atom(p, &right) < 0)
		return -1;
	vec_push(p->a, &p->values, right);
	*out = node(p, OPAM_PREFIX_RELOP, p->values.n - 1, span_from(from, right->at));
	(*out)->op = op;
	p->height = 2;
	return 0;
}

/* A value with the braces that follow it. */
static int
parse_option(struct parser *p, struct opam_value **out)
{
	int rc;

	switch (p->token.kind) {
	case TOKEN_LBRACKET:
		rc = parse_brackets(p, OPAM_LIST, out);
		break;
	case TOKEN_LPAR:
		rc = parse_brackets(p, OPAM_GROUP, out);
		break;
	case TOKEN_RELOP:
		rc = parse_prefix_relation(p, out);
		break;
	default:
		if (!is_atom(p->token.kind))
			return unexpected(p, "a value");
		rc = parse_relation(p, out);
	}
	while (rc == 0 && p->token.kind == TOKEN_LBRACE) {
		unsigned height = p->height;
		size_t base = p->values.n;
		struct opam_span at = p->token.at, last;

		vec_push(p->a, &p->values, *out);
		next(p);
		if (parse_values(p, TOKEN_RBRACE, "'}'", &last) < 0)
			return -1;
		*out = node(p, OPAM_OPTION, base, span_from((*out)->at.off, last));
		rc = grow(p, (p->height > height ? p->height : height) + 1, at);
	}
	return rc;
}

static int
parse_prefixed(struct parser *p, struct opam_value **out)
{
	enum opam_kind kind = p->token.kind == TOKEN_NOT ? OPAM_NOT : OPAM_DEFINED;
	struct opam_span at = p->token.at;
	struct opam_value *v;

	if (p->token.kind != TOKEN_NOT && p->token.kind != TOKEN_DEFINED)
		return parse_option(p, out);
	if (++p->depth > OPAM_DEPTH_MAX)
		return too_deep(p, at);
	next(p);
	if (parse_prefixed(p, &v) < 0)
		return -1;
	p->depth--;
	vec_push(p->a, &p->values, v);
	*out = node(p, kind, p->values.n - 1, span_from(at.off, v->at));
	return grow(p, p->height + 1, at);
}

static int
parse_chain(struct parser *p, enum opam_kind kind, struct opam_value **out)
{
	enum token_kind sign = kind == OPAM_OR ? TOKEN_OR : TOKEN_AND;
	struct opam_span at = p->token.at;
	size_t base = p->values.n;
	unsigned height = 0;
	struct opam_value *v;

	for (;;) {
		if ((kind == OPAM_OR ? parse_chain(p, OPAM_AND, &v) : parse_prefixed(p, &v)) < 0)
			return -1;
		vec_push(p->a, &p->values, v);
		if (p->height > height)
			height = p->height;
		if (p->token.kind != sign)
			break;
		next(p);
	}
	height += p->values.n - base > 1;
	*out = opam_chain_new(p->a, kind, (const struct opam_value *const *)p->values.v + base,
			      p->values.n - base);
	p->values.n = base;
	return grow(p, height, at);
}

static int
parse_value(struct parser *p, struct opam_value **out)
{
	return parse_chain(p, OPAM_OR, out);
}

static int parse_items(struct parser *p, enum token_kind closing, struct opam_item **items, size_t *n);

static int
parse_item(struct parser *p, struct opam_item *item)
{
	struct opam_span last;

	if (p->token.kind != TOKEN_IDENT)
		return unexpected(p, "the name of a field or section");
	*item = (struct opam_item){.name = p->token.s, .at = p->token.at};
	next(p);
	if (p->token.kind == TOKEN_COLON) {
		next(p);
		if (parse_value(p, &item->value) < 0)
			return -1;
		item->whole = span_from(item->at.off, item->value->at);
		return 0;
	}
	if (p->token.kind == TOKEN_STRING) {
		item->has_title = true;
		item->title = p->token.s;
		next(p);
	}
	if (p->token.kind != TOKEN_LBRACE)
		return unexpected(p, item->has_title ? "'{'" : "':', a string or '{'");
	if (++p->depth > OPAM_DEPTH_MAX)
		return too_deep(p, p->token.at);
	next(p);
	if (parse_items(p, TOKEN_RBRACE, &item->items, &item->n) < 0)
		return -1;
	last = p->token.at;
	next(p);
	p->depth--;
	item->whole = span_from(item->at.off, last);
	return 0;
}

static int
parse_items(struct parser *p, enum token_kind closing, struct opam_item **items, size_t *n)
{
	size_t base = p->items.n;
	struct opam_item item;

	while (p->token.kind != closing) {
		if (parse_item(p, &item) < 0)
			return -1;
		vec_push(p->a, &p->items, item);
	}
	*n = p->items.n - base;
	*items = arena_array(p->a, struct opam_item, *n);
	if (*n)
		memcpy(*items, p->items.v + base, *n * sizeof(**items));
	p->items.n = base;
	return 0;
}

static int
begin(struct parser *p, struct arena *a, const struct opam_text *t, struct err *e)
{
	*p = (struct parser){
		.a = a,
		.t = t,
		.e = e,
		.lexer = {.a = a, .start = t->text.s, .p = t->text.s, .end = t->text.s + t->text.n},
	};
	if (t->text.n > OPAM_TEXT_MAX) {
		err_at(e, ERR_PARSE, (struct pos){.file = t->path}, "larger than %d MiB",
		       OPAM_TEXT_MAX >> 20);
		return -1;
	}
	next(p);
	return 0;
}

int
opam_parse(struct arena *a, const char *path, struct str text, struct opam_text *out, struct err *e)
{
	struct opam_text t = {.path = path, .text = {text.n ? text.s : "", text.n}};
	struct opam_header header;
	struct err local; /* an error that may not become one */
	struct parser p;

	if (begin(&p, a, &t, e) < 0)
		return -1;
	header = opam_header(a, &t);
	if (header.newer)
		p.e = &local;
	if (parse_items(&p, TOKEN_END, &t.items, &t.n) < 0) {
		if (!header.newer)
			return -1;
		/* What a future format adds is not for us to refuse: its version is all we know. */
		t.items = opam_header_only(a, &header);
		t.n = 2;
	}
	if (opam_header_check(&t, &header, e) < 0)
		return -1;
	*out = t;
	return 0;
}

int
opam_parse_value(struct arena *a, const char *path, struct str text, struct opam_text *out,
		 struct opam_value **value, struct err *e)
{
	struct opam_text t = {.path = path, .text = {text.n ? text.s : "", text.n}};
	struct parser p;

	if (begin(&p, a, &t, e) < 0 || parse_value(&p, value) < 0)
		return -1;
	if (p.token.kind != TOKEN_END)
		return unexpected(&p, "one value, and this is a second one");
	*out = t;
	return 0;
}
