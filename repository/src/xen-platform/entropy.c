#include <cpuid.h>
#include <stdbool.h>
#include <string.h>

#include "platform/entropy.h"
#include "platform/halt.h"

#define RDRAND		(1u << 30)
#define TRIES		64

static bool
draw(uint64_t *to)
{
	unsigned char good;

	for (unsigned i = 0; i < TRIES; i++) {
		__asm__ volatile("rdrand %0; setc %1" : "=r"(*to), "=qm"(good));
		if (good)
			return true;
		__asm__ volatile("pause");
	}
	return false;
}

const char *
entropy_init(void)
{
	uint32_t a, b, c, d;
	uint64_t x, y, z;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & RDRAND))
		return "the processor has no RDRAND (with QEMU use -cpu max)";
	if (!draw(&x) || !draw(&y) || !draw(&z))
		return "RDRAND gives nothing";
	/* some processors answer a constant after a bad firmware or suspend */
	if (x == y || y == z || x == z)
		return "RDRAND gives the same value again";
	return NULL;
}

void
entropy_fill(void *to, size_t n)
{
	unsigned char *p = to;
	static uint64_t last;
	uint64_t v;

	while (n > 0) {
		size_t k = n < sizeof(v) ? n : sizeof(v);

		if (!draw(&v) || v == last)
			panic("RDRAND stopped working");
		last = v;
		memcpy(p, &v, k);
		p += k;
		n -= k;
	}
}

uint32_t
entropy_u32(void)
{
	uint32_t v;

	entropy_fill(&v, sizeof(v));
	return v;
}
