/* elf.h - the little that is asked of ELF files: the libraries they need, and their build-id.
 *
 * Reads 32 and 64 bit, either byte order; whatever the bytes are, nothing outside them is read.
 */
#ifndef BUILD_ELF_H
#define BUILD_ELF_H

#include "base/str.h"

struct elf {
	struct str *needed; /* sonames, in order; they point into the bytes */
	size_t needed_count;
	struct str build_id; /* hex; empty: none */
};
/* False: it is no ELF file. A damaged one has what can be read. */
bool elf_read(struct arena *a, struct str bytes, struct elf *out);

#endif
