/* Reading. cJSON is lenient in ways that matter here, so a scan of our own comes first; it also
 * knows the place of what it refuses. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/vec.h"

enum { DEPTH_MAX = 200 };

struct scan {
	struct str text;
	const char *what;
	size_t at;
	unsigned depth;
	struct err *e;
};

static int
refuse(const struct scan *s, size_t at, const char *why)
{
	struct pos pos = {.file = s->what, .line = 1, .col = 1};

	for (size_t i = 0; i < at && i < s->text.n; i++) {
		pos.col++;
		if (s->text.s[i] == '\n') {
			pos.line++;
			pos.col = 1;
		}
	}
	return err_at(s->e, ERR_PARSE, pos, "%s", why);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
peek(const struct scan *s)
{
	if (s->at == s->text.n)
		return '\0';
	return s->text.s[s->at];
}

static bool
digits(struct scan *s)
{
	size_t from = s->at;

	while (is_digit(peek(s)))
		s->at++;
	return s->at > from;
}

/* -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static int
scan_number(struct scan *s)
{
	size_t from = s->at;
	bool good;

	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0') {
		s->at++;
		good = !is_digit(peek(s));
	} else {
		good = digits(s);
	}
	if (good && peek(s) == '.') {
		s->at++;
		good = digits(s);
	}
	if (good && (peek(s) == 'e' || peek(s) == 'E')) {
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		good = digits(s);
	}
	return good ? 0 : refuse(s, from, "this is not a number of JSON");
}

/* The four digits after \u: cJSON takes wrong ones as NUL. */
static int
scan_code(const struct scan *s)
{
	struct str hex = str_sub(s->text, s->at + 2, 4);
	unsigned code = 0;

	for (size_t i = 0; i < hex.n; i++) {
		if (!isxdigit((unsigned char)hex.s[i]))
			return refuse(s, s->at, "\\u takes four hexadecimal digits");
		code |= hex.s[i] != '0';
	}
	return code ? 0 : refuse(s, s->at, "a string holds NUL");
}

static int
scan_string(struct scan *s)
{
	size_t from = s->at++;

	for (; s->at < s->text.n; s->at++) {
		unsigned char c = (unsigned char)s->text.s[s->at];

		if (c == '"') {
			s->at++;
			return 0;
		}
		if (c < 0x20)
			return refuse(s, s->at, "a control character stands in a string");
		if (c != '\\')
			continue;
		if (str_starts(str_sub(s->text, s->at, 2), "\\u") && scan_code(s) < 0)
			return -1;
		s->at++;
	}
	return refuse(s, from, "the string has no end");
}

/* Brackets, blanks and the letters of true, false and null; cJSON checks their order. */
static int
scan_other(struct scan *s, char c)
{
	if (!c)
		return refuse(s, s->at, "a NUL byte stands here");
	if ((unsigned char)c < 0x20 && !strchr("\t\n\r", c))
		return refuse(s, s->at, "a control character stands here");
	if ((c == '{' || c == '[') && ++s->depth > DEPTH_MAX)
		return refuse(s, s->at, "values are nested too deeply");
	if ((c == '}' || c == ']') && s->depth)
		s->depth--;
	s->at++;
	return 0;
}

static int
scan_all(struct scan *s)
{
	int rc = 0;

	while (rc == 0 && s->at < s->text.n) {
		char c = s->text.s[s->at];

		if (c == '"')
			rc = scan_string(s);
		else if (c == '-' || is_digit(c))
			rc = scan_number(s);
		else
			rc = scan_other(s, c);
	}
	return rc;
}

static int
scan_utf8(const struct scan *s)
{
	uint32_t c;

	for (size_t i = 0, n; i < s->text.n; i += n) {
		n = utf8_next(str_sub(s->text, i, 4), &c);
		if (!n)
			return refuse(s, i, "a byte here is not UTF-8");
	}
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Depth is bounded by the scan. */
static int
refuse_duplicates(struct arena *a, const cJSON *v, const char *what, struct err *e)
{
	VEC(char *) keys = {0};

	for (const cJSON *member = v->child; member; member = member->next) {
		if (member->string)
			vec_push(a, &keys, member->string);
		if (member->child && refuse_duplicates(a, member, what, e) < 0)
			return -1;
	}
	if (keys.n)
		qsort(keys.v, keys.n, sizeof(*keys.v), by_text);
	for (size_t i = 1; i < keys.n; i++)
		if (strcmp(keys.v[i - 1], keys.v[i]) == 0)
			return err_at(e, ERR_PARSE, (struct pos){.file = what},
				      "the key \"%s\" stands twice in one object", keys.v[i]);
	return 0;
}

json_value *
json_parse(struct str text, const char *what, struct err *e)
{
	struct scan s = {.text = text, .what = what, .e = e};
	struct arena a = {0};
	const char *end = NULL, *copy;
	cJSON *doc = NULL;

	if (scan_utf8(&s) < 0 || scan_all(&s) < 0)
		return NULL;
	copy = str_c(&a, text);
	doc = cJSON_ParseWithLengthOpts(copy, text.n + 1, &end, 1);
	if (!doc) {
		refuse(&s, end ? (size_t)(end - copy) : 0,
		       text.n ? "this is not JSON" : "there is no JSON, the text is empty");
	} else if (refuse_duplicates(&a, doc, what, e) < 0) {
		cJSON_Delete(doc);
		doc = NULL;
	}
	arena_free(&a);
	return doc;
}

void
json_free(json_value *doc)
{
	cJSON_Delete(doc);
}

const json_value *
json_get(const json_value *v, const char *key)
{
	return cJSON_IsObject(v) ? cJSON_GetObjectItemCaseSensitive(v, key) : NULL;
}

struct str
json_str(const json_value *v, const char *key)
{
	return json_text(json_get(v, key));
}

int64_t
json_int(const json_value *v, const char *key)
{
	return json_number(json_get(v, key));
}

bool
json_bool(const json_value *v, const char *key)
{
	return cJSON_IsTrue(json_get(v, key));
}

const json_value *
json_first(const json_value *v)
{
	return cJSON_IsObject(v) || cJSON_IsArray(v) ? v->child : NULL;
}

const json_value *
json_next(const json_value *v)
{
	return v ? v->next : NULL;
}

struct str
json_key(const json_value *v)
{
	return str_of(v ? v->string : NULL);
}

struct str
json_text(const json_value *v)
{
	return str_of(v && cJSON_IsString(v) ? v->valuestring : NULL);
}

int64_t
json_number(const json_value *v)
{
	/* Beyond 2^53 a double is no longer the number that was written. */
	static const double limit = 9007199254740992.0;
	double d = v && cJSON_IsNumber(v) ? v->valuedouble : 0;

	if (!(d >= -limit && d <= limit))
		return 0;
	return (double)(int64_t)d == d ? (int64_t)d : 0;
}

size_t
json_count(const json_value *v)
{
	size_t n = 0;

	for (const json_value *kid = json_first(v); kid; kid = json_next(kid))
		n++;
	return n;
}

struct str
json_dup(struct arena *a, const json_value *v, const char *key)
{
	return str_dup(a, json_str(v, key));
}

struct str *
json_strs(struct arena *a, const json_value *list, size_t *n)
{
	struct str *out = arena_array(a, struct str, json_count(list) + 1);

	*n = 0;
	for (const json_value *v = json_first(list); v; v = json_next(v))
		out[(*n)++] = str_dup(a, json_text(v));
	return out;
}
