#include "repo/indexwrite.h"

#include <string.h>

#include "base/pack.h"
#include "base/sum.h"

enum { FIRST_SLOTS = 1 << 14, HEAP_MAX = 1 << 30, MORE_ROWS = 1000 };

/* The text at an offset of the heap so far, which is our own. */
static struct str
text_at(const struct index_writer *w, uint32_t offset)
{
	struct str rest = str_sub(buf_str(&w->heap), offset, w->heap.n), text = {0};

	unpack_str(&rest, &text);
	return text;
}

static struct index_slot *
slot_of(const struct index_writer *w, struct str text, uint32_t sum)
{
	size_t i = sum & (w->slot_count - 1);

	for (;; i = (i + 1) & (w->slot_count - 1)) {
		struct index_slot *slot = &w->slots[i];

		if (!slot->offset || (slot->sum == sum && str_eq(text_at(w, slot->offset - 1), text)))
			return slot;
	}
}

static void
make_slots(struct index_writer *w, size_t count)
{
	struct index_slot *old = w->slots;
	size_t n = w->slot_count;

	w->slot_count = count;
	w->slots = arena_array(w->a, struct index_slot, w->slot_count);
	for (size_t i = 0; i < n; i++) {
		size_t at = old[i].sum & (w->slot_count - 1);

		while (old[i].offset && w->slots[at].offset)
			at = (at + 1) & (w->slot_count - 1);
		if (old[i].offset)
			w->slots[at] = old[i];
	}
}

/* Where the text stands in the heap, once. */
static uint32_t
intern(struct index_writer *w, struct str text)
{
	uint32_t sum = (uint32_t)sum64(text);
	struct index_slot *slot = slot_of(w, text, sum);
	uint32_t at = (uint32_t)w->heap.n;

	if (slot->offset)
		return slot->offset - 1;
	if (w->heap.n + text.n > HEAP_MAX) {
		w->full = true;
		return 0;
	}
	*slot = (struct index_slot){at + 1, sum};
	pack_str(&w->heap, text);
	if (++w->used * 2 > w->slot_count)
		make_slots(w, w->slot_count * 2);
	return at;
}

/* The same of a text of the base, which mostly was asked for before: of neighbours nearly all is the same. */
static bool
intern_moved(struct index_writer *w, uint32_t from, uint32_t *to)
{
	size_t i = from * 0x9e3779b1u >> 7 & (w->moved_count - 1);
	struct str text;

	for (; w->moved[i].to; i = (i + 1) & (w->moved_count - 1)) {
		if (w->moved[i].from == from) {
			*to = w->moved[i].to - 1;
			return true;
		}
	}
	if (!index_text(w->base, from, &text))
		return false;
	*to = intern(w, text);
	if (w->moved_used * 2 < w->moved_count) {
		w->moved[i] = (struct index_moved){from, *to + 1};
		w->moved_used++;
	}
	return true;
}

void
index_writer_open(struct index_writer *w, struct arena *a, const struct index_file *base)
{
	size_t slots = FIRST_SLOTS;

	*w = (struct index_writer){.a = a, .heap = buf_new(a), .base = base};
	if (base) {
		while (slots < base->head->rows * (size_t)4)
			slots *= 2;
		w->moved_count = slots;
		w->moved = arena_array(a, struct index_moved, w->moved_count);
		w->rows.room = base->head->rows + MORE_ROWS;
		w->rows.v = arena_array(a, struct index_row, w->rows.room);
		buf_reserve(&w->heap, base->heap.n + base->heap.n / 8);
	}
	make_slots(w, slots);
	intern(w, STR(""));
}

void
index_add_name(struct index_writer *w, struct str name, unsigned marks, const char folder[20])
{
	struct index_name n = {.name = intern(w, name), .first = (uint32_t)w->rows.n, .marks = marks};

	if (marks & INDEX_FOLDER)
		memcpy(n.folder, folder, sizeof(n.folder));
	vec_push(w->a, &w->names, n);
}

void
index_add_row(struct index_writer *w, const struct index_entry *entry)
{
	struct index_row row = {.version = intern(w, entry->version),
				.formulas = intern(w, entry->formulas),
				.about = intern(w, entry->about),
				.marks = (uint16_t)entry->marks,
				.flags = (uint16_t)entry->flags};

	memcpy(row.definition, entry->definition, sizeof(row.definition));
	memcpy(row.folder, entry->folder, sizeof(row.folder));
	vec_push(w->a, &w->rows, row);
	w->names.v[w->names.n - 1].count++;
}

bool
index_copy_row(struct index_writer *w, const struct index_row *row)
{
	struct index_row copy = *row;

	if (!intern_moved(w, row->version, &copy.version) ||
	    !intern_moved(w, row->formulas, &copy.formulas) || !intern_moved(w, row->about, &copy.about))
		return false;
	vec_push(w->a, &w->rows, copy);
	w->names.v[w->names.n - 1].count++;
	return true;
}

struct str
index_writer_end(struct index_writer *w, struct arena *a, const struct oid *tree)
{
	struct index_head head = {.order = INDEX_ORDER, .format = INDEX_FORMAT, .reader = index_reader()};
	size_t names = w->names.n * sizeof(*w->names.v), rows = w->rows.n * sizeof(*w->rows.v);
	size_t size = sizeof(head) + names + rows + w->heap.n, sum = offsetof(struct index_head, sum);
	char *bytes;

	if (w->full || size >= UINT32_MAX)
		return (struct str){0};
	memcpy(head.magic, INDEX_MAGIC, sizeof(head.magic));
	head.names = (uint32_t)w->names.n;
	head.rows = (uint32_t)w->rows.n;
	head.heap = (uint32_t)w->heap.n;
	oid_to_raw(tree, head.tree);
	bytes = arena_alloc(a, size);
	memcpy(bytes, &head, sizeof(head));
	if (names)
		memcpy(bytes + sizeof(head), w->names.v, names);
	if (rows)
		memcpy(bytes + sizeof(head) + names, w->rows.v, rows);
	memcpy(bytes + sizeof(head) + names + rows, w->heap.s, w->heap.n);
	head.sum = sum64((struct str){bytes + sum + sizeof(head.sum), size - sum - sizeof(head.sum)});
	memcpy(bytes + sum, &head.sum, sizeof(head.sum));
	return (struct str){bytes, size};
}
