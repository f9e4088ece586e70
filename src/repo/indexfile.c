#include "repo/indexfile.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/pack.h"
#include "base/sum.h"
#include "opam/version.h"

_Static_assert(sizeof(struct index_head) == 64 && sizeof(struct index_name) == 36 &&
		       sizeof(struct index_row) == 56 && _Alignof(struct index_row) == 4,
	       "the format has no holes");

/* What the sum is taken of. */
static struct str
summed(struct str bytes)
{
	size_t from = offsetof(struct index_head, sum) + sizeof(uint64_t);

	return str_sub(bytes, from, bytes.n);
}

uint64_t
index_reader(void)
{
	return sum64(STR(PKG_VERSION));
}

bool
index_file_of(struct str bytes, const struct oid *tree, struct index_file *out)
{
	const struct index_head *head = (const struct index_head *)(const void *)bytes.s;
	uint64_t names, rows;

	if (bytes.n < sizeof(*head) || memcmp(head->magic, INDEX_MAGIC, sizeof(head->magic)) != 0 ||
	    head->order != INDEX_ORDER || head->format != INDEX_FORMAT || head->reader != index_reader())
		return false;
	names = (uint64_t)head->names * sizeof(struct index_name);
	rows = (uint64_t)head->rows * sizeof(struct index_row);
	if (sizeof(*head) + names + rows + head->heap != bytes.n || head->sum != sum64(summed(bytes)))
		return false;
	*out = (struct index_file){.tree = oid_from_raw(head->tree), .head = head};
	out->names = (const struct index_name *)(const void *)(head + 1);
	out->rows = (const struct index_row *)(const void *)(out->names + head->names);
	out->heap = (struct str){(const char *)(out->rows + head->rows), head->heap};
	return !tree || oid_eq(tree, &out->tree);
}

struct mapping {
	void *at;
	size_t size;
};

static void
unmap(void *ctx)
{
	const struct mapping *m = ctx;

	munmap(m->at, m->size);
}

bool
index_file_map(struct arena *a, const char *path, const struct oid *tree, struct index_file *out)
{
	struct mapping *m;
	struct stat st;
	struct err ignored;
	AUTO_FD fd = fs_open_file(AT_FDCWD, path, &st, &ignored);
	void *at;

	if (fd < 0 || st.st_size < (off_t)sizeof(struct index_head))
		return false;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	if (!index_file_of((struct str){at, (size_t)st.st_size}, tree, out)) {
		munmap(at, (size_t)st.st_size);
		return false;
	}
	m = arena_new(a, struct mapping);
	*m = (struct mapping){at, (size_t)st.st_size};
	arena_defer(a, unmap, m);
	return true;
}

bool
index_text(const struct index_file *f, uint32_t offset, struct str *out)
{
	struct str rest = str_sub(f->heap, offset, f->heap.n);

	return offset < f->heap.n && unpack_str(&rest, out);
}

bool
index_name_text(const struct index_file *f, uint32_t at, struct str *name)
{
	return index_text(f, f->names[at].name, name) && opam_name_valid(*name);
}

bool
index_row_at(const struct index_file *f, const struct index_name *name, uint32_t i,
	     const struct index_row **row, struct str *version)
{
	uint64_t at = (uint64_t)name->first + i;

	if (at >= f->head->rows)
		return false;
	*row = &f->rows[at];
	return index_text(f, (*row)->version, version) && opam_version_valid(*version);
}

const struct index_name *
index_find(const struct index_file *f, struct str name)
{
	uint32_t low = 0, high = f->head->names;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct str there;
		int order;

		if (!index_text(f, f->names[middle].name, &there))
			return NULL;
		order = str_cmp(name, there);
		if (order == 0)
			return opam_name_valid(there) ? &f->names[middle] : NULL;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
