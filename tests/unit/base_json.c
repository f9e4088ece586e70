/* JSON, both ways. */
#include "base/json.h"

#include "base/utf8.h"
#include "../tap.h"

static struct arena a;
static struct err e;

/* What must be refused, and where. */
static const struct {
	struct str text;
	unsigned line, col; /* 0: somewhere */
	const char *why;
} bad[] = {
	{STR(""), 1, 1, "empty"},
	{STR("   "), 0, 0, "blanks only"},
	{STR("{"), 0, 0, "an open object"},
	{STR("{} x"), 0, 0, "text behind"},
	{STR("{}{}"), 0, 0, "a second document"},
	{STR("[1,]"), 0, 0, "a comma at the end"},
	{STR("{\"a\":1,}"), 0, 0, "a comma at the end of an object"},
	{STR("[01]"), 1, 2, "a leading zero"},
	{STR("[1.]"), 1, 2, "a point without digits"},
	{STR("[-]"), 1, 2, "a sign alone"},
	{STR("[1e]"), 1, 2, "an exponent without digits"},
	{STR("[+1]"), 0, 0, "a plus"},
	{STR("[.5]"), 0, 0, "a point first"},
	{STR("[0x10]"), 0, 0, "hexadecimal"},
	{STR("[NaN]"), 0, 0, "no number"},
	{STR("[tru]"), 0, 0, "half a word"},
	{STR("{a:1}"), 0, 0, "a bare key"},
	{STR("['a']"), 0, 0, "single quotes"},
	{STR("[\"a]"), 1, 2, "a string without end"},
	{STR("[\"a\\"), 1, 2, "a string that ends in a backslash"},
	{STR("[\"\\q\"]"), 0, 0, "an unknown escape"},
	{STR("[\"\\u12G4\"]"), 1, 3, "a wrong code"},
	{STR("[\"\\ud800\"]"), 0, 0, "half a pair"},
	{STR("[\"\\udc00\\ud800\"]"), 0, 0, "a pair the wrong way round"},
	{STR("[\n\"x\\u0000y\"]"), 2, 3, "an escaped NUL"},
	{STR("[\"a\0b\"]"), 1, 4, "a NUL byte in a string"},
	{STR("[]\0"), 1, 3, "a NUL byte behind"},
	{STR("[\"a\nb\"]"), 1, 4, "a line end in a string"},
	{STR("[1,\v2]"), 1, 4, "a control character between values"},
	{STR("{\n  \"k\": \"\xff\"}"), 2, 9, "a byte that is not UTF-8"},
	{STR("[\"\xc0\x80\"]"), 1, 3, "an overlong NUL"},
	{STR("[\"\xed\xa0\x80\"]"), 1, 3, "a surrogate in UTF-8"},
	{STR("{\"a\":1,\"b\":2,\"a\":3}"), 0, 0, "a key twice"},
	{STR("[{\"x\":{\"a\":1,\"\\u0061\":3}}]"), 0, 0, "a key twice, once escaped, further down"},
	{STR("// c\n[]"), 0, 0, "a comment"},
};

static void
test_bad(void)
{
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		json_value *doc;

		e = (struct err){0};
		doc = json_parse(bad[i].text, "f.json", &e);
		OK(!doc && e.code == ERR_PARSE && e.msg[0] && e.at.file && strcmp(e.at.file, "f.json") == 0,
		   "refuses %s", bad[i].why);
		if (bad[i].line)
			OK(e.at.line == bad[i].line && e.at.col == bad[i].col, "and knows where (%u:%u)",
			   e.at.line, e.at.col);
		json_free(doc);
	}
}

static json_value *
nested(size_t depth)
{
	struct buf b = buf_new(&a);

	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, '[');
	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, ']');
	return json_parse(buf_str(&b), "f", &e);
}

static void
test_depth(void)
{
	json_value *doc = nested(200);

	OK(doc != NULL, "200 levels");
	json_free(doc);
	OK(!nested(201) && strstr(e.msg, "nested"), "no more");
	OK(!nested(1000000), "nor very many");
}

static void
test_read(void)
{
	AUTO(json_value)
	doc = json_parse(
		STR("\t{ \"name\" : \"z\\u00e4\\\"\\n\", \"n\":-12,\"yes\":true,\"no\":false,\"nil\":null,\n"
		    "\"list\":[1,\"two\",[],{}], \"obj\":{\"in\":\"x\"}, \"Name\":\"other\", \"f\":1.5, "
		    "\"big\":9007199254740992, \"huge\":1e300, \"e\":2e3, \"emoji\":\"\\ud83d\\ude00\"}\r\n"),
		"f", &e);
	const json_value *list, *v;
	int n = 0;

	OK(doc != NULL, "reads an object");
	EQ_STR(json_str(doc, "name").s, "z\xc3\xa4\"\n", "a string with escapes");
	EQ_STR(json_str(doc, "Name").s, "other", "keys know capitals");
	EQ_STR(json_str(doc, "emoji").s, "\xf0\x9f\x98\x80", "a pair of codes");
	EQ_INT(json_int(doc, "n"), -12, "a number");
	EQ_INT(json_int(doc, "e"), 2000, "with an exponent");
	EQ_INT(json_int(doc, "big"), 9007199254740992, "2^53");
	EQ_INT(json_int(doc, "huge"), 0, "no number that we can hold");
	EQ_INT(json_int(doc, "f"), 0, "no integer");
	OK(json_bool(doc, "yes") && !json_bool(doc, "no") && !json_bool(doc, "n"), "truth");
	OK(json_get(doc, "nil") && json_str(doc, "nil").n == 0, "null is there, and is no string");
	OK(!json_get(doc, "none") && json_str(doc, "none").n == 0 && json_int(doc, "name") == 0,
	   "what is not there, or of another type");
	OK(!json_get(NULL, "x") && !json_first(NULL) && json_number(NULL) == 0 && json_text(NULL).n == 0 &&
		   json_key(NULL).n == 0 && !json_next(NULL),
	   "of nothing comes nothing");
	EQ_STR(json_str(json_get(doc, "obj"), "in").s, "x", "an object in it");
	list = json_get(doc, "list");
	OK(!json_get(list, "x") && json_number(json_first(list)) == 1, "a list");
	for (v = json_first(list); v; v = json_next(v))
		n++;
	EQ_INT(n, 4, "of four");
	OK(!json_first(json_get(doc, "name")), "a string has no elements");
	v = json_next(json_first(doc));
	OK(str_is(json_key(v), "n") && json_number(v) == -12, "members in order");
}

static void
write_all(struct json *j)
{
	json_object(j);
	json_key_str(j, "name", STR("a\"\\/\n\t\r\b\f\x01\x1f\x7f\xc3\xa4\xff\xe2\x82\0z"));
	json_key_str(j, "empty", STR(""));
	json_key_c(j, "none", NULL);
	json_key_int(j, "min", INT64_MIN);
	json_key_bool(j, "yes", true);
	json_key_object(j, "o");
	json_end(j);
	json_key_array(j, "l");
	json_add_int(j, 1);
	json_add_null(j);
	json_array(j);
	json_end(j);
	json_object(j);
	json_key_bool(j, "no", false);
	json_end(j);
	json_add_str(j, STR(""));
	json_end(j);
	json_end(j);
}

#define NAME "\"a\\\"\\\\/\\n\\t\\r\\b\\f\\u0001\\u001f\x7f\xc3\xa4\\ufffd\\ufffd\\ufffd\\u0000z\""

static void
test_write(void)
{
	struct json j = json_new(&a), scalar = json_new(&a), list = json_new(&a);

	write_all(&j);
	EQ_STR(json_done(&j).s,
	       "{\n  \"name\": " NAME ",\n  \"min\": -9223372036854775808,\n  \"yes\": true,\n  \"o\": {},\n"
	       "  \"l\": [\n    1,\n    null,\n    [],\n    {\n      \"no\": false\n    },\n    \"\"\n  "
	       "]\n}\n",
	       "canonical form");
	j = json_new(&a);
	j.compact = true;
	write_all(&j);
	EQ_STR(json_done(&j).s,
	       "{\"name\":" NAME ",\"min\":-9223372036854775808,\"yes\":true,\"o\":{},"
	       "\"l\":[1,null,[],{\"no\":false},\"\"]}\n",
	       "one line");
	json_add_bool(&scalar, false);
	EQ_STR(json_done(&scalar).s, "false\n", "a scalar");
	for (int i = 0; i < 64; i++)
		json_array(&list);
	for (int i = 0; i < 64; i++)
		json_end(&list);
	OK(json_done(&list).n > 64, "64 levels");
}

/* Every text comes back, but for what is not UTF-8. */
static void
test_round(void)
{
	bool good = true;

	for (unsigned c = 1; c < 0x11000; c += c < 0x3000 ? 1 : 97) {
		char text[8] = {0};
		struct json j = json_new(&a);
		struct str s;

		if (c < 0x80)
			text[0] = (char)c;
		else if (c < 0x800)
			memcpy(text, (char[]){(char)(0xc0 | c >> 6), (char)(0x80 | (c & 63))}, 2);
		else if (c < 0x10000)
			memcpy(text,
			       (char[]){(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
					(char)(0x80 | (c & 63))},
			       3);
		else
			memcpy(text,
			       (char[]){(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
					(char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63))},
			       4);
		if (!utf8_valid(str_of(text)))
			continue;
		json_array(&j);
		json_add_str(&j, str_of(text));
		json_end(&j);
		s = json_done(&j);
		{
			AUTO(json_value) doc = json_parse(s, "round", &e);

			good &= doc && str_is(json_text(json_first(doc)), text);
		}
	}
	OK(good, "what is written is read back");
}

/* Any prefix and any damaged byte of a document: an answer, and never a crash. */
static void
test_damage(void)
{
	struct str text =
		STR("{\"a\":[1,2.5e3,\"x\\u00e4\\n\"],\"b\":{\"c\":null,\"d\":[true,false]},\"e\":-0}");
	size_t refused = 0;

	for (size_t i = 0; i < text.n; i++) {
		json_value *doc = json_parse(str_sub(text, 0, i), "cut", &e);

		refused += !doc;
		json_free(doc);
		for (unsigned c = 0; c < 256; c++) {
			char *copy = str_c(&a, text);

			copy[i] = (char)c;
			json_free(json_parse((struct str){copy, text.n}, "damaged", &e));
		}
	}
	EQ_INT(refused, text.n, "no prefix is a document");
}

int
main(void)
{
	test_bad();
	test_depth();
	test_read();
	test_write();
	test_round();
	test_damage();
	arena_free(&a);
	return tap_done();
}
