/*
 * cpu.h - descriptor tables, exceptions, pages that must not be touched.
 * Inside the platform only.
 */
#ifndef PLATFORM_CPU_H
#define PLATFORM_CPU_H

#include <stdint.h>

#define VECTOR_TIMER	0x40
#define VECTOR_DEVICE	0x41
#define VECTOR_SPURIOUS	0xff

/* Exceptions are told on the console; address 0 and stack overflow fault. */
void cpu_init(void);

#endif
