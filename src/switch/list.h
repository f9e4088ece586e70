/* list.h - lists of what was put on disk, with the marks by which a change of it is seen.
 *
 * Records end in NUL: `f 644 SIZE MTIME INODE PATH` (MTIME in nanoseconds), likewise `l` for a link
 * and `d` for a folder; other records are free text. Used for trees/<id>/list and .pkg/files.
 */
#ifndef SWITCH_LIST_H
#define SWITCH_LIST_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"

struct list_mark {
	unsigned mode; /* permission bits */
	int64_t size, mtime;
	uint64_t ino; /* 0: nothing is known */
};
struct list_entry {
	char kind; /* 'f', 'l' or 'd' */
	struct list_mark mark;
	struct str path; /* borrowed from the list's text */
};

struct list_mark list_mark_of(const struct stat *st);
/* Size, time and inode; the mode is for who asks for it. A folder's size says nothing. */
bool list_mark_same(const struct list_mark *mark, const struct stat *st);
/* 'f', 'l', 'd', or 0 for what a package cannot install. */
char list_kind_of(mode_t mode);

void list_add(struct buf *b, const struct list_entry *entry);
void list_add_text(struct buf *b, struct str text);
/* The next record without its NUL; false at the end, or when the last one has no NUL. */
bool list_next(struct str *rest, struct str *record);
bool list_parse(struct str record, struct list_entry *out);

#endif
