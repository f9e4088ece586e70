/* string.h - the memory and string functions of the target, in libxen.a. */
#ifndef XEN_STRING_H
#define XEN_STRING_H

#include <stddef.h>

/* As in ISO C.  memcmp is not constant in time: not for secrets. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
