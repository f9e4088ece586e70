#include "audit/elfnote.h"

#include <elf.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

enum { NOTE_PACKAGE = 0xcafe1a7e };
/* A file with more of them is no image of ours, and costs no more than this. */
enum { HEADERS_MAX = 64, NOTES_MAX = 64, BUILD_ID_MAX = 64 };

static void
read_package(struct arena *a, struct str json, struct trace_note *out)
{
	AUTO(json_value) doc = NULL;
	struct err broken;

	while (json.n && json.s[json.n - 1] == '\0')
		json.n--;
	doc = json_parse(json, "the note of the image", &broken);
	if (!doc)
		return;
	out->type = str_dup(a, json_str(doc, "type"));
	out->name = str_dup(a, json_str(doc, "name"));
	out->version = str_dup(a, json_str(doc, "version"));
	out->input_id = str_dup(a, json_str(doc, "inputId"));
}

static void
read_build_id(struct arena *a, struct str id, struct trace_note *out)
{
	struct buf hex = buf_new(a);

	for (size_t i = 0; i < id.n; i++)
		buf_printf(&hex, "%02x", (unsigned char)id.s[i]);
	out->build_id = buf_str(&hex);
}

/* One PT_NOTE segment: a run of (header, name, description), each padded to four bytes. */
static void
read_notes(struct arena *a, struct str segment, struct trace_note *out)
{
	for (unsigned seen = 0; segment.n >= sizeof(Elf64_Nhdr) && seen < NOTES_MAX; seen++) {
		Elf64_Nhdr h;
		size_t name_room, room;
		struct str name, text;

		memcpy(&h, segment.s, sizeof(h));
		name_room = ((size_t)h.n_namesz + 3) & ~(size_t)3;
		room = sizeof(h) + name_room + (((size_t)h.n_descsz + 3) & ~(size_t)3);
		name = str_sub(segment, sizeof(h), h.n_namesz);
		text = str_sub(segment, sizeof(h) + name_room, h.n_descsz);
		if (text.n != h.n_descsz)
			return;
		if (str_eq(name, (struct str){"FDO", 4}) && h.n_type == NOTE_PACKAGE)
			read_package(a, text, out);
		if (str_eq(name, (struct str){"GNU", 4}) && h.n_type == NT_GNU_BUILD_ID &&
		    text.n <= BUILD_ID_MAX)
			read_build_id(a, text, out);
		segment = str_sub(segment, room, segment.n);
	}
}

void
elfnote_read(struct arena *a, struct str bytes, struct trace_note *out)
{
	Elf64_Ehdr h;

	*out = (struct trace_note){0};
	if (bytes.n < sizeof(h) || memcmp(bytes.s, ELFMAG, SELFMAG) != 0 || bytes.s[EI_CLASS] != ELFCLASS64)
		return;
	memcpy(&h, bytes.s, sizeof(h));
	if (h.e_phentsize != sizeof(Elf64_Phdr))
		return;
	for (size_t i = 0; i < h.e_phnum && i < HEADERS_MAX; i++) {
		struct str at =
			str_sub(bytes, (size_t)h.e_phoff + i * sizeof(Elf64_Phdr), sizeof(Elf64_Phdr));
		Elf64_Phdr p;

		if (at.n < sizeof(p))
			return;
		memcpy(&p, at.s, sizeof(p));
		if (p.p_type == PT_NOTE)
			read_notes(a, str_sub(bytes, (size_t)p.p_offset, (size_t)p.p_filesz), out);
	}
}
