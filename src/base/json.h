/* json.h - reading by cJSON with the checks that it lacks, and a canonical writer.
 *
 * Reading refuses trailing text, invalid UTF-8, NUL and duplicate keys. Numbers are for small
 * integers only: hashes and sizes are written as strings where they may pass 2^53.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"

/* A read value; lives until its document is freed. */
typedef struct cJSON json_value;
json_value *json_parse(struct str text, const char *what, struct err *e);
void json_free(json_value *doc);
static inline void
json_value_auto_free(json_value **doc)
{
	if (*doc)
		json_free(*doc);
}

/* NULL, empty, or 0 when it is not there or of another type; v may be NULL. */
const json_value *json_get(const json_value *v, const char *key);
struct str json_str(const json_value *v, const char *key);
int64_t json_int(const json_value *v, const char *key);
bool json_bool(const json_value *v, const char *key);
/* Elements of a list or members of an object, in order: for (x = json_first(v); x; x = json_next(x)) */
const json_value *json_first(const json_value *v);
const json_value *json_next(const json_value *v);
struct str json_key(const json_value *v);  /* of a member */
struct str json_text(const json_value *v); /* of a string */
int64_t json_number(const json_value *v);
size_t json_count(const json_value *v);
/* Copies, which outlive the document: of a member, and of a list of texts. */
struct str json_dup(struct arena *a, const json_value *v, const char *key);
struct str *json_strs(struct arena *a, const json_value *list, size_t *n);

/* Writing: the caller gives keys in the order wanted; commas, indentation and escapes are done here.
 *
 *	struct json j = json_new(a);
 *	json_object(&j);
 *	json_key_str(&j, "name", name);
 *	json_end(&j);
 *	struct str text = json_done(&j);	// ends with LF
 */
struct json {
	struct buf b;
	unsigned depth;
	bool first, compact; /* compact: one line */
	bool after_key;
	char closers[64];
};
struct json json_new(struct arena *a);
void json_object(struct json *j);
void json_array(struct json *j);
void json_end(struct json *j); /* of the innermost object or array */
void json_name(struct json *j, const char *key);
void json_add_str(struct json *j, struct str s);
void json_add_int(struct json *j, int64_t i);
void json_add_bool(struct json *j, bool b);
void json_add_null(struct json *j);
/* name and value in one; the first two leave the key out when the text is empty (unknown = absent). */
void json_key_str(struct json *j, const char *key, struct str s);
void json_key_c(struct json *j, const char *key, const char *s);
void json_key_int(struct json *j, const char *key, int64_t i);
void json_key_bool(struct json *j, const char *key, bool b);
void json_key_object(struct json *j, const char *key);
void json_key_array(struct json *j, const char *key);
struct str json_done(struct json *j);

#endif
