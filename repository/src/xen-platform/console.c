#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "io.h"
#include "platform/console.h"

#define COM1		0x3f8
#define DATA		(COM1 + 0)
#define INTERRUPTS	(COM1 + 1)
#define FIFO		(COM1 + 2)
#define LINE		(COM1 + 3)
#define STATUS		(COM1 + 5)
#define SCRATCH		(COM1 + 7)
#define LINE_8N1	0x03
#define LINE_DIVISOR	0x80
#define STATUS_EMPTY	0x20

#define XEN_LOG		0xe9

/* Not in .bss: with too little memory that is not there, and it is told here. */
static bool serial __attribute__((section(".data")));

void
console_init(void)
{
	/* a port that is not there does not remember what was written */
	out8(SCRATCH, 0x5a);
	if (in8(SCRATCH) != 0x5a)
		return;
	out8(SCRATCH, 0xa5);
	if (in8(SCRATCH) != 0xa5)
		return;

	out8(INTERRUPTS, 0);
	out8(LINE, LINE_DIVISOR);
	out8(DATA, 1);			/* 115200 baud */
	out8(INTERRUPTS, 0);
	out8(LINE, LINE_8N1);
	out8(FIFO, 0x07);
	serial = true;
}

static void
put_serial(char c)
{
	/* bounded: a stuck port must not stop the machine */
	for (unsigned i = 0; i < 100000 && !(in8(STATUS) & STATUS_EMPTY); i++)
		__asm__ volatile("pause");
	out8(DATA, (uint8_t)c);
}

static void
put(char c)
{
	if (c != '\n' && (c < ' ' || c > '~'))
		c = '?';
	out8(XEN_LOG, (uint8_t)c);
	if (!serial)
		return;
	if (c == '\n')
		put_serial('\r');
	put_serial(c);
}

void
console_write(const char *text, size_t n)
{
	while (n-- > 0)
		put(*text++);
}

static void
put_number(unsigned long v, unsigned base, bool negative, unsigned width,
	   char fill)
{
	char digits[24];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v > 0);
	if (negative)
		digits[n++] = '-';
	while (n < width && n < sizeof(digits))
		digits[n++] = fill;
	while (n > 0)
		put(digits[--n]);
}

/* One conversion; returns the character after it. */
static const char *
convert(const char *f, va_list *args)
{
	char fill = *f == '0' ? '0' : ' ';
	unsigned width = 0;
	bool wide = false;
	unsigned long u;
	long d;
	const char *s;

	while (*f >= '0' && *f <= '9')
		width = width * 10 + (unsigned)(*f++ - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		wide = true;
	switch (*f) {
	case 's':
		s = va_arg(*args, const char *);
		console_write(s, strlen(s));
		break;
	case 'c':
		put((char)va_arg(*args, int));
		break;
	case 'd':
		d = wide ? va_arg(*args, long) : va_arg(*args, int);
		put_number(d < 0 ? 0 - (unsigned long)d : (unsigned long)d, 10,
			   d < 0, width, fill);
		break;
	case 'u':
	case 'x':
		u = wide ? va_arg(*args, unsigned long)
			 : va_arg(*args, unsigned);
		put_number(u, *f == 'x' ? 16 : 10, false, width, fill);
		break;
	default:
		put(*f);
		break;
	}
	return f + 1;
}

void
console_vprintf(const char *format, va_list args)
{
	va_list copy;

	va_copy(copy, args);
	while (*format) {
		if (*format == '%' && format[1])
			format = convert(format + 1, &copy);
		else
			put(*format++);
	}
	va_end(copy);
}

void
console_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	console_vprintf(format, args);
	va_end(args);
}
