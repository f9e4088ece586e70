/* str.h - a borrowed run of bytes, passed by value. Not NUL-terminated unless said.
 *
 *	struct str word = STR("lib");
 *	printf("%.*s", STR_ARG(word));
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct str {
	const char *s;
	size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(x) (int)(x).n, (x).s

/* Borrows; NULL gives the empty str. */
struct str str_of(const char *s);
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
/* By bytes, then by length: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Bytes from, at most n; out of range is cut. */
struct str str_sub(struct str s, size_t from, size_t n);
/* Blanks, tabs and line ends cut from both ends. */
struct str str_trim(struct str s);
/* Offset of the first (last) c, or -1. */
ptrdiff_t str_chr(struct str s, char c);
ptrdiff_t str_rchr(struct str s, char c);
/* Copies that end in NUL. */
char *str_c(struct arena *a, struct str s);
struct str str_dup(struct arena *a, struct str s);
struct str str_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
/* Cuts *rest at the first sep; false when *rest was empty already. */
bool str_cut(struct str *rest, char sep, struct str *word);
/* Damerau-Levenshtein distance, or limit + 1 when it is larger: for "did you mean". */
unsigned str_distance(struct str a, struct str b, unsigned limit);

#endif
