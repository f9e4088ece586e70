/* halt.h - the ends of the machine. */
#ifndef PLATFORM_HALT_H
#define PLATFORM_HALT_H

/* Stop for ever, using no processor time: what is wrong needs a person. */
_Noreturn void halt(void);

/* Tell on the console what should never happen, and start the machine again. */
_Noreturn void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
