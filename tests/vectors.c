/* vectors.c - runs the vectors of a directory against the library: one TAP line for each.
 *
 *	vectors DIR [FILE.jsonl...]
 *
 * What the kinds mean is told by the README beside the vectors.
 */
#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/vec.h"
#include "opam/definition.h"
#include "opam/parse.h"
#include "opam/version.h"
#include "solve_vectors.h"
#include "tap.h"

/* One vector at work: everything lives in its arena. */
struct vector {
	struct arena a;
	const cJSON *json, *expect;
	struct err e;
	struct buf why; /* empty: it holds */
};

static const char *
text_of(const cJSON *object, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

	return s ? s : "";
}

static const cJSON *
item(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static void
fail(struct vector *v, const char *what, struct str got, struct str want)
{
	buf_printf(&v->why, "%s: got '" STR_FMT "', want '" STR_FMT "'; ", what, STR_ARG(got), STR_ARG(want));
}

static void
same(struct vector *v, const char *what, struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail(v, what, got, want);
}

static struct str
from_hex(struct arena *a, const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *bytes = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++) {
		char pair[3] = {hex[i * 2], hex[i * 2 + 1], '\0'};

		bytes[i] = (char)strtoul(pair, NULL, 16);
	}
	return (struct str){bytes, n};
}

/* cJSON ends a string at \u0000. So hide_nul() puts a character of private use there, before the
 * line is read, and unhide_nul() takes it back. */
#define NUL_JSON "\\u0000"
#define NUL_HIDDEN "\\uf8ff"
#define NUL_UTF8 "\xef\xa3\xbf"

static void
hide_nul(char *line)
{
	while ((line = strchr(line, '\\'))) {
		if (strncmp(line, NUL_JSON, strlen(NUL_JSON)) == 0)
			memcpy(line, NUL_HIDDEN, strlen(NUL_HIDDEN));
		/* Over the escaped byte, which may be a backslash itself. */
		line += line[1] ? 2 : 1;
	}
}

static struct str
unhide_nul(struct arena *a, const char *text)
{
	struct buf b = buf_new(a);
	const char *at;

	while ((at = strstr(text, NUL_UTF8))) {
		buf_add(&b, text, (size_t)(at - text));
		buf_addc(&b, '\0');
		text = at + strlen(NUL_UTF8);
	}
	buf_adds(&b, text);
	return buf_str(&b);
}

static struct str
input(struct vector *v)
{
	const char *hex = cJSON_GetStringValue(item(v->json, "input_hex"));

	return hex ? from_hex(&v->a, hex) : unhide_nul(&v->a, text_of(v->json, "input"));
}

/* True when the vector expects an error; then a missing one is noted. */
static bool
wants_error(struct vector *v, int rc)
{
	bool want = cJSON_IsTrue(item(v->expect, "error"));

	if (want && rc == 0)
		buf_adds(&v->why, "an error is expected; ");
	if (!want && rc < 0)
		buf_printf(&v->why, "unexpected error %u:%u: %s; ", v->e.at.line, v->e.at.col, v->e.msg);
	return want || rc < 0;
}

/* Trees are compared by their JSON text, written the same way on both sides. */

static void
write_string(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c == '"' || c == '\\' || c < ' ' || c >= 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_addc(b, (char)c);
	}
	buf_addc(b, '"');
}

static void write_value(struct buf *b, const struct opam_value *v);

static void
write_kids(struct buf *b, const char *key, const char *op, const struct opam_value *v)
{
	buf_printf(b, "{%s:[", key);
	if (op) {
		write_string(b, str_of(op));
		buf_addc(b, ',');
	}
	for (size_t i = 0; i < v->n; i++) {
		if (i)
			buf_addc(b, ',');
		if (i == 1 && v->kind == OPAM_OPTION)
			buf_addc(b, '[');
		write_value(b, v->kids[i]);
	}
	if (v->kind == OPAM_OPTION)
		buf_adds(b, v->n > 1 ? "]" : ",[]");
	buf_adds(b, "]}");
}

static const char *
env_op(unsigned op)
{
	static const char *const texts[] = {
		[ENV_SET] = "=",    [ENV_PREPEND] = "+=",     [ENV_APPEND] = "=+",
		[ENV_SWAP] = "=+=", [ENV_PREPEND_SEP] = ":=", [ENV_APPEND_SEP] = "=:",
	};

	return texts[op];
}

static void
write_value(struct buf *b, const struct opam_value *v)
{
	static const char *const keys[] = {
		[OPAM_LIST] = "list",     [OPAM_GROUP] = "group", [OPAM_OPTION] = "option",
		[OPAM_RELOP] = "relop",   [OPAM_AND] = "logop",   [OPAM_PREFIX_RELOP] = "prefix_relop",
		[OPAM_OR] = "logop",      [OPAM_NOT] = "pfxop",   [OPAM_ENV] = "env",
		[OPAM_DEFINED] = "pfxop",
	};
	const char *op = NULL;

	switch (v->kind) {
	case OPAM_BOOL:
		buf_printf(b, "{bool:%s}", v->b ? "true" : "false");
		return;
	case OPAM_INT:
		/* JSON numbers are doubles here: compared as such. */
		buf_printf(b, "{int:%.17g}", (double)v->i);
		return;
	case OPAM_STRING:
	case OPAM_IDENT:
		buf_adds(b, v->kind == OPAM_STRING ? "{string:" : "{ident:");
		write_string(b, v->s);
		buf_addc(b, '}');
		return;
	case OPAM_RELOP:
	case OPAM_PREFIX_RELOP:
		op = opam_op_text((enum opam_op)v->op);
		break;
	case OPAM_AND:
	case OPAM_OR:
		op = v->kind == OPAM_AND ? "&" : "|";
		break;
	case OPAM_NOT:
	case OPAM_DEFINED:
		op = v->kind == OPAM_NOT ? "!" : "?";
		break;
	case OPAM_ENV:
		op = env_op(v->op);
		break;
	case OPAM_LIST:
	case OPAM_GROUP:
	case OPAM_OPTION:
		break;
	}
	write_kids(b, keys[v->kind], op, v);
}

static void
write_items(struct buf *b, const struct opam_item *items, size_t n)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(b, ',');
		buf_adds(b, items[i].value ? "{field:" : "{section:");
		write_string(b, items[i].name);
		if (items[i].value) {
			buf_adds(b, ",value:");
			write_value(b, items[i].value);
		} else {
			buf_adds(b, ",name:");
			if (items[i].has_title)
				write_string(b, items[i].title);
			else
				buf_adds(b, "null");
			buf_adds(b, ",items:");
			write_items(b, items[i].items, items[i].n);
		}
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

/* The expected tree, in the same writing. */
static void
write_json(struct arena *a, struct buf *b, const cJSON *json)
{
	const cJSON *kid;

	if (cJSON_IsString(json)) {
		write_string(b, unhide_nul(a, json->valuestring));
	} else if (cJSON_IsNumber(json)) {
		buf_printf(b, "%.17g", json->valuedouble);
	} else if (cJSON_IsBool(json) || cJSON_IsNull(json)) {
		buf_adds(b, cJSON_IsNull(json) ? "null" : cJSON_IsTrue(json) ? "true" : "false");
	} else if (cJSON_IsObject(json) && json->child && strcmp(json->child->string, "string_hex") == 0) {
		buf_adds(b, "{string:");
		write_string(b, from_hex(a, json->child->valuestring));
		buf_addc(b, '}');
	} else {
		bool object = cJSON_IsObject(json);

		buf_addc(b, object ? '{' : '[');
		cJSON_ArrayForEach(kid, json)
		{
			if (kid != json->child)
				buf_addc(b, ',');
			if (object)
				buf_printf(b, "%s:", kid->string);
			write_json(a, b, kid);
		}
		buf_addc(b, object ? '}' : ']');
	}
}

static void
run_parse(struct vector *v)
{
	bool file = strcmp(text_of(v->json, "kind"), "file") == 0;
	struct buf got = buf_new(&v->a), want = buf_new(&v->a);
	struct opam_value *value;
	struct opam_text t;
	int rc;

	rc = file ? opam_parse(&v->a, "vector", input(v), &t, &v->e)
		  : opam_parse_value(&v->a, "vector", input(v), &t, &value, &v->e);
	if (wants_error(v, rc))
		return;
	if (file)
		write_items(&got, t.items, t.n);
	else
		write_value(&got, value);
	write_json(&v->a, &want, item(v->expect, "ok"));
	same(v, "tree", buf_str(&got), buf_str(&want));
}

struct names {
	const char **v;
	size_t n, room;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A set of names as one text. */
static struct str
as_set(struct vector *v, struct names *list)
{
	struct buf b = buf_new(&v->a);

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_text);
	for (size_t i = 0; i < list->n; i++)
		if (!i || strcmp(list->v[i], list->v[i - 1]) != 0)
			buf_printf(&b, "%s ", list->v[i]);
	return buf_str(&b);
}

/* A section that is rejected takes its fields with it; of fields within an extra-source, which pkg names,
 * the vectors know nothing. */
static bool
is_within_rejected(const struct opam_definition *d, struct str field)
{
	ptrdiff_t dot = str_chr(field, '.');

	if (str_starts(field, "extra-source."))
		return true;
	for (size_t i = 0; dot > 0 && i < d->findings.n; i++)
		if (d->findings.v[i].error && str_eq(d->findings.v[i].field, str_sub(field, 0, (size_t)dot)))
			return true;
	return false;
}

static void
run_fields(struct vector *v)
{
	struct names got = {0}, want = {0};
	struct opam_definition d;
	const cJSON *name;

	if (wants_error(v, opam_definition(&v->a, "vector", input(v), &d, &v->e)))
		return;
	for (size_t i = 0; i < d.findings.n; i++)
		if (d.findings.v[i].error && !is_within_rejected(&d, d.findings.v[i].field))
			vec_push(&v->a, &got, str_c(&v->a, d.findings.v[i].field));
	cJSON_ArrayForEach(name, item(v->expect, "bad_fields")) vec_push(&v->a, &want, name->valuestring);
	same(v, "bad fields", as_set(v, &got), as_set(v, &want));
}

static struct opam_var
var_of(struct arena *a, const cJSON *json)
{
	struct opam_var var = {.kind = VAR_LIST};
	const cJSON *kid;

	if (cJSON_IsBool(json))
		return VAR_IS_BOOL(cJSON_IsTrue(json));
	if (cJSON_IsString(json))
		return VAR_IS_STR(unhide_nul(a, json->valuestring));
	var.list = arena_array(a, struct str, (size_t)cJSON_GetArraySize(json));
	cJSON_ArrayForEach(kid, json) var.list[var.n++] = str_of(kid->valuestring);
	return var;
}

static void
env_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	struct opam_var *out)
{
	const char *key =
		arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(package), package.n ? ":" : "", STR_ARG(name));
	const cJSON *value = item(scope->ctx, key);

	if (value)
		*out = var_of(a, value);
}

static struct opam_scope
scope_of(const struct vector *v)
{
	return (struct opam_scope){env_get, (void *)(uintptr_t)item(v->json, "env")};
}

static struct str
var_shown(struct arena *a, struct opam_var var)
{
	return str_printf(a, "%s " STR_FMT,
			  var.kind == VAR_UNDEFINED ? "undefined"
			  : var.kind == VAR_BOOL    ? "bool"
						    : "string",
			  STR_ARG(opam_var_text(a, var)));
}

static void
run_filter(struct vector *v)
{
	struct opam_scope scope = scope_of(v);
	const cJSON *want = item(v->expect, "value");
	struct opam_var got, wanted = {.kind = VAR_UNDEFINED};
	struct opam_value *value;
	struct opam_text t;
	int rc;

	rc = opam_parse_value(&v->a, "vector", input(v), &t, &value, &v->e);
	if (rc == 0)
		rc = opam_filter(&v->a, &t, value, &scope, &got, &v->e);
	if (wants_error(v, rc))
		return;
	if (want && !cJSON_IsNull(want))
		wanted = var_of(&v->a, want);
	same(v, "value", var_shown(&v->a, got), var_shown(&v->a, wanted));
	if (opam_truth(got, false) != cJSON_IsTrue(item(v->expect, "bool")))
		buf_adds(&v->why, "wrong truth; ");
	if (opam_truth(got, true) != cJSON_IsTrue(item(v->expect, "bool_default_true")))
		buf_adds(&v->why, "wrong truth, true by default; ");
}

static void
run_expand(struct vector *v)
{
	struct opam_scope scope = scope_of(v);

	same(v, "text", opam_expand(&v->a, input(v), &scope), unhide_nul(&v->a, text_of(v->expect, "text")));
}

static void
run_commands(struct vector *v)
{
	struct buf got = buf_new(&v->a), want = buf_new(&v->a);
	struct opam_scope scope = scope_of(v);
	struct opam_commands commands;
	struct opam_value *value;
	struct opam_text t;
	int rc;

	rc = opam_parse_value(&v->a, "vector", input(v), &t, &value, &v->e);
	if (rc == 0)
		rc = opam_commands(&v->a, &t, value, &scope, &commands, &v->e);
	if (wants_error(v, rc))
		return;
	buf_addc(&got, '[');
	for (size_t i = 0; i < commands.n; i++) {
		buf_adds(&got, i ? ",[" : "[");
		for (size_t j = 0; j < commands.v[i].n; j++) {
			buf_adds(&got, j ? "," : "");
			write_string(&got, commands.v[i].args[j]);
		}
		buf_addc(&got, ']');
	}
	buf_addc(&got, ']');
	write_json(&v->a, &want, item(v->expect, "commands"));
	same(v, "commands", buf_str(&got), buf_str(&want));
}

/* The installed set of a formula vector. */
static struct str
version_in(void *ctx, struct str name)
{
	struct str n, version;
	const cJSON *kid;

	cJSON_ArrayForEach(
		kid, (const cJSON *)ctx) if (opam_name_version_cut(str_of(kid->valuestring), &n, &version) &&
					     str_eq(n, name)) return version;
	return (struct str){0};
}

static bool
range_holds(const cJSON *range, struct str version)
{
	const char *op = cJSON_GetArrayItem(range, 0)->valuestring;
	const cJSON *left = cJSON_GetArrayItem(range, 1), *right = cJSON_GetArrayItem(range, 2);

	if (strcmp(op, "and") == 0)
		return range_holds(left, version) && range_holds(right, version);
	if (strcmp(op, "or") == 0)
		return range_holds(left, version) || range_holds(right, version);
	for (unsigned i = OP_EQ; i <= OP_GE; i++)
		if (strcmp(op, opam_op_text((enum opam_op)i)) == 0)
			return opam_version_holds(version, (enum opam_op)i, str_of(left->valuestring));
	return false;
}

/* The expected formula on its own: what it says of a set of installed packages. */
static bool
expected_holds(const cJSON *f, void *installed)
{
	const cJSON *vers;
	struct str version;
	bool left;

	if (cJSON_IsObject(f)) {
		vers = item(f, "vers");
		version = version_in(installed, str_of(text_of(f, "pkg")));
		return version.n && (!vers || range_holds(vers, version));
	}
	if (!cJSON_GetArraySize(f))
		return true;
	left = expected_holds(cJSON_GetArrayItem(f, 1), installed);
	if (strcmp(cJSON_GetArrayItem(f, 0)->valuestring, "and") == 0)
		return left && expected_holds(cJSON_GetArrayItem(f, 2), installed);
	return left || expected_holds(cJSON_GetArrayItem(f, 2), installed);
}

/* Names and versions that a formula mentions, and versions beside them. */
static void
mentioned(struct arena *a, const cJSON *f, struct names *names, struct names *versions)
{
	const cJSON *kid;

	if (cJSON_IsObject(f)) {
		vec_push(a, names, text_of(f, "pkg"));
		if (item(f, "vers"))
			mentioned(a, item(f, "vers"), names, versions);
		return;
	}
	cJSON_ArrayForEach(kid, f)
	{
		if (!cJSON_IsString(kid)) {
			mentioned(a, kid, names, versions);
		} else if (opam_version_valid(str_of(kid->valuestring))) {
			vec_push(a, versions, kid->valuestring);
			vec_push(a, versions, arena_printf(a, "%s~", kid->valuestring));
			vec_push(a, versions, arena_printf(a, "%s.1", kid->valuestring));
		}
	}
}

/* The same truth on every set of one version or none for each of the first names mentioned. */
static void
same_formula(struct vector *v, const struct opam_formula *got, const cJSON *want)
{
	struct names names = {0}, versions = {0};
	size_t sets = 1, most = 20000;

	mentioned(&v->a, want, &names, &versions);
	vec_push(&v->a, &versions, "0");
	as_set(v, &names);
	as_set(v, &versions);
	for (size_t i = 0; i < names.n && sets < most; i++)
		sets *= versions.n + 1;
	for (size_t set = 0; set < sets && set < most; set++) {
		cJSON *installed = cJSON_CreateArray();
		size_t rest = set;

		for (size_t i = 0; i < names.n; i++, rest /= versions.n + 1)
			if (rest % (versions.n + 1))
				cJSON_AddItemToArray(installed,
						     cJSON_CreateString(arena_printf(
							     &v->a, "%s.%s", names.v[i],
							     versions.v[rest % (versions.n + 1) - 1])));
		if (opam_formula_holds(got, version_in, installed) != expected_holds(want, installed)) {
			buf_printf(&v->why, "another formula: " STR_FMT "; ",
				   STR_ARG(opam_formula_text(&v->a, got)));
			set = sets;
		}
		cJSON_Delete(installed);
	}
}

static struct opam_dep_flags
flags_of(const struct vector *v)
{
	const cJSON *flags = item(v->json, "flags");

	return (struct opam_dep_flags){
		.build = cJSON_IsTrue(item(flags, "build")),
		.post = cJSON_IsTrue(item(flags, "post")),
		.with_test = cJSON_IsTrue(item(flags, "with-test")),
		.with_doc = cJSON_IsTrue(item(flags, "with-doc")),
		.with_dev_setup = cJSON_IsTrue(item(flags, "with-dev-setup")),
		.dev = cJSON_IsTrue(item(flags, "dev")),
		.undefined_counts_as = cJSON_IsTrue(item(v->json, "undefined_counts_as")),
	};
}

static void
run_formula(struct vector *v)
{
	const char *name = text_of(v->json, "field");
	enum opam_formula_field field = strcmp(name, "depends") == 0   ? FORMULA_DEPENDS
					: strcmp(name, "depopts") == 0 ? FORMULA_DEPOPTS
								       : FORMULA_CONFLICTS;
	struct opam_dep_flags flags = flags_of(v);
	struct opam_scope scope = scope_of(v);
	const struct opam_formula *f;
	struct opam_value *value;
	struct opam_text t;
	const cJSON *set;
	int rc;

	rc = opam_parse_value(&v->a, "vector", input(v), &t, &value, &v->e);
	if (rc == 0)
		rc = opam_formula(&v->a, &t, value, field, &flags, &scope, &f, &v->e);
	if (wants_error(v, rc))
		return;
	same_formula(v, f, item(v->expect, "formula"));
	cJSON_ArrayForEach(set, item(v->json, "sets"))
	{
		void *installed = (void *)(uintptr_t)item(set, "installed");
		bool holds = opam_formula_holds(f, version_in, installed);

		/* An empty list of conflicts strikes nobody. */
		if (field == FORMULA_CONFLICTS && f->kind == FORMULA_TRUE)
			holds = false;
		if (holds != cJSON_IsTrue(item(set, "holds")))
			buf_printf(&v->why, "set %s; ", cJSON_PrintUnformatted(set));
	}
}

static void
run_version(struct vector *v)
{
	int order = opam_version_cmp(str_of(text_of(v->json, "left")), str_of(text_of(v->json, "right")));

	same(v, "order",
	     order < 0   ? STR("<")
	     : order > 0 ? STR(">")
			 : STR("="),
	     str_of(cJSON_GetStringValue(v->expect)));
}

static void
run_name(struct vector *v)
{
	const char *kind = text_of(v->json, "kind");
	struct str name, version;
	bool valid;

	if (strcmp(kind, "name-dot-version") == 0) {
		valid = opam_name_version_cut(input(v), &name, &version);
		if (valid == cJSON_IsTrue(item(v->expect, "error")))
			buf_adds(&v->why, valid ? "an error is expected" : "unexpected error");
		if (!valid)
			return;
		same(v, "name", name, str_of(text_of(v->expect, "name")));
		same(v, "version", version, str_of(text_of(v->expect, "version")));
		return;
	}
	valid = strcmp(kind, "package-name") == 0 ? opam_name_valid(input(v)) : opam_version_valid(input(v));
	if (valid != cJSON_IsTrue(item(v->expect, "valid")))
		buf_adds(&v->why, valid ? "is not valid" : "is valid");
}

static void
run_url(struct vector *v)
{
	static const char *const backends[] = {
		[URL_HTTP] = "http",  [URL_GIT] = "git",   [URL_HG] = "hg",   [URL_DARCS] = "darcs",
		[URL_PATH] = "rsync", [URL_REPO] = "repo", [URL_APT] = "apt",
	};
	struct opam_url url;

	if (wants_error(v, opam_url(input(v), &url, &v->e)))
		return;
	same(v, "backend", str_of(backends[url.backend]), str_of(text_of(v->expect, "backend")));
	same(v, "transport", url.transport, str_of(text_of(v->expect, "transport")));
	same(v, "path", opam_url_path(&v->a, &url), str_of(text_of(v->expect, "path")));
	if (url.has_ref == (cJSON_IsNull(item(v->expect, "ref")) || !item(v->expect, "ref")))
		buf_adds(&v->why, url.has_ref ? "there is no ref; " : "there is a ref; ");
	same(v, "ref", url.ref, str_of(text_of(v->expect, "ref")));
}

static void
run_checksum(struct vector *v)
{
	struct opam_checksum sum;

	if (!wants_error(v, opam_checksum(&v->a, input(v), &sum, &v->e)))
		same(v, "normal form", opam_checksum_text(&v->a, sum), str_of(text_of(v->expect, "normal")));
}

static const struct {
	const char *kind;
	void (*run)(struct vector *v);
} kinds[] = {
	{"file", run_parse},           {"value", run_parse},           {"fields", run_fields},
	{"filter", run_filter},        {"expand", run_expand},         {"commands", run_commands},
	{"formula", run_formula},      {"version-order", run_version}, {"package-name", run_name},
	{"package-version", run_name}, {"name-dot-version", run_name}, {"url", run_url},
	{"checksum", run_checksum},
};

/* Needs the solver: linked without it, these vectors are skipped. */
#pragma weak solve_vector

static bool
run_solve(struct vector *v)
{
	char why[512] = "";

	if (!solve_vector)
		return false;
	if (solve_vector(v->json, why, sizeof(why)) < 0)
		buf_adds(&v->why, why);
	return true;
}

static bool
run(struct vector *v, const char *kind)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0) {
			kinds[i].run(v);
			return true;
		}
	}
	if (strcmp(kind, "solve") == 0)
		return run_solve(v);
	buf_printf(&v->why, "unknown kind '%s'", kind);
	return true;
}

static void
run_line(const char *file, char *line)
{
	struct vector v = {.json = NULL};
	cJSON *json;

	hide_nul(line);
	v.json = json = cJSON_Parse(line);
	v.expect = item(json, "expect");
	v.why = buf_new(&v.a);
	if (!json)
		tap_ok(false, "%s: not JSON: %.60s", file, line);
	else if (run(&v, text_of(json, "kind")))
		tap_ok(!v.why.n, "%s", text_of(json, "id"));
	else
		printf("ok %d # SKIP %s needs the solver\n", ++tap_count, text_of(json, "id"));
	if (v.why.n)
		printf("# %s\n", v.why.s);
	cJSON_Delete(json);
	arena_free(&v.a);
}

static void
run_file(const char *dir, const char *name)
{
	char path[4096], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f) {
		tap_ok(false, "%s can be read", path);
		return;
	}
	while (getline(&line, &room, f) > 0)
		if (*line != '\n')
			run_line(name, line);
	free(line);
	fclose(f);
}

static int
is_vectors(const struct dirent *entry)
{
	return str_ends(str_of(entry->d_name), ".jsonl");
}

int
main(int argc, char **argv)
{
	struct dirent **entries;
	int n;

	if (argc < 2) {
		fprintf(stderr, "usage: vectors DIR [FILE...]\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		run_file(argv[1], argv[i]);
	if (argc > 2)
		return tap_done();
	n = scandir(argv[1], &entries, is_vectors, alphasort);
	if (n < 0) {
		perror(argv[1]);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		run_file(argv[1], entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return tap_done();
}
