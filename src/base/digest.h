/* digest.h - hashes by libcrypto, as lower-case hex. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/err.h"
#include "base/str.h"

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };
enum { DIGEST_HEX_MAX = 128 };

struct digest; /* one running hash */
struct digest *digest_new(enum digest_kind kind);
void digest_add(struct digest *d, const void *bytes, size_t n);
/* Writes hex and a NUL, and frees d. */
void digest_end(struct digest *d, char hex[DIGEST_HEX_MAX + 1]);

char *digest_hex(struct arena *a, enum digest_kind kind, struct str bytes);
char *digest_fd(struct arena *a, enum digest_kind kind, int fd, struct err *e);

/* Ids are hashed over named, length-prefixed fields, so no two inputs run together:
 *	struct digest *d = digest_new(DIGEST_SHA256);
 *	digest_field(d, "name", name); */
void digest_field(struct digest *d, const char *name, struct str value);

#endif
