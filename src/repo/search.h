/* search.h - packages by words: over names, tags and synopses, the best first, typing errors forgiven.
 *
 * Every word must be found. A word that is nowhere is looked for once more among the names, one or two
 * letters off (Damerau).
 */
#ifndef REPO_SEARCH_H
#define REPO_SEARCH_H

#include "repo/catalog.h"

struct search_hit {
	struct catalog_version *version; /* the one that stands for the package (catalog_best) */
	unsigned score;                  /* the higher the better */
	bool typo;                       /* a word fits only nearly */
};
struct search_hits {
	struct search_hit *v;
	size_t n, room;
};
int search_words(struct catalog *c, const struct opam_strings *words, struct search_hits *out, struct err *e);

#endif
