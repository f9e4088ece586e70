#include "build/elf.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/vec.h"

enum { ENTRIES_MAX = 65536, BUILD_ID_MAX = 64 };

struct file {
	struct str bytes;
	bool wide, big;
};

/* A range of the file; size 0: not there. */
struct part {
	uint64_t at, size;
};

/* What lies outside of the bytes reads as 0. */
static uint64_t
number(const struct file *f, uint64_t at, unsigned size)
{
	uint64_t value = 0;

	if (at > f->bytes.n || f->bytes.n - at < size)
		return 0;
	for (unsigned i = 0; i < size; i++) {
		unsigned byte = (unsigned char)f->bytes.s[at + (f->big ? i : size - 1 - i)];

		value = value << 8 | byte;
	}
	return value;
}

/* A field whose place and size differ in the two classes. */
static uint64_t
field(const struct file *f, uint64_t base, unsigned at32, unsigned at64, unsigned size32, unsigned size64)
{
	return number(f, base + (f->wide ? at64 : at32), f->wide ? size64 : size32);
}

/* The name follows from the structures of <elf.h>, which have the same member in both classes. */
#define FIELD(f, base, type, member)                                                                         \
	field((f), (base), offsetof(Elf32_##type, member), offsetof(Elf64_##type, member),                   \
	      sizeof(((Elf32_##type *)0)->member), sizeof(((Elf64_##type *)0)->member))
#define SIZE(f, type) ((f)->wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

static struct part
inside(const struct file *f, uint64_t at, uint64_t size)
{
	if (at >= f->bytes.n)
		return (struct part){0, 0};
	return (struct part){at, size > f->bytes.n - at ? f->bytes.n - at : size};
}

/* --- notes --- */

static void
read_notes(struct arena *a, const struct file *f, struct part notes, struct elf *out)
{
	uint64_t at = notes.at, end = notes.at + notes.size;

	while (!out->build_id.n && end - at >= 12) {
		uint64_t name = number(f, at, 4), size = number(f, at + 4, 4), type = number(f, at + 8, 4);
		uint64_t name_room = (name + 3) & ~(uint64_t)3, size_room = (size + 3) & ~(uint64_t)3;

		at += 12;
		if (name_room > end - at || size > end - at - name_room)
			return;
		if (type == NT_GNU_BUILD_ID && name == 4 && memcmp(f->bytes.s + at, "GNU", 4) == 0 &&
		    size <= BUILD_ID_MAX) {
			struct buf hex = buf_new(a);

			for (uint64_t i = 0; i < size; i++)
				buf_printf(&hex, "%02x", (unsigned char)f->bytes.s[at + name_room + i]);
			out->build_id = buf_str(&hex);
		}
		if (size_room > end - at - name_room)
			return;
		at += name_room + size_room;
	}
}

/* --- segments and sections --- */

/* Where an address of memory lies in the file. */
static struct part
at_address(const struct file *f, uint64_t address, uint64_t size)
{
	uint64_t base = FIELD(f, 0, Ehdr, e_phoff), step = FIELD(f, 0, Ehdr, e_phentsize);
	uint64_t n = FIELD(f, 0, Ehdr, e_phnum);

	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = base + i * step, start = FIELD(f, at, Phdr, p_vaddr);
		uint64_t length = FIELD(f, at, Phdr, p_filesz);

		if (FIELD(f, at, Phdr, p_type) != PT_LOAD || address < start || address - start >= length)
			continue;
		if (size > length - (address - start))
			size = length - (address - start);
		return inside(f, FIELD(f, at, Phdr, p_offset) + (address - start), size);
	}
	return (struct part){0, 0};
}

static void
read_dynamic(struct arena *a, const struct file *f, struct part dynamic, struct elf *out)
{
	uint64_t n = dynamic.size / SIZE(f, Dyn), table = 0, size = 0;
	struct part names;
	VEC(struct str) needed = {0};

	n = n > ENTRIES_MAX ? ENTRIES_MAX : n;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = dynamic.at + i * SIZE(f, Dyn), tag = FIELD(f, at, Dyn, d_tag);

		if (tag == DT_STRTAB)
			table = FIELD(f, at, Dyn, d_un);
		else if (tag == DT_STRSZ)
			size = FIELD(f, at, Dyn, d_un);
	}
	names = at_address(f, table, size);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = dynamic.at + i * SIZE(f, Dyn), name = FIELD(f, at, Dyn, d_un);
		struct str text;

		if (FIELD(f, at, Dyn, d_tag) == DT_NULL)
			break;
		if (FIELD(f, at, Dyn, d_tag) != DT_NEEDED || name >= names.size)
			continue;
		text = (struct str){f->bytes.s + names.at + name, names.size - name};
		text.n = strnlen(text.s, text.n);
		if (text.n)
			vec_push(a, &needed, text);
	}
	out->needed = needed.v;
	out->needed_count = needed.n;
}

static void
read_segments(struct arena *a, const struct file *f, struct elf *out)
{
	uint64_t base = FIELD(f, 0, Ehdr, e_phoff), step = FIELD(f, 0, Ehdr, e_phentsize);
	uint64_t n = FIELD(f, 0, Ehdr, e_phnum);

	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = base + i * step, type = FIELD(f, at, Phdr, p_type);
		struct part part = inside(f, FIELD(f, at, Phdr, p_offset), FIELD(f, at, Phdr, p_filesz));

		if (type == PT_DYNAMIC && !out->needed_count)
			read_dynamic(a, f, part, out);
		else if (type == PT_NOTE)
			read_notes(a, f, part, out);
	}
}

/* An image may have its note in a section that no segment names. */
static void
read_sections(struct arena *a, const struct file *f, struct elf *out)
{
	uint64_t base = FIELD(f, 0, Ehdr, e_shoff), step = FIELD(f, 0, Ehdr, e_shentsize);
	uint64_t n = FIELD(f, 0, Ehdr, e_shnum);

	for (uint64_t i = 0; i < n && !out->build_id.n; i++) {
		uint64_t at = base + i * step;

		if (FIELD(f, at, Shdr, sh_type) == SHT_NOTE)
			read_notes(a, f,
				   inside(f, FIELD(f, at, Shdr, sh_offset), FIELD(f, at, Shdr, sh_size)),
				   out);
	}
}

bool
elf_read(struct arena *a, struct str bytes, struct elf *out)
{
	struct file f = {.bytes = bytes};

	*out = (struct elf){0};
	if (bytes.n < sizeof(Elf32_Ehdr) || memcmp(bytes.s, ELFMAG, SELFMAG) != 0)
		return false;
	f.wide = bytes.s[EI_CLASS] == ELFCLASS64;
	f.big = bytes.s[EI_DATA] == ELFDATA2MSB;
	read_segments(a, &f, out);
	if (!out->build_id.n)
		read_sections(a, &f, out);
	return true;
}
