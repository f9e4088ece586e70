/* beneath.h - new files at names from outside: never through a link out of the folder. */
#ifndef BUILD_BENEATH_H
#define BUILD_BENEATH_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* Creates path (relative, plain) for writing, with its folders; what was there, except a folder, is
 * replaced. The descriptor, or -1. */
int beneath_create(struct arena *a, int dirfd, struct str path, mode_t mode, struct err *e);
int beneath_write(struct arena *a, int dirfd, struct str path, struct str bytes, mode_t mode, struct err *e);
/* A file of a build folder for reading. A link to an absolute path below `inside`, which is where the
 * folder stood for who made the link, is followed too. e->sys is ENOENT when it is not there. */
int beneath_open(struct arena *a, int dirfd, const char *inside, struct str path, struct err *e);

#endif
