/* fs_level.h - one step down or up in a tree, for fs_walk.c and fs_remove.c only. */
#ifndef BASE_FS_LEVEL_H
#define BASE_FS_LEVEL_H

#include <sys/types.h>

/* The folder name in fd, not through a link; -1 with errno. */
int fs_level_down(int fd, const char *name);
/* The folder above fd, which must be this one; -1 with errno, ESTALE when it was moved. */
int fs_level_up(int fd, dev_t dev, ino_t ino);

#endif
