#include <cpuid.h>

#include "cpu.h"
#include "io.h"
#include "platform/clock.h"
#include "platform/irq.h"

#define MSR_APIC_BASE	0x1b
#define APIC_ENABLE	(1u << 11)
#define APIC_X2		(1u << 10)

#define LAPIC		0xfee00000u
#define LAPIC_ID	(LAPIC + 0x020)
#define LAPIC_PRIORITY	(LAPIC + 0x080)
#define LAPIC_SPURIOUS	(LAPIC + 0x0f0)
#define LAPIC_LVT_TIMER	(LAPIC + 0x320)
#define LAPIC_LVT_LINT0	(LAPIC + 0x350)
#define LAPIC_INITIAL	(LAPIC + 0x380)
#define LAPIC_CURRENT	(LAPIC + 0x390)
#define LAPIC_DIVIDE	(LAPIC + 0x3e0)
#define LAPIC_MASKED	(1u << 16)
#define LAPIC_ENABLED	(1u << 8)
#define LAPIC_BY_16	3u

#define IOAPIC		0xfec00000u
#define IOAPIC_SECOND	0xfec10000u	/* of QEMU's microvm: devices only */
#define IOAPIC_VERSION	1
#define IOAPIC_PIN(n)	(16 + 2 * (n))
#define FIRST_PIN	5		/* below are timer, keyboard, serial */

#define PIC_MASTER	0x21
#define PIC_SLAVE	0xa1

#define UNPROVED_US	10000
#define LONGEST_US	1000000

/* Counted by traps.S. */
extern volatile uint32_t irq_timers, irq_devices;
volatile uint32_t irq_timers, irq_devices;

static uint32_t timer_khz;		/* 0: no timer, poll */

static void
ioapic_write(uintptr_t base, uint32_t reg, uint32_t v)
{
	mmio_write(base, reg);
	mmio_write(base + 0x10, v);
}

/*
 * Let every pin of an I/O APIC wake us.  Which pin belongs to which device
 * differs between machines and stands in tables that are long to read; since
 * an interrupt only means "look", all may mean the same.  Edges, so that a
 * line that nobody lowers does not call for ever.
 */
static void
route(uintptr_t base, uint32_t first, uint32_t destination)
{
	uint32_t version, pins;

	mmio_write(base, IOAPIC_VERSION);
	version = mmio_read(base + 0x10);
	if (version == 0xffffffff || (version & 0xff) < 0x10 ||
	    (version & 0xff) > 0x2f)
		return;
	pins = (version >> 16 & 0xff) + 1;
	for (uint32_t n = first; n < pins; n++) {
		ioapic_write(base, IOAPIC_PIN(n) + 1, destination);
		ioapic_write(base, IOAPIC_PIN(n), VECTOR_DEVICE);
	}
}

bool
irq_init(void)
{
	uint32_t a, b, c, d, left, id;
	uint64_t base, from;

	out8(PIC_MASTER, 0xff);
	out8(PIC_SLAVE, 0xff);
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(d & (1u << 9)))
		return false;
	base = msr_read(MSR_APIC_BASE);
	if (base & APIC_X2)
		return false;
	msr_write(MSR_APIC_BASE, LAPIC | (base & 0xfff) | APIC_ENABLE);
	mmio_write(LAPIC_PRIORITY, 0);
	mmio_write(LAPIC_SPURIOUS, LAPIC_ENABLED | VECTOR_SPURIOUS);
	mmio_write(LAPIC_LVT_LINT0, LAPIC_MASKED);

	/* the timer's rate: how far it counts in 4 ms */
	mmio_write(LAPIC_DIVIDE, LAPIC_BY_16);
	mmio_write(LAPIC_LVT_TIMER, LAPIC_MASKED | VECTOR_TIMER);
	mmio_write(LAPIC_INITIAL, 0xffffffff);
	from = clock_us();
	while (clock_us() - from < 4000)
		__asm__ volatile("pause");
	left = mmio_read(LAPIC_CURRENT);
	from = clock_us() - from;
	mmio_write(LAPIC_INITIAL, 0);
	timer_khz = (uint32_t)((uint64_t)(0xffffffff - left) * 1000 / from);
	if (timer_khz < 10 || timer_khz > 2000000) {
		timer_khz = 0;
		return false;
	}
	mmio_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
	id = mmio_read(LAPIC_ID) & 0xff000000;
	route(IOAPIC, FIRST_PIN, id);
	route(IOAPIC_SECOND, 0, id);
	return true;
}

void
irq_wait(uint64_t us)
{
	uint64_t ticks;

	if (us == 0)
		return;
	if (timer_khz == 0) {
		__asm__ volatile("pause");
		return;
	}
	/* until a device has been seen to wake us, do not rely on it */
	if (irq_devices == 0 && us > UNPROVED_US)
		us = UNPROVED_US;
	if (us > LONGEST_US)
		us = LONGEST_US;
	ticks = us * timer_khz / 1000;
	if (ticks > 0xffffffff)
		ticks = 0xffffffff;
	mmio_write(LAPIC_INITIAL, ticks > 0 ? (uint32_t)ticks : 1);
	/* sti takes effect after hlt has begun: no interrupt falls between */
	__asm__ volatile("sti; hlt; cli" : : : "memory");
	mmio_write(LAPIC_INITIAL, 0);
}
