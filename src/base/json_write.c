/* The canonical writer: the same calls give the same bytes. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

struct json
json_new(struct arena *a)
{
	return (struct json){.b = buf_new(a), .first = true};
}

static void
indent(struct json *j)
{
	if (j->compact)
		return;
	buf_addc(&j->b, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_adds(&j->b, "  ");
}

/* What stands before a key or an element. */
static void
separate(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->depth)
		return;
	if (!j->first)
		buf_addc(&j->b, ',');
	indent(j);
	j->first = false;
}

static void
begin(struct json *j, char open, char closer)
{
	assert(j->depth < sizeof(j->closers));
	separate(j);
	buf_addc(&j->b, open);
	j->closers[j->depth++] = closer;
	j->first = true;
}

void
json_object(struct json *j)
{
	begin(j, '{', '}');
}

void
json_array(struct json *j)
{
	begin(j, '[', ']');
}

void
json_end(struct json *j)
{
	assert(j->depth && !j->after_key);
	j->depth--;
	if (!j->first)
		indent(j);
	buf_addc(&j->b, j->closers[j->depth]);
	j->first = false;
}

static void
add_control(struct buf *b, unsigned char c)
{
	static const char letters[] = "\b\t\n\f\r", names[] = "btnfr";
	const char *at = c ? strchr(letters, c) : NULL;

	if (at)
		buf_printf(b, "\\%c", names[at - letters]);
	else
		buf_printf(b, "\\u%04x", c);
}

static void
quote(struct buf *b, struct str s)
{
	size_t plain = 0, i = 0;
	uint32_t c;

	buf_addc(b, '"');
	while (i < s.n) {
		size_t n = utf8_next(str_sub(s, i, 4), &c);

		if (n && c >= 0x20 && c != '"' && c != '\\') {
			i += n;
			continue;
		}
		buf_add(b, s.s + plain, i - plain);
		if (!n)
			buf_adds(b, "\\ufffd");
		else if (c < 0x20)
			add_control(b, (unsigned char)c);
		else
			buf_printf(b, "\\%c", (char)c);
		plain = ++i;
	}
	if (i > plain)
		buf_add(b, s.s + plain, i - plain);
	buf_addc(b, '"');
}

void
json_name(struct json *j, const char *key)
{
	assert(j->depth && j->closers[j->depth - 1] == '}' && !j->after_key);
	separate(j);
	quote(&j->b, str_of(key));
	buf_adds(&j->b, j->compact ? ":" : ": ");
	j->after_key = true;
}

void
json_add_str(struct json *j, struct str s)
{
	separate(j);
	quote(&j->b, s);
}

void
json_add_int(struct json *j, int64_t i)
{
	separate(j);
	buf_printf(&j->b, "%" PRId64, i);
}

void
json_add_bool(struct json *j, bool b)
{
	separate(j);
	buf_adds(&j->b, b ? "true" : "false");
}

void
json_add_null(struct json *j)
{
	separate(j);
	buf_adds(&j->b, "null");
}

void
json_key_str(struct json *j, const char *key, struct str s)
{
	if (!s.n)
		return;
	json_name(j, key);
	json_add_str(j, s);
}

void
json_key_c(struct json *j, const char *key, const char *s)
{
	json_key_str(j, key, str_of(s));
}

void
json_key_int(struct json *j, const char *key, int64_t i)
{
	json_name(j, key);
	json_add_int(j, i);
}

void
json_key_bool(struct json *j, const char *key, bool b)
{
	json_name(j, key);
	json_add_bool(j, b);
}

void
json_key_object(struct json *j, const char *key)
{
	json_name(j, key);
	json_object(j);
}

void
json_key_array(struct json *j, const char *key)
{
	json_name(j, key);
	json_array(j);
}

struct str
json_done(struct json *j)
{
	assert(!j->depth && !j->after_key);
	buf_addc(&j->b, '\n');
	return buf_str(&j->b);
}
