/* parse.h - text to tree. Linear in time, depth-limited, 16 MiB at most. */
#ifndef OPAM_PARSE_H
#define OPAM_PARSE_H

#include "opam/value.h"

enum { OPAM_TEXT_MAX = 16 << 20, OPAM_DEPTH_MAX = 1000 };

/* A whole file. On a syntax error, e holds file:line:col and the source line. */
int opam_parse(struct arena *a, const char *path, struct str text, struct opam_text *out, struct err *e);
/* One value, as it would stand behind `field:`; out->items stays empty. */
int opam_parse_value(struct arena *a, const char *path, struct str text, struct opam_text *out,
		     struct opam_value **value, struct err *e);

#endif
