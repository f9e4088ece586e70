/*
 * stdlib.h - what sources of other people expect to be declared.
 *
 * The target has no heap.  malloc and free are declared for inline functions
 * in the compiler's own headers; they have no definition, so a program that
 * calls one does not link.
 */
#ifndef XEN_STDLIB_H
#define XEN_STDLIB_H

#include <stddef.h>

/* As in ISO C, in libxen.a. */
int atoi(const char *s);

void *malloc(size_t n);
void free(void *p);

#endif
