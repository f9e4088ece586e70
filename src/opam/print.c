#include "opam/print.h"

#include <inttypes.h>

#include "base/buf.h"
#include "opam/version.h"

struct str
opam_print(struct arena *a, const struct opam_text *t)
{
	struct buf b = buf_new(a);
	size_t done = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct opam_item *item = &t->items[i];

		buf_str_add(&b, str_sub(t->text, done, item->whole.off - done));
		buf_str_add(&b, str_sub(t->text, item->whole.off, item->whole.len));
		done = (size_t)item->whole.off + item->whole.len;
	}
	buf_str_add(&b, str_sub(t->text, done, t->text.n));
	return buf_str(&b);
}

struct str
opam_set_field(struct arena *a, const struct opam_text *t, const char *name, struct str value)
{
	struct str text = t->text;
	struct buf b = buf_new(a);

	for (size_t i = 0; i < t->n; i++) {
		const struct opam_value *old = t->items[i].value;

		if (!old || !str_is(t->items[i].name, name))
			continue;
		buf_str_add(&b, str_sub(text, 0, old->at.off));
		buf_str_add(&b, value);
		buf_str_add(&b, str_sub(text, (size_t)old->at.off + old->at.len, text.n));
		return buf_str(&b);
	}
	buf_str_add(&b, text);
	if (text.n && text.s[text.n - 1] != '\n')
		buf_addc(&b, '\n');
	buf_printf(&b, "%s: " STR_FMT "\n", name, STR_ARG(value));
	return buf_str(&b);
}

/* The span grown to its whole line, if only blanks stand beside it. */
static void
whole_line(struct str text, size_t *from, size_t *to)
{
	size_t start = *from, end = *to;

	while (start && (text.s[start - 1] == ' ' || text.s[start - 1] == '\t'))
		start--;
	while (end < text.n && (text.s[end] == ' ' || text.s[end] == '\t' || text.s[end] == '\r'))
		end++;
	if ((start && text.s[start - 1] != '\n') || (end < text.n && text.s[end] != '\n'))
		return;
	*from = start;
	*to = end < text.n ? end + 1 : end;
}

struct str
opam_remove_field(struct arena *a, const struct opam_text *t, const char *name)
{
	struct buf b = buf_new(a);
	size_t done = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct opam_item *item = &t->items[i];
		size_t from = item->whole.off, to = from + item->whole.len;

		if (!item->value || !str_is(item->name, name))
			continue;
		whole_line(t->text, &from, &to);
		if (from < done)
			from = done;
		buf_str_add(&b, str_sub(t->text, done, from - done));
		done = to;
	}
	buf_str_add(&b, str_sub(t->text, done, t->text.n));
	return buf_str(&b);
}

static void
quote(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_adds(b, "\\n");
		else if (c == '\t')
			buf_adds(b, "\\t");
		else if (c < ' ' || c == 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_addc(b, (char)c);
	}
	buf_addc(b, '"');
}

struct str
opam_quoted(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);

	quote(&b, s);
	return buf_str(&b);
}

const char *
opam_env_op_text(enum opam_env_op op)
{
	static const char *const texts[] = {
		[ENV_SET] = "=",    [ENV_PREPEND] = "+=",     [ENV_APPEND] = "=+",
		[ENV_SWAP] = "=+=", [ENV_PREPEND_SEP] = ":=", [ENV_APPEND_SEP] = "=:",
	};

	return texts[op];
}

static void value_text(struct buf *b, const struct opam_value *v);

/* Values between brackets, from the given one on. */
static void
bracketed(struct buf *b, const struct opam_value *v, size_t from, const char *brackets)
{
	buf_addc(b, brackets[0]);
	for (size_t i = from; i < v->n; i++) {
		if (i > from)
			buf_addc(b, ' ');
		value_text(b, v->kids[i]);
	}
	buf_addc(b, brackets[1]);
}

/* In parentheses where a value that was built, not read, would be read otherwise. */
static void
operand(struct buf *b, const struct opam_value *v, bool parens)
{
	if (parens)
		buf_addc(b, '(');
	value_text(b, v);
	if (parens)
		buf_addc(b, ')');
}

static void
chain(struct buf *b, const struct opam_value *v)
{
	for (size_t i = 0; i < opam_chain(v); i++) {
		const struct opam_value *o = opam_operand(v, i);
		bool same = i && o->kind == v->kind;

		if (i)
			buf_adds(b, v->kind == OPAM_AND ? " & " : " | ");
		operand(b, o, same || (v->kind == OPAM_AND && o->kind == OPAM_OR));
	}
}

/* `left op right` */
static void
relation(struct buf *b, const struct opam_value *v, const char *op)
{
	value_text(b, v->kids[0]);
	buf_printf(b, " %s ", op);
	value_text(b, v->kids[1]);
}

static void
prefixed(struct buf *b, const struct opam_value *v)
{
	const struct opam_value *o = v->kids[0];

	buf_addc(b, v->kind == OPAM_NOT ? '!' : '?');
	/* `! = "1"` is not `!= "1"`. */
	if (o->kind == OPAM_PREFIX_RELOP)
		buf_addc(b, ' ');
	operand(b, o, o->kind == OPAM_AND || o->kind == OPAM_OR);
}

static void
option(struct buf *b, const struct opam_value *v)
{
	enum opam_kind kind = v->kids[0]->kind;

	operand(b, v->kids[0],
		kind == OPAM_AND || kind == OPAM_OR || kind == OPAM_NOT || kind == OPAM_DEFINED);
	buf_addc(b, ' ');
	bracketed(b, v, 1, "{}");
}

static void
atom(struct buf *b, const struct opam_value *v)
{
	if (v->kind == OPAM_BOOL)
		buf_adds(b, v->b ? "true" : "false");
	else if (v->kind == OPAM_INT)
		buf_printf(b, "%" PRId64, v->i);
	else if (v->kind == OPAM_STRING)
		quote(b, v->s);
	else
		buf_str_add(b, v->s);
}

static void
value_text(struct buf *b, const struct opam_value *v)
{
	switch (v->kind) {
	case OPAM_BOOL:
	case OPAM_INT:
	case OPAM_STRING:
	case OPAM_IDENT:
		atom(b, v);
		break;
	case OPAM_LIST:
		bracketed(b, v, 0, "[]");
		break;
	case OPAM_GROUP:
		bracketed(b, v, 0, "()");
		break;
	case OPAM_OPTION:
		option(b, v);
		break;
	case OPAM_PREFIX_RELOP:
		buf_printf(b, "%s ", opam_op_text((enum opam_op)v->op));
		value_text(b, v->kids[0]);
		break;
	case OPAM_RELOP:
		relation(b, v, opam_op_text((enum opam_op)v->op));
		break;
	case OPAM_ENV:
		relation(b, v, opam_env_op_text((enum opam_env_op)v->op));
		break;
	case OPAM_AND:
	case OPAM_OR:
		chain(b, v);
		break;
	case OPAM_NOT:
	case OPAM_DEFINED:
		prefixed(b, v);
		break;
	}
}

struct str
opam_value_text(struct arena *a, const struct opam_value *v)
{
	struct buf b = buf_new(a);

	value_text(&b, v);
	return buf_str(&b);
}
