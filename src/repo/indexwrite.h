/* indexwrite.h - the bytes of an index, put together row by row.
 *
 *	index_writer_open(&w, a, NULL)
 *	index_add_name(&w, ...)		sorted by name
 *	index_add_row(&w, ...)		of that name, newest first
 *	bytes = index_writer_end(&w, a, tree)
 */
#ifndef REPO_INDEXWRITE_H
#define REPO_INDEXWRITE_H

#include "base/buf.h"
#include "repo/indexfile.h"

struct index_writer {
	struct arena *a;
	VEC(struct index_name) names;
	VEC(struct index_row) rows;
	struct buf heap;
	/* What the heap holds: offset + 1 by open addressing, beside half of the sum. */
	struct index_slot {
		uint32_t offset, sum;
	} * slots;
	size_t slot_count, used;
	bool full;
	/* Where texts of the base stand now: offset there, offset here + 1. */
	const struct index_file *base;
	struct index_moved {
		uint32_t from, to;
	} * moved;
	size_t moved_count, moved_used;
};
/* Room is made as base has it; NULL: none. */
void index_writer_open(struct index_writer *w, struct arena *a, const struct index_file *base);
/* marks: enum index_mark; folder is copied with INDEX_FOLDER. */
void index_add_name(struct index_writer *w, struct str name, unsigned marks, const char folder[20]);
struct index_entry {
	struct str version, formulas, about;
	unsigned marks, flags;
	char definition[20], folder[20];
};
void index_add_row(struct index_writer *w, const struct index_entry *entry);
/* The same for a row of the base. False: it is not whole, and was not added. */
bool index_copy_row(struct index_writer *w, const struct index_row *row);
/* In an arena that may be another. Empty when it would hold more than 1 GiB of texts. */
struct str index_writer_end(struct index_writer *w, struct arena *a, const struct oid *tree);

#endif
