/* ELF files: what they need, their build-id, and damaged ones. */
#include "build/elf.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/fs.h"
#include "tests/tap.h"

static uint64_t seed = 7;

static unsigned
roll(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % n;
}

/* Changed bytes and cut ends must not lead out of the copy, which has exactly its size. */
static void
damage(struct str good)
{
	unsigned tries = 0;

	for (; tries < 3000; tries++) {
		struct arena a = {0};
		size_t n = roll(3) ? good.n : roll((unsigned)good.n + 1);
		char *copy = malloc(n ? n : 1);
		struct elf elf;

		memcpy(copy, good.s, n);
		for (unsigned changes = roll(20); changes && n; changes--)
			copy[roll(2) ? roll((unsigned)n) : roll(n < 1024 ? (unsigned)n : 1024)] =
				(char)roll(256);
		elf_read(&a, (struct str){copy, n}, &elf);
		for (size_t i = 0; i < elf.needed_count; i++)
			if (elf.needed[i].s < copy || elf.needed[i].s + elf.needed[i].n > copy + n)
				OK(false, "a name outside of the file");
		free(copy);
		arena_free(&a);
	}
	OK(true, "%u damaged files do no harm", tries);
}

static const char *
compile(const char *dir, const char *flags)
{
	static char command[512];

	snprintf(command, sizeof(command),
		 "cd %s && echo 'int main(void){return 0;}' >m.c && cc %s -o m m.c -lm", dir, flags);
	return system(command) == 0 ? "m" : NULL;
}

int
main(void)
{
	char dir[] = "/tmp/build-elf-XXXXXX";
	struct arena a = {0};
	struct err e = {0};
	struct str text;
	struct elf elf;

	if (!mkdtemp(dir) || !compile(dir, "-Wl,--no-as-needed -Wl,--build-id=0xcafe0123"))
		return tap_skip_all("no C compiler");
	OK(fs_read(&a, AT_FDCWD, arena_printf(&a, "%s/m", dir), 0, &text, &e) == 0, "a program is read");
	OK(elf_read(&a, text, &elf), "it is an ELF file");
	EQ_STR(str_c(&a, elf.build_id), "cafe0123", "its build-id");
	EQ_INT(elf.needed_count, 2, "it needs two libraries");
	if (elf.needed_count == 2) {
		EQ_STR(str_c(&a, elf.needed[0]), "libm.so.6", "the first");
		EQ_STR(str_c(&a, elf.needed[1]), "libc.so.6", "the second");
	}
	damage(text);
	compile(dir, "-static -Wl,--build-id=none");
	OK(fs_read(&a, AT_FDCWD, arena_printf(&a, "%s/m", dir), 0, &text, &e) == 0 &&
		   elf_read(&a, text, &elf) && !elf.needed_count && !elf.build_id.n,
	   "a static program without build-id has neither");
	OK(!elf_read(&a, STR("#!/bin/sh\n"), &elf), "a script is none");
	OK(!elf_read(&a, STR(""), &elf), "nothing is none");
	fs_remove(AT_FDCWD, dir, &e);
	arena_free(&a);
	return tap_done();
}
