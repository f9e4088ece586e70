/* base64.h - RFC 4648, with padding, without line ends. */
#ifndef AUDIT_BASE64_H
#define AUDIT_BASE64_H

#include "base/str.h"

struct str base64_encode(struct arena *a, struct str bytes);
/* False for anything that base64_encode would not have written. */
bool base64_decode(struct arena *a, struct str text, struct str *out);

#endif
