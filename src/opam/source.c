#include "opam/fields.h"

#include "opam/text.h"

/* The fields of a section `url` or `extra-source`. Read in this order, as opam does: the first good address
 * counts. */
enum source_type { SOURCE_ADDRESS, SOURCE_CHECKSUMS, SOURCE_MIRRORS, SOURCE_SUBPATH };

static const struct source_row {
	const char *name;
	enum source_type type;
	bool forced; /* the field names the backend */
	enum opam_backend backend;
} rows[] = {
	{"src", SOURCE_ADDRESS, false, URL_HTTP},     {"archive", SOURCE_ADDRESS, true, URL_HTTP},
	{"http", SOURCE_ADDRESS, true, URL_HTTP},     {"git", SOURCE_ADDRESS, true, URL_GIT},
	{"darcs", SOURCE_ADDRESS, true, URL_DARCS},   {"hg", SOURCE_ADDRESS, true, URL_HG},
	{"local", SOURCE_ADDRESS, true, URL_PATH},    {"checksum", SOURCE_CHECKSUMS, false, URL_HTTP},
	{"mirrors", SOURCE_MIRRORS, false, URL_HTTP}, {"subpath", SOURCE_SUBPATH, false, URL_HTTP},
};

struct section {
	struct arena *a;
	struct opam_definition *d;
	const struct opam_item *item;
	const struct opam_value *values[COUNT_OF(rows)];
};

/* "url.checksum" */
static struct str
field_name(const struct section *s, struct str field)
{
	return str_printf(s->a, STR_FMT "." STR_FMT, STR_ARG(s->item->name), STR_ARG(field));
}

static void
collect(struct section *s)
{
	for (size_t i = 0; i < s->item->n; i++) {
		const struct opam_item *f = &s->item->items[i];
		size_t row = 0;

		while (row < COUNT_OF(rows) && (!f->value || !str_is(f->name, rows[row].name)))
			row++;
		if (row == COUNT_OF(rows))
			opam_find_at(s->a, s->d, field_name(s, f->name), f->at, "unknown %s in section %.*s",
				     f->value ? "field" : "section", SHOWN(s->item->name));
		else if (s->values[row])
			opam_find_at(s->a, s->d, field_name(s, f->name), f->at, "repeated field %s",
				     rows[row].name);
		else
			s->values[row] = f->value;
	}
}

static int
read_address(const struct section *s, const struct source_row *row, const struct opam_value *v,
	     struct opam_url *out, struct err *e)
{
	const struct opam_text *t = &s->d->text;
	struct str text;
	int rc;

	if (opam_string(t, v, &text, e) < 0)
		return -1;
	rc = row->forced ? opam_url_as(text, row->backend, out, e) : opam_url(text, out, e);
	return rc < 0 ? opam_err_place(e, t, v->at) : 0;
}

static int
read_checksums(const struct section *s, const struct opam_value *v, struct opam_source *out, struct err *e)
{
	struct opam_checksum *list;
	struct opam_seq seq;

	if (opam_elements(&s->d->text, &v, 1, &seq, NULL, e) < 0)
		return -1;
	list = arena_array(s->a, struct opam_checksum, seq.n);
	for (size_t i = 0; i < seq.n; i++)
		if (opam_checksum_value(s->a, &s->d->text, seq.v[i], &list[i], e) < 0)
			return -1;
	out->checksums = list;
	out->checksum_count = seq.n;
	return 0;
}

static int
read_mirrors(const struct section *s, const struct opam_value *v, struct opam_source *out, struct err *e)
{
	struct opam_url *list;
	struct opam_seq seq;

	if (opam_elements(&s->d->text, &v, 1, &seq, NULL, e) < 0)
		return -1;
	list = arena_array(s->a, struct opam_url, seq.n);
	for (size_t i = 0; i < seq.n; i++)
		if (read_address(s, &rows[0], seq.v[i], &list[i], e) < 0)
			return -1;
	out->mirrors = list;
	out->mirror_count = seq.n;
	return 0;
}

static int
read_field(const struct section *s, size_t row, struct opam_source *out, struct err *e)
{
	const struct opam_value *v = s->values[row];

	switch (rows[row].type) {
	case SOURCE_ADDRESS:
		if (out->present)
			return opam_err(e, &s->d->text, v->at, "a second address for one source");
		if (read_address(s, &rows[row], v, &out->src, e) < 0)
			return -1;
		out->present = true;
		return 0;
	case SOURCE_CHECKSUMS:
		return read_checksums(s, v, out, e);
	case SOURCE_MIRRORS:
		return read_mirrors(s, v, out, e);
	case SOURCE_SUBPATH:
		return opam_string(&s->d->text, v, &out->subpath, e);
	}
	return 0;
}

bool
opam_source_read(struct arena *a, struct opam_definition *d, const struct opam_item *item,
		 struct opam_source *out)
{
	struct section s = {.a = a, .d = d, .item = item};
	struct opam_source source = {.file = item->title, .at = item->whole};
	size_t wrong = COUNT_OF(rows); /* the first address that is no good */
	struct err e, no_address = {0};

	collect(&s);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!s.values[i] || read_field(&s, i, &source, &e) == 0)
			continue;
		if (rows[i].type == SOURCE_ADDRESS && !source.present && wrong == COUNT_OF(rows)) {
			wrong = i;
			no_address = e;
			continue;
		}
		opam_find(a, d, field_name(&s, str_of(rows[i].name)), &e);
	}
	/* It is what is wrong with the whole, unless a later one is good. */
	if (wrong < COUNT_OF(rows))
		opam_find(a, d, source.present ? field_name(&s, str_of(rows[wrong].name)) : item->name,
			  &no_address);
	else if (!source.present)
		opam_find_at(a, d, item->name, item->at, "a source without an address");
	if (source.present)
		*out = source;
	return source.present;
}
