/* packed.h - a value as bytes, and back: a tenth of the time that its text takes to parse.
 *
 * The places in the text are lost. Reading is safe against any bytes, and gives nothing that the
 * parser could not have given.
 */
#ifndef OPAM_PACKED_H
#define OPAM_PACKED_H

#include "base/pack.h"
#include "opam/value.h"

/* False: deeper than any text may be; b is unfinished. */
bool opam_pack(struct buf *b, const struct opam_value *v);
/* Takes one value from *rest; its texts borrow from there. False: the bytes are no value. */
bool opam_unpack(struct arena *a, struct str *rest, const struct opam_value **out);

#endif
