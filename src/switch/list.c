#include "switch/list.h"

#include <string.h>

struct list_mark
list_mark_of(const struct stat *st)
{
	return (struct list_mark){
		.mode = st->st_mode & 07777,
		.size = S_ISDIR(st->st_mode) ? 0 : (int64_t)st->st_size,
		.mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
		.ino = (uint64_t)st->st_ino,
	};
}

bool
list_mark_same(const struct list_mark *mark, const struct stat *st)
{
	struct list_mark now = list_mark_of(st);

	return mark->ino && mark->ino == now.ino && mark->mtime == now.mtime && mark->size == now.size;
}

char
list_kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return 'f';
	case S_IFLNK:
		return 'l';
	case S_IFDIR:
		return 'd';
	}
	return 0;
}

/* printf takes a third of the time of a transaction with 50,000 files. */
static char *
put_number(char *end, uint64_t n, unsigned base)
{
	do
		*--end = (char)('0' + n % base);
	while (n /= base);
	return end;
}

void
list_add(struct buf *b, const struct list_entry *entry)
{
	uint64_t mtime = entry->mark.mtime < 0 ? -(uint64_t)entry->mark.mtime : (uint64_t)entry->mark.mtime;
	char text[128], *end = text + sizeof(text), *at = end;

	*--at = ' ';
	at = put_number(at, entry->mark.ino, 10);
	*--at = ' ';
	at = put_number(at, mtime, 10);
	if (entry->mark.mtime < 0)
		*--at = '-';
	*--at = ' ';
	at = put_number(at, (uint64_t)entry->mark.size, 10);
	*--at = ' ';
	at = put_number(at, entry->mark.mode, 8);
	*--at = ' ';
	*--at = entry->kind;
	buf_add(b, at, (size_t)(end - at));
	list_add_text(b, entry->path);
}

void
list_add_text(struct buf *b, struct str text)
{
	buf_str_add(b, text);
	buf_addc(b, '\0');
}

bool
list_next(struct str *rest, struct str *record)
{
	ptrdiff_t end = str_chr(*rest, '\0');

	if (end < 0)
		return false;
	*record = str_sub(*rest, 0, (size_t)end);
	*rest = str_sub(*rest, (size_t)end + 1, rest->n);
	return true;
}

/* A number and the blank after it. */
static bool
number(struct str *rest, unsigned base, int64_t *out)
{
	bool minus = rest->n && rest->s[0] == '-';
	size_t i = minus;
	uint64_t n = 0;

	while (i < rest->n && i < 20 && rest->s[i] >= '0' && rest->s[i] < (char)('0' + base))
		n = n * base + (uint64_t)(rest->s[i++] - '0');
	if (i == (size_t)minus || i >= rest->n || rest->s[i] != ' ')
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	*rest = (struct str){rest->s + i + 1, rest->n - i - 1};
	return true;
}

bool
list_parse(struct str record, struct list_entry *out)
{
	int64_t mode, ino;

	if (record.n < 2 || !strchr("fld", record.s[0]) || record.s[1] != ' ')
		return false;
	out->kind = record.s[0];
	record = str_sub(record, 2, record.n);
	if (!number(&record, 8, &mode) || !number(&record, 10, &out->mark.size) ||
	    !number(&record, 10, &out->mark.mtime) || !number(&record, 10, &ino) || !record.n)
		return false;
	out->mark.mode = (unsigned)mode;
	out->mark.ino = (uint64_t)ino;
	out->path = record;
	return true;
}
