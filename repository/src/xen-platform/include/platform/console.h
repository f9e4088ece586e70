/*
 * console.h - text out of the machine.
 *
 * Goes to the first serial port (where there is one) and to port 0xe9, which
 * Xen writes into its own log and QEMU shows with -debugcon.
 *
 *	console_printf("listening on port %u\n", port);
 */
#ifndef PLATFORM_CONSOLE_H
#define PLATFORM_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>

/* Find the serial port.  Called by the platform before main. */
void console_init(void);

/* Control characters other than newline are written as '?'. */
void console_write(const char *text, size_t n);

/* Of printf: %s %c %d %u %x, with l for longs, and a width as in %02u. */
void console_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void console_vprintf(const char *format, va_list args)
	__attribute__((format(printf, 1, 0)));

#endif
