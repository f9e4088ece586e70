#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cpu.h"
#include "io.h"
#include "platform/clock.h"
#include "platform/console.h"
#include "platform/entropy.h"
#include "platform/halt.h"
#include "platform/irq.h"
#include "platform/start.h"

#define START_MAGIC	0x336ec578u
#define LIMIT		(1ull << 32)	/* memory mapped by boot.S */
#define CMDLINE_MAX	4096u
#define MEMORY_RAM	1u
#define MSR_FS_BASE	0xc0000100u
#define GUARD		5		/* gcc takes its guard from %fs:40 */

/* Xen's hvm_start_info and what it points to. */
struct start_info {
	uint32_t magic, version, flags, nr_modules;
	uint64_t modules, cmdline, rsdp;
	uint64_t memmap;		/* from version 1 */
	uint32_t memmap_entries, reserved;
};

struct module {
	uint64_t at, size, cmdline, reserved;
};

struct memory {
	uint64_t at, size;
	uint32_t type, reserved;
};

extern char image_start[], image_end[];
void start(uint32_t info);

static uintptr_t thread[GUARD + 1];

static _Noreturn void
refuse(const char *why)
{
	console_printf("error: %s\n", why);
	halt();
}

/* Is [at, at + size) memory that we can see, and not the image itself? */
static bool
outside(uint64_t at, uint64_t size)
{
	if (at == 0 || at >= LIMIT || size > LIMIT - at)
		return false;
	return at + size <= (uintptr_t)image_start ||
	       at >= (uintptr_t)image_end;
}

static void
check_memory(const struct start_info *info)
{
	const struct memory *map = (const void *)(uintptr_t)info->memmap;
	uint64_t from = (uintptr_t)image_start, to = (uintptr_t)image_end;

	if (info->version < 1 || info->memmap_entries == 0)
		return;
	if (!outside(info->memmap, info->memmap_entries * sizeof(*map)))
		refuse("the memory map lies where it cannot");
	for (uint32_t i = 0; i < info->memmap_entries; i++)
		if (map[i].type == MEMORY_RAM && map[i].at <= from &&
		    map[i].at + map[i].size >= to)
			return;
	console_printf("error: too little memory: %lu MiB are needed\n",
		       (to >> 20) + 1);
	halt();
}

static struct boot
parse(const struct start_info *info)
{
	struct boot boot = { .cmdline = "" };
	const struct module *m = (const void *)(uintptr_t)info->modules;

	if (info->cmdline != 0) {
		if (!outside(info->cmdline, CMDLINE_MAX))
			refuse("the command line lies where it cannot");
		boot.cmdline = (const void *)(uintptr_t)info->cmdline;
		for (size_t n = 0; boot.cmdline[n]; n++)
			if (n == CMDLINE_MAX)
				refuse("the command line has no end");
	}
	if (info->nr_modules > 0) {
		if (!outside(info->modules, sizeof(*m)) ||
		    !outside(m->at, m->size))
			refuse("the boot module lies where it cannot");
		boot.module = (const void *)(uintptr_t)m->at;
		boot.module_size = m->size;
	}
	return boot;
}

/* Sets the guard value, so its own frame cannot have one. */
__attribute__((no_stack_protector)) void
start(uint32_t info)
{
	const struct start_info *s = (const void *)(uintptr_t)info;
	struct boot boot;
	const char *why;

	msr_write(MSR_FS_BASE, (uintptr_t)thread);
	console_init();
	console_printf("%s\n", program_name);
	if (!outside(info, sizeof(*s)) || s->magic != START_MAGIC)
		refuse("not started by the PVH protocol");
	check_memory(s);
	cpu_init();
	why = entropy_init();
	if (why)
		refuse(why);
	thread[GUARD] = (uintptr_t)entropy_u32() << 32 | entropy_u32();
	why = clock_init();
	if (why)
		refuse(why);
	if (!irq_init())
		console_printf("no interrupt timer: polling\n");
	boot = parse(s);
	main(&boot);
	halt();
}
