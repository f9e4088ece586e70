/* toolchain.h - what the system brings to every build, by name and version. */
#ifndef BUILD_TOOLCHAIN_H
#define BUILD_TOOLCHAIN_H

#include "build/dpkg.h"

/* "name=version=architecture" of the system packages that own what `cc c++ cpp as ld ar make sh`
 * resolve to, crt1.o and libc's headers; of files without an owner "cc=sha256:<hex>". Sorted. */
int toolchain_read(struct dpkg *d, struct arena *a, struct opam_strings *out, struct err *e);
/* Folders in which the loader finds the system's libraries, as they are named inside it. system: "", or
 * where it lies unpacked. */
void toolchain_library_folders(struct arena *a, const char *system, struct opam_strings *out);

#endif
