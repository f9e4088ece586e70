#include "opam/header.h"

#include "opam/text.h"
#include "opam/version.h"

/* The newest format whose grammar we know. */
enum { KNOWN_MAJOR = 2, KNOWN_MINOR = 2 };

struct str
opam_version_nopatch(struct str v)
{
	ptrdiff_t dot = str_chr(v, '.'), second;
	size_t n = 0;

	if (dot >= 0) {
		second = str_chr(str_sub(v, (size_t)dot + 1, v.n), '.');
		if (second >= 0)
			return str_sub(v, 0, (size_t)(dot + 1 + second));
	}
	while (n < v.n && ((v.s[n] >= '0' && v.s[n] <= '9') || v.s[n] == '.'))
		n++;
	return str_sub(v, 0, n);
}

/* A number of digits only; -1 if it is none. Beyond a million all are the same to us. */
static long
number(struct str s)
{
	long n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return -1;
		if (n < 1000000)
			n = n * 10 + (s.s[i] - '0');
	}
	return s.n ? n : -1;
}

/* Whether a version is above major.minor; one that is no `N` or `N.N` counts as 0.0. */
static bool
above(struct str version, long major, long minor)
{
	struct str v = opam_version_nopatch(version), first = v;
	ptrdiff_t dot = str_chr(v, '.');
	long a, b = 0;

	if (dot >= 0) {
		first = str_sub(v, 0, (size_t)dot);
		b = number(str_sub(v, (size_t)dot + 1, v.n));
	}
	a = number(first);
	if (a < 0 || b < 0)
		a = b = 0;
	return a > major || (a == major && b > minor);
}

struct opam_header
opam_header(struct arena *a, const struct opam_text *t)
{
	struct lexer l = {.a = a, .start = t->text.s, .p = t->text.s, .end = t->text.s + t->text.n};
	struct token colon = {.kind = TOKEN_END};
	struct opam_header h = {.first = false};

	opam_lex(&l, &h.name);
	if (h.name.kind != TOKEN_IDENT || !str_is(h.name.s, "opam-version"))
		return h;
	opam_lex(&l, &colon);
	if (colon.kind != TOKEN_COLON)
		return h;
	opam_lex(&l, &h.value);
	h.first = h.value.kind == TOKEN_STRING;
	h.strict = h.first && above(h.value.s, 2, 0);
	h.newer = h.first && above(h.value.s, KNOWN_MAJOR, KNOWN_MINOR);
	return h;
}

struct opam_item *
opam_header_only(struct arena *a, const struct opam_header *h)
{
	struct opam_item *items = arena_array(a, struct opam_item, 2);
	struct opam_value *v = arena_new(a, struct opam_value);
	uint32_t end = h->value.at.off + h->value.at.len;

	*v = (struct opam_value){.kind = OPAM_STRING, .s = h->value.s, .at = h->value.at};
	items[0].name = h->name.s;
	items[0].at = h->name.at;
	items[0].whole = (struct opam_span){h->name.at.off, end - h->name.at.off};
	items[0].value = v;
	items[1].name = STR("#");
	items[1].at = items[1].whole = (struct opam_span){end, 0};
	return items;
}

int
opam_header_check(const struct opam_text *t, const struct opam_header *h, struct err *e)
{
	for (size_t i = 1; i < t->n; i++) {
		const struct opam_item *item = &t->items[i];

		if (!item->value || item->value->kind != OPAM_STRING || !str_is(item->name, "opam-version"))
			continue;
		if (h->strict)
			return opam_err(e, t, item->at, "opam-version may not be repeated");
		if (above(item->value->s, 2, 0))
			return opam_err(e, t, item->at, "an opam-version above 2.0 must be the first field");
	}
	return 0;
}

int
opam_header_optional(const struct opam_text *t, struct str *version, struct err *e)
{
	const struct opam_item *found = NULL;

	if (version)
		*version = (struct str){0};
	for (size_t i = 0; i < t->n; i++) {
		const struct opam_item *item = &t->items[i];

		if (!str_is(item->name, "opam-version"))
			continue;
		if (found)
			return opam_err(e, t, item->at, "opam-version is given twice");
		if (!item->value || item->value->kind != OPAM_STRING)
			return opam_err(e, t, item->at, "opam-version is not a string");
		if (opam_version_cmp(opam_version_nopatch(item->value->s), STR("2.0")) > 0)
			return opam_err(e, t, item->value->at,
					"format '%.*s' is not known; the latest is 2.0",
					SHOWN(item->value->s));
		if (version)
			*version = item->value->s;
		found = item;
	}
	return 0;
}
