/* fuzz.h - what the fuzz targets share: a law that must hold, and variables out of nothing. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "opam/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(condition)                                                                                       \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			fprintf(stderr, "%s:%d: broken law: %s\n", __FILE__, __LINE__, #condition);          \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

/* A value that depends on the length of the name only: every kind turns up, undefined too. */
__attribute__((unused)) static void
fuzz_get(const struct opam_scope *scope, struct arena *a, struct str package, struct str name,
	 struct opam_var *out)
{
	static struct str list[] = {{"true", 4}, {"%{b}%", 5}};

	(void)scope, (void)a;
	switch ((package.n + name.n) % 7) {
	case 0:
		break;
	case 1:
		*out = VAR_IS_BOOL(name.n % 2);
		break;
	case 2:
		*out = VAR_IS_STR(STR("true"));
		break;
	case 3:
		*out = VAR_IS_STR(STR("1.0~x-1"));
		break;
	case 4:
		*out = VAR_IS_STR(STR("%{a?x:y}%%%"));
		break;
	case 5:
		*out = (struct opam_var){.kind = VAR_LIST, .list = list, .n = package.n % 3};
		break;
	case 6:
		*out = VAR_IS_STR(STR(""));
		break;
	}
}

#endif
