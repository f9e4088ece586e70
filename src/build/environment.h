/* environment.h - the variables that a build is given, and those that a switch gives a shell. */
#ifndef BUILD_ENVIRONMENT_H
#define BUILD_ENVIRONMENT_H

#include "build/run.h"

/* All of it, nothing of the caller's: NAME=VALUE, sorted. build_environment() is in build.h. */
void environment_of_build(struct arena *a, const struct build_run *run, struct opam_strings *out);

#endif
