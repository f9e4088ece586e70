#include "repo/slim.h"

#include "opam/packed.h"
#include "opam/parse.h"
#include "repo/indexbuild.h"

/* A source that has no checksum and is no archive. */
static bool
is_moving(const struct opam_source *url)
{
	return url->present && !url->checksum_count && url->src.backend != URL_HTTP;
}

void
slim_of(const struct opam_definition *d, struct slim *out)
{
	*out = (struct slim){
		.flags = d->flags,
		.synopsis = d->synopsis,
		.tags = d->tags,
		.depends = d->depends,
		.depopts = d->depopts,
		.conflicts = d->conflicts,
		.available = d->available,
		.conflict_class = d->conflict_class,
		.moving = is_moving(&d->url),
		.text = d->text,
	};
}

/* --- as bytes --- */

/* What is there, in this order. `available` is kept as written: messages show it. */
enum part {
	PART_MOVING = 1 << 0, /* and nothing more */
	PART_AVAILABLE = 1 << 1,
	PART_CLASSES = 1 << 2,
	PART_DEPENDS = 1 << 3,
	PART_DEPOPTS = 1 << 4,
	PART_CONFLICTS = 1 << 5,
};

static void
pack_strings(struct buf *b, struct opam_strings list)
{
	pack_number(b, list.n);
	for (size_t i = 0; i < list.n; i++)
		pack_str(b, list.v[i]);
}

static bool
unpack_strings(struct arena *a, struct str *rest, struct opam_strings *out)
{
	if (!unpack_count(rest, &out->n))
		return false;
	out->v = arena_array(a, struct str, out->n);
	for (size_t i = 0; i < out->n; i++)
		if (!unpack_str(rest, &out->v[i]))
			return false;
	return true;
}

/* Whether it stands in the text: fields of older formats make one that does not. */
static bool
is_written(const struct opam_definition *d)
{
	const struct opam_value *field = opam_field(d, "available");

	if (!field || field == d->available)
		return field != NULL;
	return field->kind == OPAM_LIST && field->n && field->kids[0] == d->available;
}

bool
slim_pack(const struct opam_definition *d, struct buf *formulas, struct buf *about)
{
	const struct opam_value *values[] = {d->depends, d->depopts, d->conflicts};
	unsigned parts = 0;

	for (size_t i = 0; i < COUNT_OF(values); i++)
		parts |= values[i] ? PART_DEPENDS << i : 0;
	parts |= d->available ? PART_AVAILABLE : 0;
	parts |= d->conflict_class.n ? PART_CLASSES : 0;
	parts |= is_moving(&d->url) ? PART_MOVING : 0;
	pack_str(about, d->synopsis);
	pack_strings(about, d->tags);
	/* Most of what has no formula has nothing at all. */
	if (!parts)
		return true;
	buf_addc(formulas, (char)parts);
	if (d->available && !is_written(d))
		return false;
	if (d->available)
		pack_str(formulas, str_sub(d->text.text, d->available->at.off, d->available->at.len));
	if (d->conflict_class.n)
		pack_strings(formulas, d->conflict_class);
	for (size_t i = 0; i < COUNT_OF(values); i++)
		if (values[i] && !opam_pack(formulas, values[i]))
			return false;
	return true;
}

static bool
unpack_available(struct arena *a, struct str *rest, struct slim *out)
{
	struct opam_value *value;
	struct err ignored;
	struct str text;

	if (!unpack_str(rest, &text) ||
	    opam_parse_value(a, "available", text, &out->text, &value, &ignored) < 0)
		return false;
	out->available = value;
	return true;
}

bool
slim_unpack(struct arena *a, struct str formulas, bool whole, struct slim *out)
{
	const struct opam_value **values[] = {&out->depends, &out->depopts, &out->conflicts};
	unsigned parts = formulas.n ? (unsigned char)formulas.s[0] : 0;
	struct str rest = str_sub(formulas, 1, formulas.n);

	*out = (struct slim){.moving = parts & PART_MOVING, .text.path = "index"};
	if (parts & PART_AVAILABLE && !unpack_available(a, &rest, out))
		return false;
	if (parts & PART_CLASSES && !unpack_strings(a, &rest, &out->conflict_class))
		return false;
	for (size_t i = 0; whole && i < COUNT_OF(values); i++)
		if (parts & (unsigned)PART_DEPENDS << i && !opam_unpack(a, &rest, values[i]))
			return false;
	return true;
}

bool
slim_unpack_about(struct arena *a, struct str about, struct slim *out)
{
	return unpack_str(&about, &out->synopsis) && unpack_strings(a, &about, &out->tags);
}

/* --- of a version --- */

static int
from_definition(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out,
		struct err *e)
{
	struct opam_definition *d = arena_new(a, struct opam_definition);

	if (repo_definition(s, a, p, d, e) < 0)
		return -1;
	slim_of(d, out);
	return 0;
}

static bool
is_known(const struct repo_package *p)
{
	return p->row && !(p->row->marks & INDEX_UNREAD);
}

/* The error of a definition that could not be read when the index was made. */
static int
broken(struct arena *a, const struct repo_package *p, struct err *e)
{
	struct str formulas, why;
	struct pos at;

	if (!index_text(p->index, p->row->formulas, &formulas) || !index_broken(formulas, &at, &why))
		return err_set(e, ERR_PARSE, "the definition cannot be read");
	at.file = repo_definition_path(a, p);
	err_at(e, ERR_PARSE, at, STR_FMT, STR_ARG(why));
	return err_note(e, "while reading package " STR_FMT "." STR_FMT, STR_ARG(p->name),
			STR_ARG(p->version));
}

static bool
from_index(struct arena *a, const struct repo_package *p, bool whole, struct slim *out)
{
	struct str formulas, about;

	if (!is_known(p) || p->row->marks & INDEX_BROKEN ||
	    !index_text(p->index, p->row->formulas, &formulas) ||
	    !index_text(p->index, p->row->about, &about) || !slim_unpack(a, formulas, whole, out) ||
	    !slim_unpack_about(a, about, out))
		return false;
	out->flags = p->row->flags;
	return true;
}

bool
slim_of_index(struct arena *a, const struct repo_package *p, struct slim *out)
{
	return from_index(a, p, true, out);
}

static int
read_slim(struct store *s, struct arena *a, const struct repo_package *p, bool whole, struct slim *out,
	  struct err *e)
{
	if (is_known(p) && p->row->marks & INDEX_BROKEN)
		return broken(a, p, e);
	return from_index(a, p, whole, out) ? 0 : from_definition(s, a, p, out, e);
}

int
repo_slim(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out, struct err *e)
{
	return read_slim(s, a, p, true, out, e);
}

int
repo_about(struct store *s, struct arena *a, const struct repo_package *p, struct slim *out, struct err *e)
{
	return read_slim(s, a, p, false, out, e);
}
