/* indexfile.h - the index of one repository tree: a file that is mapped into memory and read in place.
 *
 *	head | names, sorted by bytes | rows: the versions of each name, newest first | heap
 *
 * The heap holds texts and packed values (base/pack.h), each once, with its length before it; all else
 * points there by offset, and offset 0 is the empty text. The file depends on the tree alone, not on
 * machine, time or what was there before: built anew and brought up to date it has the same bytes.
 * Numbers have the byte order of the machine; a file of another order is foreign.
 *
 * A format that changes gets a new INDEX_FORMAT, and so does a reading of definitions that changes
 * between two releases.
 *
 * index_file_of() compares the checksum of everything, so accidents end there. Offsets are checked
 * when they are used, so no content at all leads out of the file.
 */
#ifndef REPO_INDEXFILE_H
#define REPO_INDEXFILE_H

#include "store/store.h"

enum { INDEX_FORMAT = 2, INDEX_ORDER = 0x01020304 };
#define INDEX_MAGIC "pkgindex"

struct index_head {
	char magic[8];
	uint32_t order, format;
	uint64_t sum;    /* sum64() of all that follows */
	uint64_t reader; /* of the version of pkg: another one may read a definition otherwise */
	char tree[20];
	uint32_t names, rows, heap; /* how many; bytes of the heap */
};
enum index_mark {
	INDEX_UNREAD = 1 << 0, /* not in here, though it is there: ask the tree, or the definition */
	INDEX_FOLDER = 1 << 1, /* of a name: packages/NAME is there, with this id */
	INDEX_FLAT = 1 << 2,   /* of a version: it lies in packages/NAME.VERSION */
	INDEX_BROKEN = 1 << 3, /* the definition cannot be read: formulas says why */
};
struct index_name {
	uint32_t name, first, count, marks; /* in the heap; its rows */
	char folder[20];
};
struct index_row {
	uint32_t version, formulas, about; /* in the heap */
	uint16_t marks, flags;             /* enum index_mark; enum opam_flag */
	char definition[20], folder[20];
};

/* Of this program. */
uint64_t index_reader(void);

/* An index in memory. */
struct index_file {
	struct oid tree;
	const struct index_head *head;
	const struct index_name *names;
	const struct index_row *rows;
	struct str heap;
};
/* False unless the bytes (aligned for any type) are an index of this format and, if one is given, tree. */
bool index_file_of(struct str bytes, const struct oid *tree, struct index_file *out);
/* The same of a file, which stays mapped as long as the arena lives. */
bool index_file_map(struct arena *a, const char *path, const struct oid *tree, struct index_file *out);

/* All of these are false for what a whole index could not hold. */
bool index_text(const struct index_file *f, uint32_t offset, struct str *out);
/* The name at a place, which is below head->names. */
bool index_name_text(const struct index_file *f, uint32_t at, struct str *name);
/* Row i of a name, i below its count. */
bool index_row_at(const struct index_file *f, const struct index_name *name, uint32_t i,
		  const struct index_row **row, struct str *version);
/* NULL when it is not there. */
const struct index_name *index_find(const struct index_file *f, struct str name);

#endif
