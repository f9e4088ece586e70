/* header.h - what the line `opam-version: "..."` decides before and after parsing; internal to opam/. */
#ifndef OPAM_HEADER_H
#define OPAM_HEADER_H

#include "opam/lexer.h"

struct opam_header {
	bool first;  /* the file begins with it */
	bool strict; /* it is 2.1 or later: may not be repeated */
	bool newer;  /* than all we know: errors that follow are no errors */
	struct token name, value;
};

/* From the first three tokens of a text. */
struct opam_header opam_header(struct arena *a, const struct opam_text *t);
/* Two items: the header, and an empty section `#` that says that the rest could not be read. */
struct opam_item *opam_header_only(struct arena *a, const struct opam_header *h);
/* Refuses a repeated or late version above 2.0. */
int opam_header_check(const struct opam_text *t, const struct opam_header *h, struct err *e);
/* In files whose header may be missing (then *version is empty): a string, once, and not above 2.0. */
int opam_header_optional(const struct opam_text *t, struct str *version, struct err *e);
/* "2.1" of "2.1.5": what the format goes by. */
struct str opam_version_nopatch(struct str v);

#endif
