#include <cpuid.h>
#include <stddef.h>
#include <string.h>

#include "io.h"
#include "platform/clock.h"

/* Interval timer, channel 0: counts down from 65536 at 1,193,182 Hz. */
#define PIT_HZ		1193182u
#define PIT_DATA	0x40
#define PIT_MODE	0x43
#define PIT_CH0_RATE	0x34
#define PIT_CH0_LATCH	0x00
#define PIT_WINDOW	11932u		/* ticks: 10 ms, far below a wrap */
#define PIT_READS	1000000u	/* a timer that stands still is none */
#define MEASUREMENTS	20

#define RTC_INDEX	0x70
#define RTC_DATA	0x71
#define RTC_UPDATING	0x80		/* of register A */
#define RTC_24H		0x02		/* of register B */
#define RTC_BINARY	0x04
#define RTC_PM		0x80u		/* of the hour */

static uint64_t khz, boot;

/* Xen tells the frequency of a guest's counter in its time leaf. */
static uint64_t
khz_of_xen(void)
{
	uint32_t a, b, c, d, base;
	char name[12];

	for (base = 0x40000000; base < 0x40010000; base += 0x100) {
		__cpuid(base, a, b, c, d);
		memcpy(name, &b, 4);
		memcpy(name + 4, &c, 4);
		memcpy(name + 8, &d, 4);
		if (memcmp(name, "XenVMMXenVMM", 12) == 0 && a >= base + 3) {
			__cpuid_count(base + 3, 0, a, b, c, d);
			return c;
		}
	}
	return 0;
}

static unsigned
pit_count(void)
{
	unsigned lo;

	out8(PIT_MODE, PIT_CH0_LATCH);
	lo = in8(PIT_DATA);
	return lo | (unsigned)in8(PIT_DATA) << 8;
}

/* Count and counter at one moment: the closest of a few pairs. */
static unsigned
pit_sample(uint64_t *at)
{
	uint64_t best = UINT64_MAX;
	unsigned count = 0;

	for (unsigned i = 0; i < 5; i++) {
		uint64_t before = tsc();
		unsigned n = pit_count();
		uint64_t after = tsc();

		if (after - before < best) {
			best = after - before;
			*at = before + best / 2;
			count = n;
		}
	}
	return count;
}

/* One measurement; 0 where there is no timer. */
static uint64_t
khz_once(void)
{
	uint64_t t0, t1;
	unsigned from, ticks = 0, reads = 0;

	from = pit_sample(&t0);
	while (ticks < PIT_WINDOW) {
		ticks = (from - pit_count()) & 0xffff;
		if (++reads > PIT_READS)
			return 0;
	}
	ticks = (from - pit_sample(&t1)) & 0xffff;
	if (reads < 2 || ticks == 0)
		return 0;
	return (t1 - t0) * PIT_HZ / ticks / 1000;
}

/*
 * A virtual processor may be put aside for longer than the timer takes to
 * wrap, and the result be far off.  Two that agree were not disturbed.
 */
static uint64_t
khz_of_pit(void)
{
	uint64_t last = 0, now;

	out8(PIT_MODE, PIT_CH0_RATE);
	out8(PIT_DATA, 0xff);
	out8(PIT_DATA, 0xff);
	for (unsigned i = 0; i < MEASUREMENTS; i++) {
		uint64_t apart;

		now = khz_once();
		if (now == 0)
			return 0;
		apart = now > last ? now - last : last - now;
		if (apart < now / 500)
			return (now + last) / 2;
		last = now;
	}
	return 0;
}

const char *
clock_init(void)
{
	khz = khz_of_xen();
	if (khz == 0)
		khz = khz_of_pit();
	if (khz == 0)
		return "no clock: neither Xen's time leaf nor a steady "
		       "interval timer";
	boot = tsc();
	return NULL;
}

uint64_t
clock_us(void)
{
	uint64_t t = tsc() - boot;

	/* in two steps, since t * 1000 would overflow after some months */
	return t / khz * 1000 + t % khz * 1000 / khz;
}

uint64_t
clock_ms(void)
{
	return (tsc() - boot) / khz;
}

uint64_t
clock_khz(void)
{
	return khz;
}

static unsigned
rtc(unsigned reg)
{
	out8(RTC_INDEX, (uint8_t)reg);
	return in8(RTC_DATA);
}

/* Seconds, minutes, hours, day, month, year, century. */
enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, CENTURY, RTC_VALUES };

static void
rtc_read(unsigned v[RTC_VALUES])
{
	static const unsigned char regs[RTC_VALUES] = {
		[SECOND] = 0, [MINUTE] = 2, [HOUR] = 4, [DAY] = 7,
		[MONTH] = 8, [YEAR] = 9, [CENTURY] = 0x32,
	};

	for (unsigned i = 0; i < RTC_VALUES; i++)
		v[i] = rtc(regs[i]);
}

/* The registers change under the reader: until two readings agree. */
static bool
rtc_steady(unsigned v[RTC_VALUES])
{
	unsigned again[RTC_VALUES];

	for (unsigned i = 0; i < 100; i++) {
		for (unsigned j = 0; j < 100000 && rtc(0x0a) & RTC_UPDATING; j++)
			__asm__ volatile("pause");
		rtc_read(v);
		rtc_read(again);
		if (memcmp(v, again, sizeof(again)) == 0)
			return true;
	}
	return false;
}

/* To numbers, from decimal digits and a twelve hour clock where it has them. */
static void
rtc_decode(unsigned v[RTC_VALUES], unsigned mode)
{
	bool pm = v[HOUR] & RTC_PM;

	v[HOUR] &= ~RTC_PM;
	if (!(mode & RTC_BINARY))
		for (unsigned i = 0; i < RTC_VALUES; i++)
			v[i] = (v[i] >> 4) * 10 + (v[i] & 15);
	if (!(mode & RTC_24H))
		v[HOUR] = v[HOUR] % 12 + (pm ? 12 : 0);
	/* not every clock has the century */
	if (v[CENTURY] < 19 || v[CENTURY] > 29)
		v[CENTURY] = 20;
}

bool
clock_utc(struct clock_utc *to)
{
	unsigned v[RTC_VALUES], mode = rtc(0x0b);

	if (mode == 0xff || !rtc_steady(v))
		return false;
	rtc_decode(v, mode);
	*to = (struct clock_utc){
		.year = v[CENTURY] * 100 + v[YEAR], .month = v[MONTH],
		.day = v[DAY], .hour = v[HOUR], .minute = v[MINUTE],
		.second = v[SECOND],
	};
	return to->month >= 1 && to->month <= 12 && to->day >= 1 &&
	       to->day <= 31 && to->hour < 24 && to->minute < 60 &&
	       to->second < 61;
}
