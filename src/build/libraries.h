/* libraries.h - the system's libraries that an output needs, with the packages that own them. */
#ifndef BUILD_LIBRARIES_H
#define BUILD_LIBRARIES_H

#include "build/changes.h"
#include "build/run.h"

/* Sonames that neither the output nor its view provides. */
int libraries_find(struct build_run *run, const struct changes *changes, struct record_library **out,
		   size_t *n, struct err *e);

#endif
