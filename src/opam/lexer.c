#include "opam/lexer.h"

#include <string.h>

#include "base/buf.h"

enum {
	ALPHA = 1,
	DIGIT = 2,
	WORD = 4, /* what identifiers are made of */
	BLANK = 8,
	STOP = 16, /* what a string cannot pass over: quote, backslash, CR */
};

static const unsigned char class_of[256] = {
	['a' ... 'z'] = ALPHA | WORD,
	['A' ... 'Z'] = ALPHA | WORD,
	['0' ... '9'] = DIGIT | WORD,
	['_'] = WORD,
	['-'] = WORD,
	[' '] = BLANK,
	['\t'] = BLANK,
	['\n'] = BLANK,
	['"'] = STOP,
	['\\'] = STOP,
	['\r'] = STOP,
};

static bool
is(char c, unsigned classes)
{
	return class_of[(unsigned char)c] & classes;
}

static bool
next_is(const struct lexer *l, size_t ahead, char c)
{
	return (size_t)(l->end - l->p) > ahead && l->p[ahead] == c;
}

static void
fail(struct lexer *l, struct token *t, const char *from, size_t n, const char *why)
{
	t->kind = TOKEN_ERROR;
	t->at = (struct opam_span){(uint32_t)(from - l->start), (uint32_t)n};
	t->s = str_of(why);
	l->p = l->end;
}

static void
done(struct lexer *l, struct token *t, enum token_kind kind, const char *from)
{
	t->kind = kind;
	t->at = (struct opam_span){(uint32_t)(from - l->start), (uint32_t)(l->p - from)};
}

/* Over a comment `(* ... *)`, nested; false when it does not end. */
static bool
skip_comment(struct lexer *l)
{
	size_t depth = 0;

	do {
		if (next_is(l, 0, '(') && next_is(l, 1, '*')) {
			depth++;
			l->p += 2;
		} else if (next_is(l, 0, '*') && next_is(l, 1, ')')) {
			depth--;
			l->p += 2;
		} else if (l->p < l->end) {
			l->p++;
		} else {
			return false;
		}
	} while (depth);
	return true;
}

/* Over blanks and comments; false after an error. */
static bool
skip(struct lexer *l, struct token *t)
{
	for (;;) {
		while (l->p < l->end && is(*l->p, BLANK))
			l->p++;
		if (l->p == l->end)
			return true;
		if (*l->p == '#') {
			const char *eol = memchr(l->p, '\n', (size_t)(l->end - l->p));

			l->p = eol ? eol : l->end;
		} else if (*l->p == '\r' && next_is(l, 1, '\n')) {
			l->p += 2;
		} else if (*l->p == '(' && next_is(l, 1, '*')) {
			const char *from = l->p;

			if (!skip_comment(l)) {
				fail(l, t, from, 2, "this comment does not end");
				return false;
			}
		} else {
			return true;
		}
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* \DDD and \xHH; l->p stands behind the backslash. */
static bool
numeric_escape(struct lexer *l, struct buf *b)
{
	const char *p = l->p;
	int code;

	if (l->end - p < 3)
		return false;
	if (*p == 'x') {
		int high = hex_digit(p[1]), low = hex_digit(p[2]);

		if (high < 0 || low < 0)
			return false;
		code = high * 16 + low;
	} else {
		if (!is(p[0], DIGIT) || !is(p[1], DIGIT) || !is(p[2], DIGIT))
			return false;
		code = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
		if (code > 255)
			return false;
	}
	buf_addc(b, (char)code);
	l->p += 3;
	return true;
}

static bool
escape(struct lexer *l, struct buf *b)
{
	static const char from[] = "\\\"'nrtb ", to[] = "\\\"'\n\r\t\b ";
	const char *known;

	if (l->p == l->end)
		return false;
	if (*l->p == '\n' || (*l->p == '\r' && next_is(l, 1, '\n'))) {
		/* An escaped line end takes the blanks of the next line with it. */
		l->p += *l->p == '\n' ? 1 : 2;
		while (next_is(l, 0, ' ') || next_is(l, 0, '\t'))
			l->p++;
		return true;
	}
	known = *l->p ? strchr(from, *l->p) : NULL;
	if (!known)
		return numeric_escape(l, b);
	buf_addc(b, to[known - from]);
	l->p++;
	return true;
}

/* Up to what ends a string, or to a place where its text differs from the source: a backslash or the
 * CR of a CR LF. False at the end of the text. */
static bool
string_run(struct lexer *l, bool triple)
{
	for (;; l->p++) {
		while (l->p < l->end && !is(*l->p, STOP))
			l->p++;
		if (l->p == l->end)
			return false;
		if (*l->p == '\\' || (*l->p == '\r' && next_is(l, 1, '\n')))
			return true;
		if (*l->p == '"' && (!triple || (next_is(l, 1, '"') && next_is(l, 2, '"'))))
			return true;
	}
}

static void
string(struct lexer *l, struct token *t)
{
	bool triple = next_is(l, 1, '"') && next_is(l, 2, '"'), closed;
	const char *from = l->p, *run, *at;
	size_t quotes = triple ? 3 : 1;
	struct buf b = {.a = NULL};

	run = l->p += quotes;
	while ((closed = string_run(l, triple)) && *l->p != '"') {
		if (!b.a)
			b = buf_new(l->a);
		buf_add(&b, run, (size_t)(l->p - run));
		at = l->p++;
		if (*at == '\\' && !escape(l, &b)) {
			fail(l, t, at, 2, "illegal escape sequence in a string");
			return;
		}
		run = l->p;
	}
	if (!closed) {
		fail(l, t, from, quotes, "this string does not end");
		return;
	}
	t->s = (struct str){run, (size_t)(l->p - run)};
	if (b.a) {
		buf_add(&b, run, t->s.n);
		t->s = buf_str(&b);
	}
	l->p += quotes;
	done(l, t, TOKEN_STRING, from);
}

/* The end of the identifier piece at p: word characters with a letter, or a single `_`; p if none. */
static const char *
piece(const struct lexer *l, const char *p, bool *may_go_on)
{
	const char *q = p;
	unsigned seen = 0;

	while (q < l->end && is(*q, WORD))
		seen |= class_of[(unsigned char)*q++];
	*may_go_on = true;
	if (seen & ALPHA)
		return q;
	if (q == p || *p != '_')
		return p;
	*may_go_on = q == p + 1;
	return p + 1;
}

static void
integer(struct lexer *l, struct token *t)
{
	const char *from = l->p;
	const int64_t limit = (int64_t)1 << 62; /* opam's integers have 63 bits */
	bool negative = *l->p == '-', good;
	int64_t i = 0;

	l->p += negative;
	good = l->p < l->end && is(*l->p, DIGIT);
	for (; l->p < l->end && (is(*l->p, DIGIT) || *l->p == '_'); l->p++) {
		if (*l->p == '_')
			continue;
		if (i > limit / 10)
			good = false;
		else
			i = i * 10 + (*l->p - '0');
	}
	if (i > limit - !negative)
		good = false;
	if (l->p == from + negative) {
		fail(l, t, from, 1, "'-' is not a valid token");
	} else if (!good) {
		fail(l, t, from, (size_t)(l->p - from), "this is not an integer of 63 bits");
	} else {
		t->i = negative ? -i : i;
		done(l, t, TOKEN_INT, from);
	}
}

/* The end of the longest identifier at the start; the start if there is none. */
static const char *
ident_end(const struct lexer *l)
{
	bool may_go_on;
	const char *q = piece(l, l->p, &may_go_on), *r;

	if (q == l->p || !may_go_on)
		return l->p;
	while (may_go_on && q < l->end && *q == '+') {
		r = piece(l, q + 1, &may_go_on);
		if (r == q + 1)
			break;
		q = r;
	}
	if (may_go_on && q < l->end && *q == ':') {
		r = piece(l, q + 1, &may_go_on);
		/* Behind the colon a single `_` is not enough. */
		if (r > q + 1 && !(r == q + 2 && q[1] == '_'))
			q = r;
	}
	return q;
}

/* The longest match decides, and then this order: boolean, integer, identifier. */
static void
word(struct lexer *l, struct token *t)
{
	const char *from = l->p;

	t->s.s = from;
	t->s.n = (size_t)(ident_end(l) - from);
	if (!t->s.n || (t->s.n == 1 && *from == '_')) {
		integer(l, t);
		return;
	}
	l->p += t->s.n;
	t->i = t->s.n == 4 && memcmp(from, "true", 4) == 0;
	done(l, t, t->i || (t->s.n == 5 && memcmp(from, "false", 5) == 0) ? TOKEN_BOOL : TOKEN_IDENT, from);
}

/* Signs that begin no longer one; TOKEN_END stands for none. */
static const unsigned char single[256] = {
	['{'] = TOKEN_LBRACE,   ['}'] = TOKEN_RBRACE, ['['] = TOKEN_LBRACKET,
	[']'] = TOKEN_RBRACKET, ['('] = TOKEN_LPAR,   [')'] = TOKEN_RPAR,
	['&'] = TOKEN_AND,      ['|'] = TOKEN_OR,     ['?'] = TOKEN_DEFINED,
};

/* The others, longest first. `=:=` looks like an update operator; opam refuses it by name. */
static const struct {
	char text[4];
	enum token_kind kind;
	unsigned op;
} signs[] = {
	{"=+=", TOKEN_ENVOP, ENV_SWAP},
	{"=:=", TOKEN_ERROR, 0},
	{"=+", TOKEN_ENVOP, ENV_APPEND},
	{"=:", TOKEN_ENVOP, ENV_APPEND_SEP},
	{"+=", TOKEN_ENVOP, ENV_PREPEND},
	{":=", TOKEN_ENVOP, ENV_PREPEND_SEP},
	{"!=", TOKEN_RELOP, OP_NE},
	{"<=", TOKEN_RELOP, OP_LE},
	{">=", TOKEN_RELOP, OP_GE},
	{"=", TOKEN_RELOP, OP_EQ},
	{"<", TOKEN_RELOP, OP_LT},
	{">", TOKEN_RELOP, OP_GT},
	{"~", TOKEN_RELOP, OP_GE},
	{"!", TOKEN_NOT, 0},
	{":", TOKEN_COLON, 0},
};

static void
sign(struct lexer *l, struct token *t)
{
	const char *from = l->p;
	size_t left = (size_t)(l->end - from);

	if (single[(unsigned char)*from]) {
		l->p++;
		done(l, t, single[(unsigned char)*from], from);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		size_t n;

		if (signs[i].text[0] != *from)
			continue;
		n = strlen(signs[i].text);
		if (left < n || memcmp(from, signs[i].text, n) != 0)
			continue;
		if (signs[i].kind == TOKEN_ERROR)
			break;
		t->op = signs[i].op;
		l->p += n;
		done(l, t, signs[i].kind, from);
		return;
	}
	fail(l, t, from, 1, "this is not a valid token");
}

void
opam_lex(struct lexer *l, struct token *t)
{
	if (t->kind == TOKEN_ERROR || !skip(l, t))
		return;
	if (l->p == l->end) {
		done(l, t, TOKEN_END, l->p);
		return;
	}
	if (*l->p == '"')
		string(l, t);
	else if (is(*l->p, WORD))
		word(l, t);
	else
		sign(l, t);
}
