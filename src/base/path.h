/* path.h - path texts; nothing here touches the disk. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/str.h"

/* "a/b", with exactly one slash between; either part may be empty. */
char *path_join(struct arena *a, const char *dir, const char *name);
/* The last component; the part before it ("." if none). Both of a path without final slash. */
struct str path_base(struct str path);
struct str path_dir(struct str path);
/* "a/./b//c/../d" becomes "a/b/d", "a/.." becomes ".". False when `..` leads out of a relative path. */
bool path_normalise(struct arena *a, struct str path, struct str *out);
/* Relative, not empty, no empty, `.` or `..` component, no NUL or other control byte. */
bool path_is_plain(struct str path);
/* Whether path is dir itself or lies under it, by components. */
bool path_under(struct str path, struct str dir);

#endif
