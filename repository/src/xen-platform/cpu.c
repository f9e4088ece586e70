#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "platform/halt.h"

#define PAGE		4096u
#define LARGE		0x200000u
#define P_PRESENT	0x001u
#define P_WRITE		0x002u
#define P_NX		(1ull << 63)

#define SEL_CODE	8
#define SEL_TSS		24
#define GATE_INTERRUPT	0x8e00u

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iomap;
} __attribute__((packed));

struct gate {
	uint16_t low, selector, flags, middle;
	uint32_t high, reserved;
};

struct table {
	uint16_t limit;
	const void *base;
} __attribute__((packed));

extern uint64_t boot_pd[];
extern char stack_guard[];
extern void (*const trap_table[32])(void);
void irq_timer(void), irq_device(void), irq_spurious(void);
void trap_fatal(uint64_t number, uint64_t error, uint64_t where, uint64_t cr2);

static struct tss tss;
static struct gate idt[256];
static uint64_t gdt[5] = { 0, 0x00209b0000000000, 0x0000930000000000 };
/* Exceptions have a stack of their own, so that overflow can be told. */
static unsigned char trap_stack[PAGE * 2] __attribute__((aligned(16)));
static uint64_t tables[2][PAGE / 8] __attribute__((aligned(PAGE)));

void
trap_fatal(uint64_t number, uint64_t error, uint64_t where, uint64_t cr2)
{
	panic("exception %lu (error %lx) at %lx, address %lx", number, error,
	      where, cr2);
}

/* Unmap the page at `at`: its large page is split into the small `table`. */
static void
guard(uintptr_t at, uint64_t *table)
{
	uintptr_t base = at & ~(uintptr_t)(LARGE - 1);

	for (size_t i = 0; i < PAGE / 8; i++)
		table[i] = (base + i * PAGE) | P_PRESENT | P_WRITE | P_NX;
	table[(at - base) / PAGE] = 0;
	boot_pd[base / LARGE] = (uintptr_t)table | P_PRESENT | P_WRITE;
}

static void
gate(unsigned vector, void (*to)(void), unsigned ist)
{
	uintptr_t a = (uintptr_t)to;

	idt[vector] = (struct gate){
		.low = (uint16_t)a,
		.selector = SEL_CODE,
		.flags = (uint16_t)(GATE_INTERRUPT | ist),
		.middle = (uint16_t)(a >> 16),
		.high = (uint32_t)(a >> 32),
	};
}

void
cpu_init(void)
{
	uintptr_t t = (uintptr_t)&tss;
	struct table gdtr = { sizeof(gdt) - 1, gdt };
	struct table idtr = { sizeof(idt) - 1, idt };

	guard(0, tables[0]);
	guard((uintptr_t)stack_guard, tables[1]);
	__asm__ volatile("mov %%cr3, %%rax; mov %%rax, %%cr3"
			 : : : "rax", "memory");

	tss.ist[0] = (uintptr_t)trap_stack + sizeof(trap_stack);
	tss.iomap = sizeof(tss);
	gdt[SEL_TSS / 8] = (sizeof(tss) - 1) | (t & 0xffffff) << 16 |
			   0x89ull << 40 | (t >> 24 & 0xff) << 56;
	gdt[SEL_TSS / 8 + 1] = t >> 32;
	__asm__ volatile("lgdt %0; ltr %w1"
			 : : "m"(gdtr), "r"(SEL_TSS) : "memory");

	for (unsigned i = 0; i < 32; i++)
		gate(i, trap_table[i], 1);
	gate(VECTOR_TIMER, irq_timer, 0);
	gate(VECTOR_DEVICE, irq_device, 0);
	gate(VECTOR_SPURIOUS, irq_spurious, 0);
	__asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}
