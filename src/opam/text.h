/* text.h - small helpers on untrusted text; internal to opam/. */
#ifndef OPAM_TEXT_H
#define OPAM_TEXT_H

#include "opam/value.h"

/* ERR_PARSE without a position, control bytes of the text made harmless. Returns -1. */
int opam_bad_text(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* For messages: at most 80 bytes of a text that may be long. */
#define SHOWN(x) (int)((x).n < 80 ? (x).n : 80), (x).n ? (x).s : ""

#endif
