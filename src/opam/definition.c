#include "opam/definition.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "opam/fields.h"
#include "opam/header.h"
#include "opam/parse.h"
#include "opam/text.h"
#include "opam/version.h"

struct loader {
	struct arena *a;
	struct opam_definition *d;
	const struct opam_item **rows; /* what was found, in the order of the table */
	struct map names;              /* of extension fields */
	struct map titles;             /* of extra sources */
	struct {
		struct opam_source *v;
		size_t n, room;
	} sources;
	const struct opam_item *url;
};

static void
push_finding(struct arena *a, struct opam_definition *d, bool error, int id, struct str field,
	     const struct err *e)
{
	struct opam_finding f = {
		.error = error,
		.id = id,
		.field = field,
		.at = {d->text.path, e->at.line, e->at.col},
		.text = str_of(arena_strdup(a, e->msg)),
	};
	struct opam_findings *list = &d->findings;

	if (list->n < OPAM_FINDINGS_MAX)
		vec_push(a, list, f);
}

void
opam_find(struct arena *a, struct opam_definition *d, struct str field, const struct err *e)
{
	push_finding(a, d, true, FINDING_FIELD, field, e);
}

PRINTF(7, 0)
static void
find_at(struct arena *a, struct opam_definition *d, bool error, int id, struct str field, struct opam_span at,
	const char *fmt, va_list args)
{
	char text[256];
	struct err e;

	/* Looking up a place costs a walk through the text: not for what is not kept. */
	if (d->findings.n >= OPAM_FINDINGS_MAX)
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	opam_err(&e, &d->text, at, "%s", text);
	push_finding(a, d, error, id, field, &e);
}

void
opam_find_at(struct arena *a, struct opam_definition *d, struct str field, struct opam_span at,
	     const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	find_at(a, d, true, FINDING_FIELD, field, at, fmt, args);
	va_end(args);
}

void
opam_doubt_at(struct arena *a, struct opam_definition *d, int id, struct str field, struct opam_span at,
	      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	find_at(a, d, false, id, field, at, fmt, args);
	va_end(args);
}

/* There are few. */
void
opam_findings_sort(struct opam_findings *list)
{
	for (size_t i = 1; i < list->n; i++) {
		struct opam_finding f = list->v[i];
		size_t j = i;

		for (; j && (list->v[j - 1].at.line > f.at.line ||
			     (list->v[j - 1].at.line == f.at.line && list->v[j - 1].at.col > f.at.col));
		     j--)
			list->v[j] = list->v[j - 1];
		list->v[j] = f;
	}
}

/* The format that the file is written for; a file without one, or for another one, is refused. */
int
opam_header_read(struct opam_definition *d, struct err *e)
{
	const struct opam_item *found = NULL;
	int order;

	for (size_t i = 0; i < d->text.n; i++) {
		const struct opam_item *item = &d->text.items[i];

		if (!item->value || !str_is(item->name, "opam-version"))
			continue;
		if (found)
			return opam_err(e, &d->text, item->at, "opam-version is given twice");
		found = item;
	}
	if (!found)
		return opam_err(e, &d->text, (struct opam_span){0, 0},
				"no opam-version: the file should begin with opam-version: \"2.0\"");
	if (opam_string(&d->text, found->value, &d->opam_version, e) < 0)
		return -1;
	order = opam_version_cmp(opam_version_nopatch(d->opam_version), STR("2.0"));
	if (order > 0)
		return opam_err(e, &d->text, found->value->at,
				"format '%.*s' is not known; the latest is 2.0", SHOWN(d->opam_version));
	if (order == 0)
		return 0;
	opam_err(e, &d->text, found->value->at, "format '%.*s' is no longer read; the one in use is 2.0",
		 SHOWN(d->opam_version));
	return err_hint(e, "bring it to 2.0: `opam admin upgrade` does that for a repository; by hand, "
			   "os becomes a filter of available, ocaml-version a dependency");
}

static void
note_extension(struct loader *l, const struct opam_item *item)
{
	if (!l->names.a)
		l->names = map_new(l->a);
	if (map_has(&l->names, item->name))
		opam_doubt_at(l->a, l->d, FINDING_FIELD, item->name, item->at,
			      "repeated field %.*s: the first one counts", SHOWN(item->name));
	map_set(&l->names, item->name, l->d);
}

/* As str_is(), but most names differ in their first byte. */
static bool
is_named(const struct opam_item *item, const char *name)
{
	return *item->name.s == *name && strncmp(item->name.s, name, item->name.n) == 0 &&
	       !name[item->name.n];
}

static void
sort_field(struct loader *l, const struct opam_item *item)
{
	bool extension = str_starts(item->name, "x-");
	size_t row = 0;

	while (row < opam_field_count && !is_named(item, opam_fields[row].name))
		row++;
	if (extension)
		note_extension(l, item);
	if (row == opam_field_count) {
		if (!extension)
			opam_find_at(l->a, l->d, item->name, item->at, "unknown field %.*s",
				     SHOWN(item->name));
	} else if (!l->rows[row]) {
		l->rows[row] = item;
	} else if (!extension) {
		opam_find_at(l->a, l->d, item->name, item->at, "repeated field %.*s", SHOWN(item->name));
	}
}

/* What is wrong with a section before one looks into it; NULL: nothing. */
static const char *
wrong_section(struct loader *l, const struct opam_item *item, bool url)
{
	if (!url && !str_is(item->name, "extra-source"))
		return "unknown section";
	if (url && item->has_title)
		return "unexpected title of section";
	if (!url && !item->has_title)
		return "no file name as title of section";
	if (url ? l->url != NULL : map_has(&l->titles, item->title))
		return "repeated section";
	return NULL;
}

static void
sort_section(struct loader *l, const struct opam_item *item)
{
	bool url = str_is(item->name, "url");
	const char *wrong = wrong_section(l, item, url);
	struct opam_source source;

	if (wrong) {
		opam_find_at(l->a, l->d, item->name, item->at, "%s %.*s", wrong, SHOWN(item->name));
		return;
	}
	if (url) {
		l->url = item;
		opam_source_read(l->a, l->d, item, &l->d->url);
		return;
	}
	if (!l->titles.a)
		l->titles = map_new(l->a);
	map_set(&l->titles, item->title, l->d);
	if (opam_source_read(l->a, l->d, item, &source))
		vec_push(l->a, &l->sources, source);
}

/* A field that says where in the source to build: to build elsewhere would be worse than not at all. */
static int
check_subpath(struct loader *l, struct err *e)
{
	struct opam_definition *d = l->d;

	if (d->url.subpath.n)
		return opam_err(e, &d->text, d->url.at,
				"url.subpath belongs to a later format; use x-subpath");
	d->url.subpath = d->x_subpath;
	return 0;
}

static int
read_fields(struct loader *l, struct err *e)
{
	struct err wrong;

	for (size_t row = 0; row < opam_field_count; row++) {
		const struct opam_item *item = l->rows[row];

		if (!item || opam_field_read(l->a, &opam_fields[row], item->value, l->d, &wrong) == 0)
			continue;
		if (opam_fields[row].type == FIELD_PATH) {
			*e = wrong;
			e->at.file = e->file;
			return -1;
		}
		opam_find(l->a, l->d, item->name, &wrong);
	}
	return 0;
}

int
opam_fields_read(struct arena *a, struct opam_definition *d, struct err *e)
{
	struct loader l = {.a = a, .d = d};

	l.rows = arena_array(a, const struct opam_item *, opam_field_count);
	for (size_t i = 0; i < d->text.n; i++) {
		const struct opam_item *item = &d->text.items[i];

		if (item->value)
			sort_field(&l, item);
		else
			sort_section(&l, item);
		if (d->findings.n >= OPAM_FINDINGS_MAX)
			return opam_err(e, &d->text, item->at, "too much is wrong in this file");
	}
	if (read_fields(&l, e) < 0 || check_subpath(&l, e) < 0)
		return -1;
	d->extra_sources = l.sources.v;
	d->extra_source_count = l.sources.n;
	opam_findings_sort(&d->findings);
	return 0;
}

int
opam_definition(struct arena *a, const char *path, struct str text, struct opam_definition *out,
		struct err *e)
{
	*out = (struct opam_definition){.text.path = path};
	if (opam_parse(a, path, text, &out->text, e) < 0 || opam_header_read(out, e) < 0)
		return -1;
	return opam_fields_read(a, out, e);
}

const struct opam_finding *
opam_source_dropped(const struct opam_definition *d)
{
	for (size_t i = 0; i < d->findings.n; i++) {
		const struct opam_finding *f = &d->findings.v[i];

		if (f->error && (str_is(f->field, "url") || str_starts(f->field, "url.") ||
				 str_starts(f->field, "extra-source")))
			return f;
	}
	return NULL;
}

const struct opam_value *
opam_field(const struct opam_definition *d, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < d->text.n; i++)
		if (d->text.items[i].value && str_eq(d->text.items[i].name, wanted))
			return d->text.items[i].value;
	return NULL;
}

bool
opam_field_known(struct str name)
{
	for (size_t row = 0; row < opam_field_count; row++)
		if (str_is(name, opam_fields[row].name))
			return true;
	return str_starts(name, "x-");
}
