#include "cli/listing.h"

#include <stdlib.h>

#include "base/buf.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "opam/print.h"

static int
by_name(const void *left, const void *right)
{
	return str_cmp(((const struct catalog_installed *)left)->name,
		       ((const struct catalog_installed *)right)->name);
}

static void
take_state(struct ctx *c, const struct state *state, struct catalog *catalog)
{
	struct catalog_installed *list = arena_array(c->a, struct catalog_installed, state->record_count + 1);
	struct opam_strings *pins = arena_new(c->a, struct opam_strings);

	for (size_t i = 0; i < state->record_count; i++) {
		const struct record *r = &state->records[i];

		list[i] = (struct catalog_installed){.name = r->name,
						     .version = r->version,
						     .repo = r->repo,
						     .definition = r->definition,
						     .root = opam_strings_have(&state->roots, r->name)};
	}
	if (state->record_count)
		qsort(list, state->record_count, sizeof(*list), by_name);
	pins->v = arena_array(c->a, struct str, state->pin_count + 1);
	for (size_t i = 0; i < state->pin_count; i++)
		pins->v[pins->n++] = state->pins[i].name;
	catalog->installed = list;
	catalog->installed_count = state->record_count;
	catalog->pins = pins;
}

int
listing_new(struct ctx *c, enum listing_of of, struct listing *out, struct err *e)
{
	struct opam_scope *platform = arena_new(c->a, struct opam_scope);
	struct state *state = arena_new(c->a, struct state);
	const char *name = NULL;
	struct err none = {0};
	struct oid head;

	if (of == LISTING_REPOSITORIES) {
		state = NULL;
	} else if (ctx_state(c, &name, &head, state, &none) < 0) {
		/* One that was named must be there. */
		if (none.code != ERR_CONFIG || name || of == LISTING_SWITCH)
			return *e = none, -1;
		state = NULL;
	}
	*platform = platform_scope(&c->apply.platform);
	*out = (struct listing){.c = c, .state = state, .switch_name = name};
	out->catalog = (struct catalog){
		.store = c->root.store, .a = c->a, .repos = &c->apply.repos, .platform = platform};
	if (state)
		take_state(c, state, &out->catalog);
	return 0;
}

/* --- columns --- */

static const struct record *
record_of(const struct listing *l, const struct catalog_version *v)
{
	return l->state && v->installed ? state_record(l->state, v->name) : NULL;
}

static struct str
joined(struct arena *a, struct opam_strings list)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < list.n; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(list.v[i]));
	return buf_str(&b);
}

typedef int column_fn(struct listing *l, struct catalog_version *v, struct str *out, struct err *e);

static int
column_name(struct listing *l UNUSED, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = v->name;
	return 0;
}

static int
column_version(struct listing *l UNUSED, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = v->version;
	return 0;
}

static int
column_package(struct listing *l, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = str_printf(l->c->a, "%.*s.%.*s", STR_ARG(v->name), STR_ARG(v->version));
	return 0;
}

static int
column_synopsis(struct listing *l, struct catalog_version *v, struct str *out, struct err *e)
{
	if (catalog_about(&l->catalog, v, e) < 0)
		return -1;
	*out = v->slim->synopsis;
	return 0;
}

static int
column_tags(struct listing *l, struct catalog_version *v, struct str *out, struct err *e)
{
	if (catalog_about(&l->catalog, v, e) < 0)
		return -1;
	*out = joined(l->c->a, v->slim->tags);
	return 0;
}

static struct opam_strings
flags_of(struct arena *a, unsigned flags)
{
	struct opam_strings list = {arena_array(a, struct str, 32), 0};

	for (unsigned flag = 1; flag <= FLAG_LAST; flag <<= 1)
		if (flags & flag)
			list.v[list.n++] = str_of(opam_flag_name((enum opam_flag)flag));
	return list;
}

static int
column_flags(struct listing *l, struct catalog_version *v, struct str *out, struct err *e)
{
	if (catalog_about(&l->catalog, v, e) < 0)
		return -1;
	*out = joined(l->c->a, flags_of(l->c->a, v->slim->flags));
	return 0;
}

static int
column_root(struct listing *l UNUSED, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = v->root ? STR("root") : STR("-");
	return 0;
}

static int
column_state(struct listing *l UNUSED, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = v->root ? STR("root") : v->installed ? STR("installed") : STR("-");
	return 0;
}

static int
column_repository(struct listing *l UNUSED, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	*out = v->repo;
	return 0;
}

static int
column_installed(struct listing *l, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	const struct record *r = l->state ? state_record(l->state, v->name) : NULL;

	*out = r ? r->version : STR("--");
	return 0;
}

/* Oldest first, as opam has it. */
static int
versions(struct listing *l, struct catalog_version *v, bool available, struct str *out, struct err *e)
{
	struct catalog_name *name = catalog_find(&l->catalog, v->name);
	struct opam_strings list = {arena_array(l->c->a, struct str, name->n), 0};

	for (size_t i = name->n; i > 0; i--) {
		if (available && catalog_available(&l->catalog, &name->v[i - 1], e) < 0)
			return -1;
		if (!available || name->v[i - 1].available)
			list.v[list.n++] = name->v[i - 1].version;
	}
	*out = joined(l->c->a, list);
	return 0;
}

static int
column_all(struct listing *l, struct catalog_version *v, struct str *out, struct err *e)
{
	return versions(l, v, false, out, e);
}

static int
column_available(struct listing *l, struct catalog_version *v, struct str *out, struct err *e)
{
	return versions(l, v, true, out, e);
}

static int
column_pin(struct listing *l, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	const struct state_pin *pin = l->state ? state_pin_of(l->state, v->name) : NULL;

	*out = (struct str){0};
	if (pin)
		*out = pin->url.n ? pin->url : pin->version;
	return 0;
}

static int
column_class(struct listing *l, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	const struct record *r = record_of(l, v);

	*out = r ? str_of(source_class_text(r->source.class)) : (struct str){0};
	return 0;
}

/* What identifies the source, short enough for a table. */
static int
column_source(struct listing *l, struct catalog_version *v, struct str *out, struct err *e UNUSED)
{
	const struct record *r = record_of(l, v);

	*out = (struct str){0};
	if (r && r->source.class == SOURCE_COMMIT)
		*out = str_printf(l->c->a, "%.12s", r->source.commit.hex);
	else if (r && r->source.class != SOURCE_NONE)
		*out = str_printf(l->c->a, "tree %.12s", r->source.tree.hex);
	return 0;
}

static const struct {
	const char *name;
	column_fn *text;
} columns[] = {
	{"name", column_name},
	{"version", column_version},
	{"package", column_package},
	{"synopsis", column_synopsis},
	{"tags", column_tags},
	{"flags", column_flags},
	{"root", column_root},
	{"state", column_state},
	{"repository", column_repository},
	{"installed-version", column_installed},
	{"available-versions", column_available},
	{"all-versions", column_all},
	{"pin", column_pin},
	{"source-class", column_class},
	{"source", column_source},
};

/* "license" and "license:" are the same. */
static struct str
field_name(struct str column)
{
	return str_ends(column, ":") ? str_sub(column, 0, column.n - 1) : column;
}

int
listing_check(const struct opam_strings *list, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str name = list->v[i];
		bool known = opam_field_known(field_name(name));

		for (size_t j = 0; j < COUNT_OF(columns); j++)
			known |= str_is(name, columns[j].name);
		if (known)
			continue;
		err_set(e, ERR_USAGE, "there is no column '%.*s'", STR_ARG(name));
		for (size_t j = 0; j < COUNT_OF(columns); j++)
			if (str_distance(name, str_of(columns[j].name), 2) <= 2)
				err_hint(e, "did you mean %s?", columns[j].name);
		return err_hint(e, "`pkg help list` lists the columns");
	}
	return 0;
}

static int
field(struct listing *l, struct catalog_version *v, struct str name, struct str *out, struct err *e)
{
	struct arena scratch = {0}; /* for the definition, of which one text stays */
	struct catalog catalog = l->catalog;
	const struct opam_value *value = NULL;
	struct opam_definition d;
	struct str text = {0};
	struct err why;
	int rc;

	catalog.a = &scratch;
	rc = catalog_definition(&catalog, v, &d, &why);
	if (rc == 0)
		value = opam_field(&d, str_c(&scratch, name));
	if (value)
		text = value->kind == OPAM_STRING ? str_trim(value->s) : opam_value_text(&scratch, value);
	*out = out_folded(l->c->a, text);
	arena_free(&scratch);
	return rc == 0 || why.code == ERR_PARSE ? 0 : (*e = why, -1);
}

static int
cell(struct listing *l, struct catalog_version *v, struct str column, struct str *out, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(columns); i++)
		if (str_is(column, columns[i].name))
			return columns[i].text(l, v, out, e);
	return field(l, v, field_name(column), out, e);
}

int
listing_rows(struct listing *l, const struct selected *list, struct err *e)
{
	struct opam_strings rows = {arena_array(l->c->a, struct str, list->n + 1), 0};

	for (size_t i = 0; i < list->n; i++) {
		struct buf b = buf_new(l->c->a);

		for (size_t j = 0; j < l->columns.n; j++) {
			struct str text;

			if (cell(l, list->v[i], l->columns.v[j], &text, e) < 0)
				return -1;
			if (j)
				buf_addc(&b, '\t');
			/* A cell is one line and holds no tab: they part cells. */
			buf_str_add(&b, out_folded(l->c->a, text));
		}
		rows.v[rows.n++] = buf_str(&b);
	}
	if (l->columns.n > 1) {
		out_table(l->c, &rows);
		return 0;
	}
	for (size_t i = 0; i < rows.n; i++)
		out("%s\n", out_safe(l->c, rows.v[i]));
	return 0;
}

/* --- JSON --- */

/* A definition may hold an empty tag. */
static void
json_strings(struct json *j, const char *key, struct opam_strings list)
{
	struct opam_strings said = {arena_array(j->b.a, struct str, list.n + 1), 0};

	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].n)
			said.v[said.n++] = list.v[i];
	out_json_strings(j, key, &said);
}

static void
json_record(struct json *j, const struct record *r)
{
	json_key_c(j, "source", source_class_text(r->source.class));
	json_key_c(j, "commit", r->source.commit.hex);
	json_key_c(j, "tree", r->source.tree.hex);
	out_json_sha256(j, "input_id", r->input_id);
	json_key_c(j, "output", r->output.hex);
}

int
listing_json(struct listing *l, struct json *j, struct catalog_version *v, struct err *e)
{
	const struct record *r = record_of(l, v);
	struct opam_strings flags;

	if (catalog_about(&l->catalog, v, e) < 0)
		return -1;
	flags = flags_of(l->c->a, v->slim->flags);
	json_key_str(j, "name", v->name);
	json_key_str(j, "version", v->version);
	json_key_bool(j, "installed", v->installed);
	json_key_bool(j, "root", v->root);
	json_key_bool(j, "pinned", v->pinned);
	json_key_str(j, "repository", v->repo);
	json_key_str(j, "synopsis", v->slim->synopsis);
	json_strings(j, "tags", v->slim->tags);
	out_json_strings(j, "flags", &flags);
	if (r)
		json_record(j, r);
	return 0;
}
