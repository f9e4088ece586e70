/* machine.h - the normal forms of the names of architectures and systems. */
#ifndef OPAM_MACHINE_H
#define OPAM_MACHINE_H

#include "base/str.h"

/* "x86_64" of "AMD64", "arm32" of "armv7l"; a name that is not known in lower case. */
struct str opam_arch_name(struct arena *a, struct str machine);
/* "macos" of "Darwin". */
struct str opam_os_name(struct arena *a, struct str os);

#endif
