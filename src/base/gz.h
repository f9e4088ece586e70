/* gz.h - gzip files by zlib: build logs. */
#ifndef BASE_GZ_H
#define BASE_GZ_H

#include "base/err.h"
#include "base/str.h"

/* Replaces path by rename. Same bytes in, same bytes out (no time, no name in the header). */
int gz_write(int dirfd, const char *path, struct str bytes, struct err *e);
int gz_read(struct arena *a, int dirfd, const char *path, size_t max, struct str *out, struct err *e);

#endif
