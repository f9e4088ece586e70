#include "repo/indexbuild.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/proc.h"
#include "repo/indexwrite.h"
#include "repo/layout.h"
#include "repo/slim.h"

struct build {
	struct store *s;
	const struct index_file *base;
	struct index_writer w;
	struct arena scratch; /* of one name */
};

/* --- from the base --- */

static bool
entry_of_row(const struct index_file *f, const struct index_row *row, struct str version,
	     struct index_entry *out)
{
	*out = (struct index_entry){.version = version, .marks = row->marks, .flags = row->flags};
	memcpy(out->definition, row->definition, sizeof(out->definition));
	memcpy(out->folder, row->folder, sizeof(out->folder));
	/* What could not be read then may be there now. */
	return !(row->marks & INDEX_UNREAD) && index_text(f, row->formulas, &out->formulas) &&
	       index_text(f, row->about, &out->about);
}

/* Whether all of a name lies in the one folder that it had in the base, and is whole there. */
static bool
is_same(struct build *b, const struct layout_place *place, const struct index_name *was)
{
	char folder[20];

	oid_to_raw(&place->folder, folder);
	if (!was || place->version.n || place->next ||
	    (was->marks & (INDEX_FOLDER | INDEX_UNREAD)) != INDEX_FOLDER ||
	    memcmp(was->folder, folder, sizeof(folder)) != 0)
		return false;
	for (uint32_t i = 0; i < was->count; i++) {
		const struct index_row *row;
		struct index_entry entry;
		struct str version;

		if (!index_row_at(b->base, was, i, &row, &version) || row->marks & INDEX_FLAT ||
		    !entry_of_row(b->base, row, version, &entry))
			return false;
	}
	return true;
}

/* The same version in the same folder, whose definition is known then. */
static bool
same_version(struct build *b, const struct index_name *was, const struct layout_version *v,
	     struct index_entry *out)
{
	char folder[20];

	oid_to_raw(&v->folder, folder);
	for (uint32_t i = 0; was && i < was->count; i++) {
		const struct index_row *row;
		struct str version;

		if (!index_row_at(b->base, was, i, &row, &version))
			return false;
		if (str_eq(version, v->version) && memcmp(row->folder, folder, sizeof(folder)) == 0 &&
		    !(row->marks & INDEX_FLAT) == !v->flat)
			return entry_of_row(b->base, row, version, out);
	}
	return false;
}

/* --- from Git --- */

static void
pack_broken(struct buf *b, const struct err *why)
{
	pack_number(b, why->at.line);
	pack_number(b, why->at.col);
	pack_str(b, str_of(why->msg));
}

bool
index_broken(struct str formulas, struct pos *at, struct str *why)
{
	uint64_t line, col;

	if (!unpack_number(&formulas, &line) || !unpack_number(&formulas, &col) ||
	    !unpack_str(&formulas, why))
		return false;
	*at = (struct pos){.line = (uint32_t)line, .col = (uint32_t)col};
	return true;
}

static void
read_entry(struct build *b, const struct layout_version *v, struct index_entry *out)
{
	struct buf formulas = buf_new(&b->scratch), about = buf_new(&b->scratch);
	struct opam_definition d;
	struct str text;
	struct err why;

	*out = (struct index_entry){.version = v->version, .marks = v->flat ? INDEX_FLAT : 0};
	oid_to_raw(&v->definition, out->definition);
	oid_to_raw(&v->folder, out->folder);
	if (store_blob_read(b->s, &b->scratch, &v->definition, &text, &why) < 0) {
		out->marks |= INDEX_UNREAD;
		return;
	}
	if (opam_definition(&b->scratch, "opam", text, &d, &why) < 0) {
		out->marks |= INDEX_BROKEN;
		pack_broken(&formulas, &why);
	} else if (slim_pack(&d, &formulas, &about)) {
		out->flags = d.flags;
	} else {
		out->marks |= INDEX_UNREAD;
		buf_cut(&formulas, 0);
		buf_cut(&about, 0);
	}
	out->formulas = buf_str(&formulas);
	out->about = buf_str(&about);
}

/* The versions of a name with their definitions, newest first. -1: a folder cannot be read. */
static int
list_versions(struct build *b, const struct layout_place *place, const struct index_name *was,
	      struct layout_versions *out)
{
	struct index_entry known;
	struct err why;
	size_t kept = 0;

	for (; place; place = place->next)
		if (layout_folders(b->s, &b->scratch, place, out, &why) < 0)
			return -1;
	for (size_t i = 0; i < out->n; i++) {
		struct layout_version *v = &out->v[i];
		bool found = same_version(b, was, v, &known);

		if (found)
			v->definition = oid_from_raw(known.definition);
		else if (layout_definition(b->s, v, &found, &why) < 0)
			return -1;
		if (found)
			out->v[kept++] = *v;
	}
	out->n = kept;
	layout_sort(out);
	return 0;
}

static void
add_name(struct build *b, const struct layout_place *place)
{
	const struct index_name *was = b->base ? index_find(b->base, place->name) : NULL;
	bool same = is_same(b, place, was);
	struct layout_versions versions = {0};
	const struct layout_place *folder = place;
	unsigned marks = 0;
	char id[20] = {0};

	do {
		if (!folder->version.n) {
			marks = INDEX_FOLDER;
			oid_to_raw(&folder->folder, id);
		}
		folder = folder->next;
	} while (folder);
	if (!same && list_versions(b, place, was, &versions) < 0) {
		marks |= INDEX_UNREAD;
		versions.n = 0;
	}
	index_add_name(&b->w, place->name, marks, id);
	for (uint32_t i = 0; same && was && i < was->count; i++)
		index_copy_row(&b->w, &b->base->rows[was->first + i]);
	for (size_t i = 0; i < versions.n; i++) {
		struct index_entry entry;

		if (!same_version(b, was, &versions.v[i], &entry))
			read_entry(b, &versions.v[i], &entry);
		index_add_row(&b->w, &entry);
	}
}

static int
by_key(const void *left, const void *right)
{
	return str_cmp(((const struct map_entry *)left)->key, ((const struct map_entry *)right)->key);
}

int
index_build(struct store *s, struct arena *a, const struct oid *tree, const struct index_file *base,
	    struct str *out, struct err *e)
{
	struct build b = {.s = s, .base = base};
	struct arena names = {0}, work = {0};
	struct layout layout;
	int rc = layout_read(s, &names, tree, &layout, e);

	if (rc == 0 && layout.names.n) /* the map is not asked any more */
		qsort(layout.names.entries, layout.names.n, sizeof(*layout.names.entries), by_key);
	index_writer_open(&b.w, &work, base);
	for (size_t i = 0; rc == 0 && i < layout.names.n; i++) {
		add_name(&b, layout.names.entries[i].value);
		arena_free(&b.scratch);
		if (proc_interrupted)
			rc = err_set(e, ERR_INTERRUPTED, "interrupted");
	}
	if (rc == 0) {
		*out = index_writer_end(&b.w, a, tree);
		if (!out->n)
			rc = err_set(e, ERR_SYSTEM, "the repository is too large to be indexed");
	}
	arena_free(&names);
	arena_free(&work);
	return rc;
}
