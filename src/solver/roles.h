/* roles.h - EDGE_* as the words that records, locks and answers hold. */
#ifndef SOLVER_ROLES_H
#define SOLVER_ROLES_H

#include "solver/solver.h"

struct role_word {
	unsigned role;
	const char *word;
};
extern const struct role_word role_words[];
extern const size_t role_word_count;
/* "build post", words separated by blanks; and back, where unknown words are passed over. */
struct str roles_text(struct arena *a, unsigned roles);
unsigned roles_of(struct str text);

#endif
