/* solve_vectors.h - one object of solve.jsonl: a repository, steps, and what is installed at the end. */
#ifndef TESTS_SOLVE_VECTORS_H
#define TESTS_SOLVE_VECTORS_H

#include <stddef.h>

#include "base/json.h"

/* 0: as expected; -1: not, and why says what differs. */
int solve_vector(const json_value *v, char *why, size_t room);

#endif
