/* term.h - text from outside made harmless for a terminal, and what the terminal can do. */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include "base/buf.h"

/* Control bytes, C1, bidi and other invisible characters become \x1b or \u202e; tab stays, and
 * newline when keep_lines. Invalid UTF-8 is shown byte by byte as \xNN. */
struct str term_safe(struct arena *a, struct str text, bool keep_lines);
/* Columns that the text takes (UTF-8; wide characters count two). */
size_t term_width(struct str text);

#endif
