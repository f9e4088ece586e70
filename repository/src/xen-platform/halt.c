#include <stdarg.h>
#include <stdint.h>

#include "io.h"
#include "platform/console.h"
#include "platform/halt.h"

void __stack_chk_fail(void);

_Noreturn void
halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

_Noreturn void
panic(const char *format, ...)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none = { 0, 0 };
	va_list args;

	console_printf("panic: ");
	va_start(args, format);
	console_vprintf(format, args);
	va_end(args);
	console_printf("; resetting\n");

	/* an exception without a table resets any machine, also a Xen guest */
	for (;;)
		__asm__ volatile("lidt %0; int3" : : "m"(none));
}

void
__stack_chk_fail(void)
{
	panic("a stack frame was overwritten, near %lx",
	      (uintptr_t)__builtin_return_address(0));
}
