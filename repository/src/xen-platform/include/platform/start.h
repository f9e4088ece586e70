/*
 * start.h - what the platform asks of a program, and hands to it.
 *
 * The platform sets up memory protection, console, clock, entropy and
 * sleeping, then calls main once.  When main returns, the machine halts.
 */
#ifndef PLATFORM_START_H
#define PLATFORM_START_H

#include <stddef.h>

struct boot {
	const char *cmdline;	/* "" where none was given */
	const void *module;	/* first boot module, NULL where none */
	size_t module_size;
};

int main(const struct boot *boot);

/* Set by the program: how it calls itself in the first line. */
extern const char *const program_name;

#endif
